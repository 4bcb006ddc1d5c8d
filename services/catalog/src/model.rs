//! The read model: the whole catalogue in memory, as answers that are ready to go out.
//!
//! Readers take a [`Snapshot`] and see one moment of the catalogue for as long as they hold it; only stock changes
//! under them. Writers [`Model::apply`] what they have committed before they answer, so that whoever writes reads
//! what was written; what other copies of the service commit comes a moment later. Who keeps something derived (the search index) listens to [`Model::changes`].

mod collections;
pub(crate) mod desk;
mod entry;
mod listing;
pub(crate) mod lists;
mod shards;
mod snapshot;
mod stock;
mod tree;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use emart_catalog_api::{Image, ProductId};
use emart_http::AuditRecord;
use emart_types::Currency;
use tokio::sync::broadcast;

pub(crate) use self::entry::{Entry, Rendered};
pub(crate) use self::snapshot::Snapshot;
pub(crate) use self::stock::Level;
use self::stock::Stock;
pub(crate) use self::tree::Tree;
use crate::domain::category::CategoryRecord;
use crate::domain::collection::CollectionRecord;
use crate::domain::product::Record;
use crate::store::images::ImageRow;
use crate::store::stock::LevelRow;

/// Changes that are kept for a listener that is busy; one that falls further behind reads everything again.
const BACKLOG: usize = 1024;

/// What changed.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// These products were made, changed or deleted.
    Products(Arc<[ProductId]>),
    /// A variant of these products came into stock or went out of it.
    Availability(Arc<[ProductId]>),
    /// Categories were made, changed or deleted: names and places of products' categories may be others.
    Categories,
}

/// What a commit changed.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) images: Vec<Image>,
    /// The whole tree, where it changed.
    pub(crate) categories: Option<Vec<CategoryRecord>>,
    pub(crate) products: Vec<Record>,
    pub(crate) deleted: Vec<ProductId>,
    /// What new stock items begin with.
    pub(crate) levels: Vec<LevelRow>,
    /// All collections, where one changed.
    pub(crate) collections: Option<Vec<CollectionRecord>>,
    /// What the audit log is told, in the same transaction.
    pub(crate) audits: Vec<AuditRecord>,
}

impl Batch {
    fn is_empty(&self) -> bool {
        let Self { images, categories, products, deleted, levels, collections, audits: _ } = self;
        images.is_empty()
            && categories.is_none()
            && products.is_empty()
            && deleted.is_empty()
            && levels.is_empty()
            && collections.is_none()
    }
}

/// What other copies of the service changed, as it is now.
#[derive(Debug, Default)]
pub(crate) struct News {
    pub(crate) batch: Batch,
    /// All former handles of the batch's products: one may have been changed more than once.
    pub(crate) old_handles: Vec<(String, ProductId)>,
    pub(crate) levels: Vec<LevelRow>,
}

/// All that a database holds.
#[derive(Debug, Default)]
pub(crate) struct Everything {
    pub(crate) images: Vec<ImageRow>,
    pub(crate) categories: Vec<CategoryRecord>,
    pub(crate) products: Vec<Record>,
    pub(crate) old_handles: Vec<(String, ProductId)>,
    pub(crate) levels: Vec<LevelRow>,
    pub(crate) collections: Vec<CollectionRecord>,
}

/// The read model.
#[derive(Debug)]
pub(crate) struct Model {
    currency: Currency,
    now: ArcSwap<Snapshot>,
    stock: Stock,
    writing: Mutex<()>,
    changes: broadcast::Sender<Change>,
}

impl Model {
    /// The model of what a database holds.
    pub(crate) fn new(currency: Currency, all: Everything) -> Self {
        let stock = Stock::default();
        for level in &all.levels {
            stock.set(level.item_id.as_str(), Level::of(level));
        }
        let snapshot = Snapshot::of(all, currency, &stock);
        let (now, writing) = (ArcSwap::from_pointee(snapshot), Mutex::default());
        Self { currency, now, stock, writing, changes: broadcast::Sender::new(BACKLOG) }
    }

    /// The catalogue as of now.
    pub(crate) fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.now.load()
    }

    /// The catalogue as of now, to keep for longer than a moment.
    pub(crate) fn snapshot_full(&self) -> Arc<Snapshot> {
        self.now.load_full()
    }

    /// The store's currency, and a number that is another whenever something came into stock or went out of it.
    pub(crate) fn stock_state(&self) -> (Currency, u64) {
        (self.currency, self.stock.turns())
    }

    /// What changes from now on. A listener that gets [`broadcast::error::RecvError::Lagged`] has missed some and
    /// reads the whole snapshot again.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Takes over what was committed here.
    pub(crate) fn apply(&self, batch: Batch) {
        self.take_over(batch, Vec::new());
    }

    /// Takes over what other copies of the service committed.
    pub(crate) fn follow(&self, news: News) {
        // Before the products, which then show these levels at once.
        for level in &news.levels {
            self.set_stock(level);
        }
        if !news.batch.is_empty() {
            self.take_over(news.batch, news.old_handles);
        }
    }

    /// Takes over everything, when it cannot be said what changed.
    pub(crate) fn replace(&self, all: Everything) {
        let turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        for level in &all.levels {
            self.stock.set(level.item_id.as_str(), Level::of(level));
        }
        self.now.store(Arc::new(Snapshot::of(all, self.currency, &self.stock)));
        drop(turn);
        let _ = self.changes.send(Change::Categories);
    }

    fn take_over(&self, batch: Batch, old_handles: Vec<(String, ProductId)>) {
        let turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = (**self.now.load()).clone();
        for level in &batch.levels {
            self.stock.begin(level.item_id.as_str(), Level::of(level));
        }
        for image in batch.images {
            next.images.insert(image.id.clone().as_str(), Arc::new(image));
        }
        let categories = batch.categories.is_some();
        if let Some(records) = batch.categories {
            next.tree = Arc::new(Tree::new(records, |id| next.image(id)));
        }
        if let Some(records) = batch.collections {
            next.collections = records.into();
        }
        let ids: Arc<[ProductId]> = batch
            .products
            .iter()
            .map(|product| product.id.clone())
            .chain(batch.deleted.clone())
            .collect();
        for product in batch.products {
            next.put(product, self.currency, &self.stock);
        }
        for id in &batch.deleted {
            next.remove(id);
        }
        for (handle, id) in old_handles {
            next.old_handles.insert(&handle, id);
        }
        next.forget_derived(&ids);
        self.now.store(Arc::new(next));
        drop(turn);
        // Nobody listens: then nobody misses it.
        if categories {
            let _ = self.changes.send(Change::Categories);
        }
        if !ids.is_empty() {
            let _ = self.changes.send(Change::Products(ids));
        }
    }

    /// Takes over what `inventory` said.
    pub(crate) fn set_stock(&self, level: &LevelRow) {
        let item = level.item_id.as_str();
        if self.stock.set(item, Level::of(level))
            && let Some(products) = self.snapshot().by_stock_item.get(item)
        {
            let _ = self.changes.send(Change::Availability(Arc::clone(products)));
        }
    }
}
