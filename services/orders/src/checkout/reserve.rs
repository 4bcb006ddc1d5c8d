//! Step `reserve`: the stock is kept for this checkout.

use emart_inventory_api::{NewReservation, ReservationLine};
use emart_mesh::CallError;

use crate::Orders;
use crate::checkout::Stop;
use crate::domain::progress::Record;

pub(crate) async fn run(orders: &Orders, record: &mut Record) -> Result<(), Stop> {
    let mut lines = Vec::new();
    for line in &record.progress.cart.lines {
        let Some(item_id) = line.stock_item_id.clone() else {
            let detail = "something in the cart is not sold any more".to_owned();
            return Err(Stop::Refused { code: "not-for-sale".to_owned(), detail });
        };
        lines.push(ReservationLine { item_id, quantity: line.quantity });
    }
    let reservation = NewReservation {
        reference: record.id.to_string(),
        lines,
        // A little longer than the shopper has, so that an answer in the last second still finds its stock.
        ttl_seconds: orders.config.reservation_seconds + 60,
    };
    orders.clients.inventory.reserve(&reservation).await?;
    Ok(())
}

pub(crate) async fn undo(orders: &Orders, record: &Record) -> Result<(), CallError> {
    orders.clients.inventory.release(record.id.as_str()).await
}
