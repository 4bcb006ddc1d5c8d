//! Products of every status, in the orders of the lists for staff, kept in order from one snapshot to the next: putting a
//! few changed products in their places costs a walk, sorting all of them again costs much more.

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use emart_catalog_api::{DeskProduct, DeskSort, DeskVariant, ProductId, Status};
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

use super::Snapshot;
use super::entry::Entry;
use super::lists::List;

const SORTS: [DeskSort; 5] =
    [DeskSort::Newest, DeskSort::Updated, DeskSort::Title, DeskSort::PriceAsc, DeskSort::PriceDesc];
/// With more changes than that all are sorted again.
const MOST_CHANGES: usize = 2000;
/// Variants that a list shows.
const MOST_VARIANTS: usize = 10;

/// The orders of a snapshot.
#[derive(Debug, Default)]
pub(super) struct Orders {
    slots: [Slot; SORTS.len()],
}

#[derive(Debug, Default)]
struct Slot {
    list: OnceLock<List>,
    /// The order of an earlier snapshot and what has changed since.
    before: Option<(List, Arc<HashSet<ProductId>>)>,
}

impl Orders {
    /// The orders of the next snapshot, in which these products are others.
    pub(super) fn after(&self, changed: &[ProductId]) -> Self {
        let slots = self.slots.each_ref().map(|slot| {
            let before = match (slot.list.get(), &slot.before) {
                (Some(list), _) => Some((Arc::clone(list), HashSet::new())),
                (None, Some((list, since))) => Some((Arc::clone(list), HashSet::clone(since))),
                (None, None) => None,
            };
            let before = before.and_then(|(list, mut since)| {
                since.extend(changed.iter().cloned());
                (since.len() <= MOST_CHANGES).then(|| (list, Arc::new(since)))
            });
            Slot { list: OnceLock::new(), before }
        });
        Self { slots }
    }
}

/// A place in a list: after the product with this key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum DeskPlace {
    #[serde(rename = "n")]
    Newest(String),
    #[serde(rename = "u")]
    Updated(i64, String),
    #[serde(rename = "t")]
    Title(String, String),
    #[serde(rename = "a")]
    PriceAsc(i64, String),
    #[serde(rename = "d")]
    PriceDesc(i64, String),
}

impl DeskPlace {
    /// The place of a product.
    pub(crate) fn of(entry: &Entry, sort: DeskSort) -> Self {
        let id = entry.fixed().id.to_string();
        match sort {
            DeskSort::Newest => Self::Newest(id),
            DeskSort::Updated => Self::Updated(updated(entry), id),
            DeskSort::Title => Self::Title(entry.title_key.clone(), id),
            DeskSort::PriceAsc => Self::PriceAsc(entry.price_from(), id),
            DeskSort::PriceDesc => Self::PriceDesc(entry.price_from(), id),
        }
    }

    /// Whether the place belongs to lists of this order.
    pub(crate) const fn fits(&self, sort: DeskSort) -> bool {
        matches!(
            (self, sort),
            (Self::Newest(_), DeskSort::Newest)
                | (Self::Updated(..), DeskSort::Updated)
                | (Self::Title(..), DeskSort::Title)
                | (Self::PriceAsc(..), DeskSort::PriceAsc)
                | (Self::PriceDesc(..), DeskSort::PriceDesc)
        )
    }

    /// Whether a product comes at this place or before.
    fn is_behind(&self, entry: &Entry) -> bool {
        let id = entry.fixed().id.as_str();
        match self {
            Self::Newest(last) => id >= last.as_str(),
            Self::Updated(at, last) => (updated(entry), id) >= (*at, last.as_str()),
            Self::Title(title, last) => {
                (entry.title_key.as_str(), id) <= (title.as_str(), last.as_str())
            }
            Self::PriceAsc(price, last) => (entry.price_from(), id) <= (*price, last.as_str()),
            Self::PriceDesc(price, last) => {
                (Reverse(entry.price_from()), id) <= (Reverse(*price), last.as_str())
            }
        }
    }
}

fn updated(entry: &Entry) -> i64 {
    Timestamp::as_millis(entry.fixed().updated_at)
}

