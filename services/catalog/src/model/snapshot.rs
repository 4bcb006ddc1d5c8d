//! The catalogue as of one moment.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use emart_catalog_api::{Category, CategoryId, Image, ImageId, Listing, ProductId};
use emart_http::Page;
use emart_types::Currency;

use super::Everything;
use super::collections::CollectionLists;
use super::desk::Orders;
use super::entry::Entry;
use super::listing;
use super::lists::Lists;
use super::shards::Shards;
use super::stock::Stock;
use super::tree::Tree;
use crate::domain::collection::CollectionRecord;
use crate::domain::product::Record;

/// The catalogue as of one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    products: Shards<Arc<Entry>>,
    handles: Shards<ProductId>,
    pub(super) old_handles: Shards<ProductId>,
    /// The product and the place of the variant in it.
    variants: Shards<(Arc<Entry>, usize)>,
    pub(super) by_stock_item: Shards<Arc<[ProductId]>>,
    pub(super) images: Shards<Arc<Image>>,
    pub(crate) tree: Arc<Tree>,
    pub(super) lists: Arc<Lists>,
    categories: Arc<OnceLock<Bytes>>,
    listing: Arc<OnceLock<Arc<Listing>>>,
    pub(super) collections: Arc<[CollectionRecord]>,
    pub(super) collected: Arc<CollectionLists>,
    pub(super) orders: Arc<Orders>,
}

impl Snapshot {
    /// A product by its id or its handle, today's or a former one.
    pub(crate) fn find(&self, id_or_handle: &str) -> Option<&Arc<Entry>> {
        self.product(id_or_handle).or_else(|| self.by_handle(id_or_handle)).or_else(|| {
            let id = self.old_handles.get(id_or_handle)?;
            self.product(id.as_str())
        })
    }

    /// A product by its id.
    pub(crate) fn product(&self, id: &str) -> Option<&Arc<Entry>> {
        self.products.get(id)
    }

    /// A product by its handle of today.
    pub(crate) fn by_handle(&self, handle: &str) -> Option<&Arc<Entry>> {
        self.product(self.handles.get(handle)?.as_str())
    }

    /// All products, in no order, drafts included.
    pub(crate) fn products(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.products.values()
    }

    /// A variant: its product and its place in it.
    pub(crate) fn variant(&self, id: &str) -> Option<(&Arc<Entry>, usize)> {
        self.variants.get(id).map(|(entry, place)| (entry, *place))
    }

    /// Whether a variant is counted as this item.
    pub(crate) fn has_stock_item(&self, item: &str) -> bool {
        self.by_stock_item.get(item).is_some()
    }

    /// A picture.
    pub(crate) fn image(&self, id: &ImageId) -> Option<Image> {
        self.images.get(id.as_str()).map(|image| (**image).clone())
    }

    /// Everything that is sold, in short.
    pub(crate) fn listing(&self) -> Arc<Listing> {
        Arc::clone(self.listing.get_or_init(|| Arc::new(listing::of(self))))
    }

    /// The category tree as JSON.
    pub(crate) fn categories_json(&self) -> Bytes {
        let render = || {
            let page = Page { items: self.categories(), next_cursor: None };
            serde_json::to_vec(&page).expect("categories have no maps").into()
        };
        self.categories.get_or_init(render).clone()
    }

    /// The category tree.
    pub(crate) fn categories(&self) -> Vec<Category> {
        let mut counts: HashMap<&CategoryId, u32> = HashMap::new();
        for entry in self.products().filter(|entry| entry.is_active()) {
            let above = entry.category_ids().iter().flat_map(|id| self.tree.upwards(id));
            // A product in two branches counts once where they meet.
            for id in above.map(|record| &record.id).collect::<HashSet<_>>() {
                *counts.entry(id).or_default() += 1;
            }
        }
        self.tree.categories(&counts)
    }

    pub(super) fn put(&mut self, record: Record, currency: Currency, stock: &Stock) {
        let before = self.remove(&record.id);
        if let Some(before) = before.filter(|before| before.fixed().handle != record.handle) {
            self.old_handles.insert(&before.fixed().handle, record.id.clone());
        }
        let entry = Arc::new(Entry::new(record, currency, stock, |id| self.image(id)));
        let product = entry.fixed();
        self.handles.insert(&product.handle, product.id.clone());
        if self.old_handles.get(&product.handle) == Some(&product.id) {
            self.old_handles.remove(&product.handle);
        }
        for (place, variant) in product.variants.iter().enumerate() {
            self.variants.insert(variant.id.as_str(), (Arc::clone(&entry), place));
            self.link(variant.stock_item_id.as_str(), &product.id);
        }
        self.products.insert(product.id.as_str(), Arc::clone(&entry));
    }

    pub(super) fn remove(&mut self, id: &ProductId) -> Option<Arc<Entry>> {
        let entry = self.products.remove(id.as_str())?;
        let product = entry.fixed();
        // Of two that another copy let change places, the first may have it already.
        if self.handles.get(&product.handle) == Some(id) {
            self.handles.remove(&product.handle);
        }
        for variant in &product.variants {
            self.variants.remove(variant.id.as_str());
            self.unlink(variant.stock_item_id.as_str(), id);
        }
        Some(entry)
    }

    fn link(&mut self, item: &str, product: &ProductId) {
        let linked = self.by_stock_item.get(item).map_or(&[][..], |products| &**products);
        if !linked.contains(product) {
            let products = linked.iter().chain([product]).cloned().collect();
            self.by_stock_item.insert(item, products);
        }
    }

    fn unlink(&mut self, item: &str, product: &ProductId) {
        let linked = self.by_stock_item.get(item).map_or(&[][..], |products| &**products);
        let products: Arc<[ProductId]> =
            linked.iter().filter(|id| *id != product).cloned().collect();
        if products.is_empty() {
            self.by_stock_item.remove(item);
        } else {
            self.by_stock_item.insert(item, products);
        }
    }

    /// All that a database holds.
    pub(super) fn of(all: Everything, currency: Currency, stock: &Stock) -> Self {
        let mut snapshot = Self::default();
        for row in all.images {
            snapshot.images.insert(row.image.id.clone().as_str(), Arc::new(row.image));
        }
        snapshot.tree = Arc::new(Tree::new(all.categories, |id| snapshot.image(id)));
        for product in all.products {
            snapshot.put(product, currency, stock);
        }
        snapshot.collections = all.collections.into();
        for (handle, id) in all.old_handles {
            snapshot.old_handles.insert(&handle, id);
        }
        snapshot
    }

    /// What was derived is made again when it is asked for.
    pub(super) fn forget_derived(&mut self, changed: &[ProductId]) {
        self.orders = Arc::new(self.orders.after(changed));
        self.collected = Arc::default();
        self.lists = Arc::default();
        self.categories = Arc::default();
        self.listing = Arc::default();
    }
}
