//! The writes of `catalog`. One at a time: read what is there, check, commit, let the model take it over, answer. Copies
//! of the service take turns at the commit; what another has changed since the check is found by the statements there,
//! which are conditional.

mod batches;
mod bulk;
mod categories;
mod collections;
mod desk;
mod pictures;
mod products;
mod schedule;

use std::future::Future;

use std::time::Duration;

use emart_catalog_api::Audited;
use emart_inventory_api::{KeyedPut, PutStockItem, WhenOut};
use emart_store::{EngineKind, Tx};
use emart_types::new_id_text;

pub(crate) use self::categories::free_slug;

use crate::copies::{self, Copies};
use crate::domain::stock::StockWork;
use crate::error::Error;
use crate::model::Batch;
use crate::store::changes;
use crate::store::stock::LevelRow;
use crate::{Catalog, store};

/// How often a transaction is tried again when it got in another's way.
const RETRIES: usize = 3;
/// Items that `inventory` is told of at once.
const ITEMS_AT_ONCE: u32 = 1000;
/// How long a copy that tells `inventory` of items is left to it: longer than a call may take.
const TELLING: Duration = Duration::from_secs(90);

impl Catalog {
    /// Runs a transaction, again when it got in another's way, and lets the model take over what it changed.
    pub(crate) async fn commit<F, Fut, T>(&self, turn: &mut Copies, body: F) -> Result<T, Error>
    where
        F: Fn(Tx) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(Batch, T), Error>> + Send,
        T: Send + 'static,
    {
        let (tag, now, outbox) = (turn.new_tag(), self.clock.now(), self.outbox.clone());
        let mut tries = 0;
        let (batch, value) = loop {
            let (body, tag, outbox) = (body.clone(), tag.clone(), outbox.clone());
            let write = move |tx: Tx| async move {
                if tag.is_some() {
                    changes::take_turn(&tx).await?;
                }
                let (batch, value) = body(tx.clone()).await?;
                for record in &batch.audits {
                    outbox.emit(&tx, &Audited(record.clone())).await?;
                }
                if let Some(tag) = tag {
                    changes::note(&tx, &tag, &copies::changed_by(&batch), now).await?;
                }
                Ok((batch, value))
            };
            match self.db.write(write).await {
                Err(Error::Store(error)) if error.is_serialization_failure() && tries < RETRIES => {
                    tries += 1;
                }
                result => break result?,
            }
        };
        self.model.apply(batch);
        turn.taken_over(tag);
        Ok(value)
    }

    /// Tells `inventory` what it has not been told yet. One at a time, in this process and among the copies: an older
    /// count must not arrive after a newer one.
    pub(crate) async fn tell_inventory(&self) -> Result<(), Error> {
        let _telling = self.telling.lock().await;
        loop {
            let puts = self.take_puts().await?;
            if puts.is_empty() {
                return Ok(());
            }
            let told = self.inventory.put_items_once(&puts).await;
            let (done, shared) = (told.is_ok(), self.db.engine() == EngineKind::Postgres);
            let write = move |tx| async move {
                if done {
                    store::stock::forget_puts(&tx, &puts).await?;
                }
                // Among them is what was noted anew meanwhile.
                if shared { store::stock::leave_puts(&tx, &puts).await } else { Ok(()) }
            };
            if done || shared {
                self.db.write(write).await?;
            }
            told?;
        }
    }

    async fn take_puts(&self) -> Result<Vec<KeyedPut>, Error> {
        let now = self.clock.now();
        let taken = match self.db.engine() {
            EngineKind::Sqlite => {
                self.db.read(|tx| async move { store::stock::puts(&tx, ITEMS_AT_ONCE).await }).await
            }
            EngineKind::Postgres => {
                // Mostly there is nothing, and that costs no write.
                let read = |tx| async move { store::stock::puts(&tx, 1).await };
                if self.db.read(read).await?.is_empty() {
                    return Ok(Vec::new());
                }
                let until = now.plus(TELLING);
                let take = move |tx| async move {
                    store::stock::take_puts(&tx, now, until, ITEMS_AT_ONCE).await
                };
                self.db.write(take).await
            }
        };
        Ok(taken?.into_iter().map(|store::stock::Put(put)| put).collect())
    }

    /// The same after a write that has been committed: if it fails, the job does it later.
    pub(crate) async fn tell_inventory_soon(&self) {
        if let Err(error) = self.tell_inventory().await {
            tracing::warn!(%error, "inventory could not be told of new counts; it will be later");
        }
    }
}

/// Writes down, in a product's transaction, what `inventory` must be told; returns what new items begin with.
pub(crate) async fn note_stock(tx: &Tx, work: &StockWork) -> Result<Vec<LevelRow>, Error> {
    let levels: Vec<LevelRow> = work.new.iter().map(first_level).collect();
    store::stock::begin_levels(tx, &levels).await?;
    let keyed = |(put, title): &(PutStockItem, String)| KeyedPut {
        put: put.clone(),
        title: Some(title.clone()),
        // Told twice, because the first answer was lost, it takes no sale in between back.
        count_key: put.on_hand.map(|_| new_id_text("cnt")),
    };
    let puts: Vec<_> = work.puts.iter().map(keyed).collect();
    store::stock::push_puts(tx, &puts).await?;
    Ok(levels)
}

fn first_level(put: &PutStockItem) -> LevelRow {
    LevelRow {
        item_id: put.id.clone(),
        tracked: put.tracked,
        sell_when_out: put.when_out == WhenOut::Continue,
        available: put.on_hand.unwrap_or(0),
    }
}
