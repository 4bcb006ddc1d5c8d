//! The order of what was found, and pages of it: after a product, not after a number of products, so that nothing is
//! skipped or shown twice when the catalogue changes between two pages.

use emart_catalog_api::{ProductId, Sort};
use serde::{Deserialize, Serialize};

use super::columns::{Columns, Order};

/// A place in a list: after the product with this key. Products of the same key come newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Place {
    #[serde(rename = "r")]
    Relevance(u32, ProductId),
    #[serde(rename = "n")]
    Newest(ProductId),
    #[serde(rename = "a")]
    PriceAsc(i64, ProductId),
    #[serde(rename = "d")]
    PriceDesc(i64, ProductId),
    #[serde(rename = "t")]
    Title(String, ProductId),
}

/// By what products are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sorting {
    Relevance,
    Newest,
    PriceAsc,
    PriceDesc,
    Title,
}

impl Sorting {
    /// The order that was asked for. Without a text nothing is more relevant: then the newest come first.
    pub(crate) const fn of(sort: Sort, is_text: bool) -> Self {
        match sort {
            Sort::Relevance if is_text => Self::Relevance,
            Sort::Relevance | Sort::Newest => Self::Newest,
            Sort::PriceAsc => Self::PriceAsc,
            Sort::PriceDesc => Self::PriceDesc,
            Sort::Title => Self::Title,
        }
    }

    /// Whether a place belongs to lists of this order.
    pub(crate) const fn fits(self, place: &Place) -> bool {
        matches!(
            (self, place),
            (Self::Relevance, Place::Relevance(..))
                | (Self::Newest, Place::Newest(_))
                | (Self::PriceAsc, Place::PriceAsc(..))
                | (Self::PriceDesc, Place::PriceDesc(..))
                | (Self::Title, Place::Title(..))
        )
    }

    /// The slots of a page, and the place of its last product if there are more.
    pub(crate) fn page(
        self,
        columns: &Columns,
        found: &[(u32, u32)],
        after: Option<&Place>,
        limit: usize,
    ) -> (Vec<u32>, Option<Place>) {
        let order = if self == Self::Title { columns.by_title() } else { columns.newest() };
        let after = after.map(|place| key_of_place(columns, order, place));
        let keyed = found.iter().map(|found| self.key(columns, order, *found));
        let mut keyed: Vec<Key> = match after {
            None => keyed.collect(),
            Some(after) => keyed.filter(|key| *key > after).collect(),
        };
        let more = keyed.len() > limit;
        if more {
            keyed.select_nth_unstable(limit);
            keyed.truncate(limit);
        }
        keyed.sort_unstable();
        let slots: Vec<u32> = keyed.iter().map(|key| order.slots[key.place()]).collect();
        let last = keyed.last().zip(slots.last()).filter(|_| more);
        let next = last.and_then(|(key, slot)| self.place(columns, *slot, key.first()));
        (slots, next)
    }

    /// What sorts a product.
    fn key(self, columns: &Columns, order: &Order, (slot, score): (u32, u32)) -> Key {
        let at = slot as usize;
        let first = match self {
            Self::Relevance => -i64::from(score),
            Self::Newest | Self::Title => 0,
            Self::PriceAsc => columns.price[at],
            Self::PriceDesc => -columns.price[at],
        };
        Key::new(first, order.places[at], true)
    }

    fn place(self, columns: &Columns, slot: u32, first: i64) -> Option<Place> {
        let key = columns.key(slot)?;
        let (id, price) = (key.id.clone(), columns.price[slot as usize]);
        Some(match self {
            Self::Relevance => Place::Relevance(u32::try_from(-first).ok()?, id),
            Self::Newest => Place::Newest(id),
            Self::PriceAsc => Place::PriceAsc(price, id),
            Self::PriceDesc => Place::PriceDesc(price, id),
            Self::Title => Place::Title(key.title.to_string(), id),
        })
    }
}

/// Smaller keys come first: score or price, then the place in an order in which no two are equal. One number, for that
/// is what sorts fastest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(i128);

impl Key {
    /// `is_here` is false for the key just before the place.
    fn new(first: i64, place: u32, is_here: bool) -> Self {
        Self(i128::from(first) << 64 | i128::from(place) << 1 | i128::from(is_here))
    }

    fn first(self) -> i64 {
        i64::try_from(self.0 >> 64).unwrap_or_default()
    }

    fn place(self) -> usize {
        usize::try_from((self.0 & i128::from(u64::MAX)) >> 1).unwrap_or_default()
    }
}

/// The key of a place. Its product may be gone: then it is the key just before the next product.
fn key_of_place(columns: &Columns, order: &Order, place: &Place) -> Key {
    let is_before = |slot: &u32| {
        let Some(key) = columns.key(*slot) else { return false };
        match place {
            Place::Title(title, id) => (&*key.title, &key.id) < (title.as_str(), id),
            Place::Relevance(_, id)
            | Place::Newest(id)
            | Place::PriceAsc(_, id)
            | Place::PriceDesc(_, id) => key.id > *id,
        }
    };
    let at = order.slots.partition_point(is_before);
    let here = order.slots.get(at).and_then(|slot| columns.key(*slot));
    let is_here = here.is_some_and(|key| match place {
        Place::Title(title, id) => (&*key.title, &key.id) == (title.as_str(), id),
        Place::Relevance(_, id)
        | Place::Newest(id)
        | Place::PriceAsc(_, id)
        | Place::PriceDesc(_, id) => key.id == *id,
    });
    let first = match place {
        Place::Relevance(score, _) => -i64::from(*score),
        Place::Newest(_) | Place::Title(..) => 0,
        Place::PriceAsc(price, _) => *price,
        Place::PriceDesc(price, _) => price.saturating_neg(),
    };
    Key::new(first, u32::try_from(at).unwrap_or(u32::MAX), is_here)
}
