//! What `cart` listens to: a customer who is forgotten has no cart any more.

use emart_events::{Consumer, Received};
use emart_identity_api::UserErased;
use emart_store::{Db, Error, Tx};

use crate::store;

/// Everything `cart` listens to.
pub(crate) fn consumer(db: &Db) -> Consumer {
    Consumer::new("cart", db.clone()).on(|tx: Tx, event: Received<UserErased>| async move {
        store::forget_customer(&tx, event.payload.user_id.as_str()).await?;
        Ok::<(), Error>(())
    })
}