fn compare(one: &Entry, other: &Entry, sort: DeskSort) -> Ordering {
    let (a, b) = (one.fixed().id.as_str(), other.fixed().id.as_str());
    match sort {
        DeskSort::Newest => b.cmp(a),
        DeskSort::Updated => (updated(other), b).cmp(&(updated(one), a)),
        DeskSort::Title => (&one.title_key, a).cmp(&(&other.title_key, b)),
        DeskSort::PriceAsc => (one.price_from(), a).cmp(&(other.price_from(), b)),
        DeskSort::PriceDesc => {
            (Reverse(one.price_from()), a).cmp(&(Reverse(other.price_from()), b))
        }
    }
}

impl Snapshot {
    /// All products in an order.
    pub(crate) fn desk_list(&self, sort: DeskSort) -> List {
        let at = SORTS.iter().position(|known| *known == sort).unwrap_or(0);
        let slot = &self.orders.slots[at];
        let make = || match &slot.before {
            Some((list, changed)) => self.mended(list, changed, sort),
            None => {
                let mut all: Vec<_> = self.products().map(Arc::clone).collect();
                all.sort_by(|one, other| compare(one, other, sort));
                all.into()
            }
        };
        Arc::clone(slot.list.get_or_init(make))
    }

    /// The products behind a place that will do, up to one more than the limit.
    pub(crate) fn desk_page(
        &self,
        (sort, place): (DeskSort, Option<&DeskPlace>),
        limit: usize,
        will_do: impl Fn(&Entry) -> bool,
    ) -> Vec<Arc<Entry>> {
        let list = self.desk_list(sort);
        let is_behind = |place: &DeskPlace| list.partition_point(|entry| place.is_behind(entry));
        let from = place.map_or(0, is_behind);
        let found = list[from..].iter().filter(|entry| will_do(entry));
        found.take(limit + 1).map(Arc::clone).collect()
    }

    /// An earlier order with the products that have changed taken out and put where they belong now.
    fn mended(&self, list: &List, changed: &HashSet<ProductId>, sort: DeskSort) -> List {
        let mut new: Vec<_> =
            changed.iter().filter_map(|id| self.product(id.as_str())).map(Arc::clone).collect();
        new.sort_by(|one, other| compare(one, other, sort));
        let mut new = new.into_iter().peekable();
        let mut all = Vec::with_capacity(list.len() + new.len());
        for entry in list.iter().filter(|entry| !changed.contains(&entry.fixed().id)) {
            while let Some(next) = new.next_if(|new| compare(new, entry, sort).is_lt()) {
                all.push(next);
            }
            all.push(Arc::clone(entry));
        }
        all.extend(new);
        all.into()
    }
}

impl Entry {
    /// The product in a list for staff.
    pub(crate) fn desk(&self) -> Option<DeskProduct> {
        let product = self.fixed();
        let prices = product.variants.iter().map(|variant| variant.price);
        let price_from = prices.clone().min_by_key(|price| price.amount_minor)?;
        let price_to = prices.max_by_key(|price| price.amount_minor)?;
        let variants = product.variants.iter().take(MOST_VARIANTS).enumerate();
        let variants = variants.map(|(place, variant)| DeskVariant {
            id: variant.id.clone(),
            title: variant.title.clone(),
            sku: variant.sku.clone(),
            price: variant.price,
            compare_at_price: variant.compare_at_price,
            stock_item_id: variant.stock_item_id.clone(),
            available: self.available(place),
        });
        let pieces = (0..product.variants.len()).map(|place| self.available(place));
        Some(DeskProduct {
            id: product.id.clone(),
            handle: product.handle.clone(),
            title: product.title.clone(),
            status: product.status,
            vendor: product.vendor.clone(),
            product_type: product.product_type.clone(),
            tags: product.tags.clone(),
            image: product.images.first().cloned(),
            price_from,
            price_to,
            available: pieces.sum(),
            in_stock: self.in_stock(),
            variants: variants.collect(),
            variant_count: u32::try_from(product.variants.len()).unwrap_or(u32::MAX),
            publish_at: self.publish_at,
            unpublish_at: self.unpublish_at,
            version: product.version,
            updated_at: product.updated_at,
        })
    }

    /// Whether each of these words, in lower case, stands somewhere in it.
    pub(crate) fn has_words(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.find_key.contains(word.as_str()))
    }

    pub(crate) fn has_status(&self, status: Option<Status>) -> bool {
        status.is_none_or(|status| self.fixed().status == status)
    }
}
