//! The transactions of `inventory`. Items are always written in the order of their ids, so no two wait for each
//! other; every change of an item leaves a movement, and an event where a buyer would notice.

mod hold;
mod incoming;
mod restock;
mod settle;
pub(crate) mod stock;
mod take;
mod thresholds;

use emart_events::Outbox;
use emart_store::Tx;
use futures_util::future::join_all;

use crate::Inventory;
use crate::domain::item::Item;
use crate::error::Error;

/// Events on their way to the database at the same time.
const PIPELINE: usize = 64;

/// How often a transaction is tried again when it got in another's way.
const RETRIES: usize = 3;

impl Inventory {
    /// Runs a transaction, again when it got in another's way.
    async fn write<T, F, Fut>(&self, body: F) -> Result<T, Error>
    where
        F: Fn(Tx) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = Result<T, Error>> + Send,
        T: Send + 'static,
    {
        for _ in 0..RETRIES {
            match self.db.write(body.clone()).await {
                Err(Error::Store(error))
                    if error.is_serialization_failure() || error.is_unique_violation() => {}
                result => return result,
            }
        }
        self.db.write(body).await
    }
}

async fn emit(tx: &Tx, outbox: &Outbox, items: &[Item]) -> Result<(), Error> {
    for items in items.chunks(PIPELINE) {
        // A server gets them one behind the other, without a wait for each answer: a batch has thousands.
        let told = items.iter().map(|item| async { outbox.emit(tx, &item.event()).await });
        for told in join_all(told).await {
            told?;
        }
    }
    Ok(())
}
