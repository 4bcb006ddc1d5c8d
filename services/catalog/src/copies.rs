//! Several copies of the service on one server: each follows what the others write, and before it writes itself it has
//! caught up with all they have committed. On SQLite there is one copy, and nothing of this happens.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use emart_catalog_api::ProductId;
use emart_store::{EngineKind, Error as StoreError, Tx};
use emart_types::{Timestamp, new_id_text};
use tokio::sync::MutexGuard;

use crate::error::Error;
use crate::model::{Batch, Everything, News};
use crate::store::changes::{self, Changed, Seen};
use crate::store::products::Which;
use crate::{Catalog, everything, store};

/// How often a copy looks for what others wrote: search takes another 100 ms to gather it.
const EVERY: Duration = Duration::from_millis(50);
/// The wait after a look that failed.
const RETRY: Duration = Duration::from_secs(1);
/// Old changes are forgotten this often.
const FORGET_EVERY: Duration = Duration::from_secs(60);
/// Ids in one question.
const IDS: usize = 500;

/// How far a copy has followed the others. Whoever holds it is the only one in this process that writes or follows, so
/// that the model never goes back.
#[derive(Debug)]
pub(crate) struct Copies {
    /// `None` when there are no others.
    seen: Option<Seen>,
    /// What this copy has committed and taken over, until it meets it among the changes.
    own: HashSet<String>,
}

/// The right to write, from reading what is there to the model's taking over what was committed.
pub(crate) type Turn<'a> = MutexGuard<'a, Copies>;

impl Copies {
    /// Whether there may be others.
    pub(crate) const fn are_several(&self) -> bool {
        self.seen.is_some()
    }

    /// What a transaction's changes are to be known by.
    pub(crate) fn new_tag(&self) -> Option<String> {
        self.are_several().then(|| new_id_text("chg"))
    }

    /// The model has taken over what was committed under this tag. Without this, as after an answer that was lost, it is
    /// read like the others' changes.
    pub(crate) fn taken_over(&mut self, tag: Option<String>) {
        self.own.extend(tag);
    }
}

/// All that the database holds, and how far that is.
pub(crate) async fn begin(tx: &Tx, now: Timestamp) -> Result<(Copies, Everything), StoreError> {
    let seen = match tx.engine() {
        EngineKind::Sqlite => None,
        // First: a transaction that reads has one snapshot, and this asks for it.
        EngineKind::Postgres => Some(changes::seen(tx, now).await?),
    };
    Ok((Copies { seen, own: HashSet::new() }, everything(tx).await?))
}

/// Follows the other copies for as long as the process runs.
pub(crate) async fn follow(catalog: Arc<Catalog>) {
    let mut forgotten: Option<Timestamp> = None;
    loop {
        let now = catalog.clock.now();
        let work = async {
            drop(catalog.turn().await?);
            if forgotten.is_none_or(|at| now.since(at) >= FORGET_EVERY) {
                while catalog
                    .db
                    .write(move |tx| async move { changes::forget(&tx, now).await })
                    .await?
                {}
                forgotten = Some(now);
            }
            Ok::<_, Error>(())
        };
        match work.await {
            Ok(()) => tokio::time::sleep(EVERY).await,
            Err(error) => {
                tracing::warn!(%error, "other copies' changes could not be read; trying again");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

impl Catalog {
    /// Waits until nobody else in this process writes, and catches up with the other processes.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, Error> {
        let mut turn = self.writing.lock().await;
        self.catch_up(&mut turn).await?;
        Ok(turn)
    }

    /// `turn` changes together with the model: a caller that goes away in between leaves both as they were.
    async fn catch_up(&self, turn: &mut Copies) -> Result<(), Error> {
        let Some(before) = turn.seen.clone() else { return Ok(()) };
        let now = self.clock.now();
        let look = changes::look(&self.db, &before, now).await?;
        if look.missed_some(&before) {
            tracing::info!("this copy was away for long and reads the whole catalogue again");
            let read = move |tx: Tx| async move { begin(&tx, now).await };
            let (all_seen, all) = self.db.read_blocking(read).await?;
            self.model.replace(all);
            *turn = all_seen;
        } else if look.is_new {
            let own = turn.own.clone();
            let read = move |tx| async move { read_news(&tx, &before, &own, now).await };
            let (seen, news, met) = self.db.read(read).await?;
            self.model.follow(news);
            turn.own.retain(|tag| !met.contains(tag));
            turn.seen = Some(seen);
        } else {
            turn.seen = Some(look.seen);
        }
        Ok(())
    }
}

/// What was changed since, as it is now.
async fn read_news(
    tx: &Tx,
    before: &Seen,
    own: &HashSet<String>,
    now: Timestamp,
) -> Result<(Seen, News, Vec<String>), StoreError> {
    let seen = changes::seen(tx, now).await?;
    let (Changed { products, images, categories, collections, items }, met) =
        changes::news(tx, before, own).await?;
    let mut news = News::default();
    let batch = &mut news.batch;
    for ids in in_lists(images.iter().map(AsRef::as_ref)) {
        let rows = store::images::these(tx, &ids).await?;
        batch.images.extend(rows.into_iter().map(|row| row.image));
    }
    if categories {
        batch.categories = Some(store::categories::categories(tx).await?);
    }
    if collections {
        batch.collections = Some(store::collections::collections(tx).await?);
    }
    for ids in in_lists(products.iter().map(ProductId::as_str)) {
        batch.products.extend(store::products::products(tx, Which::These(&ids)).await?);
        news.old_handles.extend(store::handles::old_handles_of(tx, &ids).await?);
    }
    let there: HashSet<_> = batch.products.iter().map(|product| product.id.clone()).collect();
    batch.deleted.extend(products.into_iter().filter(|id| !there.contains(id)));
    for ids in in_lists(items.iter().map(AsRef::as_ref)) {
        news.levels.extend(store::stock::levels_of(tx, &ids).await?);
    }
    Ok((seen, news, met))
}

/// Ids with commas between them, some at a time.
fn in_lists<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut lists: Vec<String> = Vec::new();
    for (at, id) in ids.enumerate() {
        match lists.last_mut() {
            Some(list) if at % IDS > 0 => {
                let _ = write!(list, ",{id}");
            }
            _ => lists.push(id.to_owned()),
        }
    }
    lists
}

/// What the others have to look at after this.
pub(crate) fn changed_by(batch: &Batch) -> Changed {
    let products = batch.products.iter().map(|product| &product.id).chain(&batch.deleted);
    Changed {
        products: products.cloned().collect(),
        images: batch.images.iter().map(|image| image.id.clone()).collect(),
        categories: batch.categories.is_some(),
        collections: batch.collections.is_some(),
        items: batch.levels.iter().map(|level| level.item_id.clone()).collect(),
    }
}
