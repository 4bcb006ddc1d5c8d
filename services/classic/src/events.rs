//! What `classic` listens to: who bought something anywhere in the store has a closed cart.

use emart_events::{Consumer, Received};
use emart_orders_api::OrderPlaced;
use emart_store::{Error, Tx};

use crate::Classic;
use crate::domain::cart::Status;
use crate::store::carts;

/// Everything `classic` listens to.
pub(crate) fn consumer(classic: &Classic) -> Consumer {
    Consumer::new("classic", classic.db.clone()).on(
        |tx: Tx, event: Received<OrderPlaced>| async move {
            let OrderPlaced { order, customer_id: Some(customer_id), .. } = event.payload else {
                return Ok(());
            };
            let standing = carts::standing(&tx, &customer_id).await?;
            carts::put(&tx, &customer_id, standing.at(Status::Closed), order.placed_at).await?;
            Ok::<(), Error>(())
        },
    )
}
