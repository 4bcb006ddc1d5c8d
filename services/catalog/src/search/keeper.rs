//! Keeps what is searched in step with the catalogue. There is one, and it works off the async threads.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use emart_catalog_api::ProductId;

use super::columns::{Columns, Key, Names, Row};
use super::document::Document;
use super::index::{self, Index};
use super::view::View;
use super::words::Words;

/// A change to one product.
pub(crate) enum Change<'a> {
    /// It is like this now.
    Put(Document<'a>),
    /// Shoppers do not see it any more.
    Delete(&'a ProductId),
}

/// The writing side of search.
pub(crate) struct Keeper {
    index: Index,
    slots: HashMap<ProductId, u32>,
    /// Slots whose products are gone, and how many slots there are in all.
    free: Vec<u32>,
    used: u32,
    view: Arc<View>,
}

impl Keeper {
    /// Opens what is there of an index in a directory; `None` keeps it in memory.
    pub(crate) fn open(dir: Option<&Path>) -> tantivy::Result<Self> {
        let index = match dir {
            Some(dir) => Index::open(dir)?,
            None => Index::in_memory()?,
        };
        let view =
            View { segments: Vec::new(), columns: Columns::default(), words: Arc::default() };
        Ok(Self { index, slots: HashMap::new(), free: Vec::new(), used: 0, view: Arc::new(view) })
    }

    /// What can be searched now.
    pub(crate) const fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// Makes these products all there are. Only those of which the texts changed are indexed again.
    pub(crate) fn replace<'a>(
        &mut self,
        documents: impl Iterator<Item = Document<'a>>,
    ) -> tantivy::Result<()> {
        let mut stamps = self.index.stamps()?;
        let mut names = Names::default();
        let mut rows = HashMap::new();
        let mut changed = false;
        self.slots.clear();
        self.free.clear();
        self.used = 0;
        self.index.forget_slots();
        for document in documents {
            let stamp = document.stamp();
            if stamps.remove(document.id.as_str()) != Some(stamp) {
                self.index.put(document.id.as_str(), stamp, &document.texts())?;
                changed = true;
            }
            let slot = self.new_slot(document.id);
            rows.insert(slot, Some(Row::of(&document, stamp, &mut names)));
        }
        for id in stamps.keys() {
            self.index.delete(id);
            changed = true;
        }
        if changed {
            self.index.commit()?;
        }
        let columns = Columns::default().with(Arc::new(names), rows, self.used as usize);
        self.publish(columns, true)
    }

    /// Takes over changes, each product's last.
    pub(crate) fn apply(&mut self, changes: Vec<Change<'_>>) -> tantivy::Result<()> {
        let mut names = Arc::clone(&self.view.columns.names);
        let mut rows = HashMap::new();
        let mut changed = false;
        for change in changes {
            match change {
                Change::Put(document) => {
                    let stamp = document.stamp();
                    let known = self.slots.get(document.id).copied();
                    if known.and_then(|slot| self.key(slot)).is_none_or(|key| key.stamp != stamp) {
                        self.index.put(document.id.as_str(), stamp, &document.texts())?;
                        changed = true;
                    }
                    let slot = known.unwrap_or_else(|| self.new_slot(document.id));
                    rows.insert(slot, Some(Row::of(&document, stamp, Arc::make_mut(&mut names))));
                }
                Change::Delete(id) => {
                    if let Some(slot) = self.slots.remove(id) {
                        self.index.delete(id.as_str());
                        changed = true;
                        rows.insert(slot, None);
                    }
                }
            }
        }
        if changed {
            self.index.commit()?;
        }
        let freed: Vec<u32> =
            rows.iter().filter(|(_, row)| row.is_none()).map(|(slot, _)| *slot).collect();
        let columns = self.view.columns.with(names, rows, self.used as usize);
        // Only now: within a batch a slot must not have two products.
        self.free.extend(freed);
        self.publish(columns, changed)
    }

    fn key(&self, slot: u32) -> Option<&Arc<Key>> {
        self.view.columns.key(slot)
    }

    fn new_slot(&mut self, id: &ProductId) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.used += 1;
            self.used - 1
        });
        self.slots.insert(id.clone(), slot);
        slot
    }

    fn publish(&mut self, columns: Columns, texts_changed: bool) -> tantivy::Result<()> {
        let slots = &self.slots;
        let find = |id: &str| id.parse().ok().and_then(|id: ProductId| slots.get(&id).copied());
        let segments = self.index.segments(find)?;
        let before: &Words = &self.view.words;
        let words = if texts_changed {
            Arc::new(index::words(&segments, before)?)
        } else {
            Arc::clone(&self.view.words)
        };
        self.view = Arc::new(View { segments, columns, words });
        Ok(())
    }
}
