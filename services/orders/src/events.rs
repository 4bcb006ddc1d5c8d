//! What `orders` listens to: someone who bought as a guest and has an account now finds those orders in it, if
//! the account's address is confirmed: the orders are shown to the person they were sent to. A customer who is forgotten
//! leaves orders without a name.

use emart_events::{Consumer, Received};
use emart_identity_api::{UserErased, UserRegistered};
use emart_orders_api::OrderForgotten;
use emart_store::{Error, Tx};

use crate::{Orders, store};

/// Everything `orders` listens to.
pub(crate) fn consumer(orders: &Orders) -> Consumer {
    let consumer = Consumer::new("orders", orders.db.clone()).on(
        |tx: Tx, event: Received<UserRegistered>| async move {
            let UserRegistered { user_id, email, confirmed, .. } = event.payload;
            if !confirmed {
                return Ok(());
            }
            let count = store::give_guest_orders(&tx, &email, user_id.as_str()).await?;
            tracing::info!(customer = %user_id, count, "guest orders have a customer now");
            Ok::<(), Error>(())
        },
    );
    let outbox = orders.outbox.clone();
    consumer.on(move |tx: Tx, event: Received<UserErased>| {
        let outbox = outbox.clone();
        async move {
            let UserErased { user_id, email } = event.payload;
            let forgotten = store::forget_customer(&tx, user_id.as_str(), &email).await?;
            let count = forgotten.len();
            for order_id in forgotten {
                outbox.emit(&tx, &OrderForgotten { order_id }).await?;
            }
            tracing::info!(customer = %user_id, count, "orders have no name any more");
            Ok::<(), Error>(())
        }
    })
}
