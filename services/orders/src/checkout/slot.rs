//! Step `book slot`: the day of delivery has a place for this order. Only when something is sent.

use emart_mesh::CallError;
use emart_pricing_api::NewSlotBooking;

use crate::Orders;
use crate::checkout::Stop;
use crate::domain::progress::Record;

pub(crate) async fn run(orders: &Orders, record: &mut Record) -> Result<(), Stop> {
    let sent = record.progress.quote.as_ref().is_some_and(|quote| quote.shipping.is_some());
    if !sent || record.progress.delivery_date.is_some() {
        return Ok(());
    }
    let date = record.progress.request.delivery_date.clone();
    let booking = NewSlotBooking { reference: record.id.to_string(), date };
    let booked = orders.clients.pricing.book_slot(&booking).await?;
    record.progress.delivery_date = Some(booked.date);
    Ok(())
}

pub(crate) async fn undo(orders: &Orders, record: &Record) -> Result<(), CallError> {
    orders.clients.pricing.release_slot(record.id.as_str()).await
}
