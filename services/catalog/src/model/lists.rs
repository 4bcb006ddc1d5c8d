//! Lists of products in every order, made when they are first asked for and kept while the snapshot lasts.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use emart_catalog_api::{CategoryId, Sort, Status};
use serde::{Deserialize, Serialize};

use super::Snapshot;
use super::entry::Entry;

/// Products in order.
pub(crate) type List = Arc<[Arc<Entry>]>;

/// Of which products, and in which order.
type Key = (Option<CategoryId>, Status, Sort);

/// The lists made so far.
#[derive(Debug, Default)]
pub(crate) struct Lists(RwLock<HashMap<Key, List>>);

/// A place in a list: after the product with this key.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Place {
    #[serde(rename = "n")]
    Newest(String),
    #[serde(rename = "a")]
    PriceAsc(i64, String),
    #[serde(rename = "d")]
    PriceDesc(i64, String),
    #[serde(rename = "t")]
    Title(String, String),
    /// The place of a collection's own order.
    #[serde(rename = "c")]
    Chosen(usize),
}

impl Place {
    /// The place of a product in a list of this order.
    pub(crate) fn of(entry: &Entry, sort: Sort) -> Self {
        let id = entry.fixed().id.to_string();
        match sort {
            Sort::Relevance | Sort::Newest => Self::Newest(id),
            Sort::PriceAsc => Self::PriceAsc(entry.price_from(), id),
            Sort::PriceDesc => Self::PriceDesc(entry.price_from(), id),
            Sort::Title => Self::Title(entry.title_key.clone(), id),
        }
    }

    /// Whether the place belongs to lists of this order, or of a collection's own.
    pub(crate) const fn fits(&self, sort: Sort, own_order: bool) -> bool {
        if own_order || matches!(self, Self::Chosen(_)) {
            return own_order && matches!(self, Self::Chosen(_));
        }
        matches!(
            (self, sort),
            (Self::Newest(_), Sort::Relevance | Sort::Newest)
                | (Self::PriceAsc(..), Sort::PriceAsc)
                | (Self::PriceDesc(..), Sort::PriceDesc)
                | (Self::Title(..), Sort::Title)
        )
    }

    /// Whether a product comes at this place or before.
    fn is_behind(&self, entry: &Entry) -> bool {
        let id = entry.fixed().id.as_str();
        match self {
            // Ids sort by the time they were made.
            Self::Newest(last) => id >= last.as_str(),
            Self::PriceAsc(price, last) => (entry.price_from(), id) <= (*price, last.as_str()),
            Self::PriceDesc(price, last) => {
                (std::cmp::Reverse(entry.price_from()), id)
                    <= (std::cmp::Reverse(*price), last.as_str())
            }
            Self::Title(title, last) => {
                (entry.title_key.as_str(), id) <= (title.as_str(), last.as_str())
            }
            // Counted, not compared.
            Self::Chosen(_) => false,
        }
    }
}

impl Snapshot {
    /// Products of a status, in a category and below or all of them.
    pub(crate) fn list(&self, category: Option<&CategoryId>, status: Status, sort: Sort) -> List {
        let sort = if sort == Sort::Relevance { Sort::Newest } else { sort };
        let key = (category.cloned(), status, sort);
        if let Some(list) = self.lists.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(list);
        }
        let mut entries: Vec<_> = self
            .products()
            .filter(|entry| {
                entry.fixed().status == status && category.is_none_or(|id| self.is_in(entry, id))
            })
            .map(Arc::clone)
            .collect();
        in_order(&mut entries, sort);
        let list: List = entries.into();
        let mut lists = self.lists.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lists.entry(key).or_insert(list))
    }

    /// Whether a product hangs in a category or below it.
    pub(crate) fn is_in(&self, entry: &Entry, category: &CategoryId) -> bool {
        entry
            .category_ids()
            .iter()
            .any(|id| self.tree.upwards(id).any(|above| above.id == *category))
    }
}

/// The first product of a list after a place.
pub(crate) fn after(list: &List, place: &Place) -> usize {
    match place {
        Place::Chosen(place) => (*place).min(list.len()),
        place => list.partition_point(|entry| place.is_behind(entry)),
    }
}

pub(super) fn in_order(entries: &mut [Arc<Entry>], sort: Sort) {
    let id = |entry: &Arc<Entry>| entry.fixed().id.clone();
    match sort {
        Sort::Relevance | Sort::Newest => {
            entries.sort_by(|a, b| b.fixed().id.cmp(&a.fixed().id));
        }
        Sort::PriceAsc => entries.sort_by_cached_key(|entry| (entry.price_from(), id(entry))),
        Sort::PriceDesc => {
            entries.sort_by_cached_key(|entry| (std::cmp::Reverse(entry.price_from()), id(entry)));
        }
        Sort::Title => {
            entries
                .sort_by(|a, b| (&a.title_key, &a.fixed().id).cmp(&(&b.title_key, &b.fixed().id)));
        }
    }
}
