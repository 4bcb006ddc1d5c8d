//! A stock item as the database holds it.

use emart_inventory_api::{KeyedPut, StockChanged, StockItem, StockItemId, StockLevel, WhenOut};
use emart_types::{Invalid, Timestamp};

use super::MOST_PIECES;

/// Most rows of one batch.
pub(crate) const MOST_ROWS: usize = 5000;
const LONGEST_SKU: usize = 255;
/// A product's title with a variant's three values.
const LONGEST_TITLE: usize = 1000;
const LONGEST_KEY: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) id: StockItemId,
    pub(crate) sku: Option<String>,
    pub(crate) tracked: bool,
    pub(crate) when_out: WhenOut,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) count_key: Option<String>,
    pub(crate) version: i64,
    pub(crate) updated_at: Timestamp,
    pub(crate) title: Option<String>,
    /// With so many available or fewer it is low.
    pub(crate) low_at: i64,
    /// Whether that was said of this item.
    pub(crate) low_own: bool,
}

impl Item {
    /// An item nobody has asked for yet.
    pub(crate) fn new(keyed: &KeyedPut, low_at: i64, now: Timestamp) -> Self {
        let KeyedPut { put, title, count_key } = keyed;
        Self {
            id: put.id.clone(),
            sku: put.sku.clone(),
            tracked: put.tracked,
            when_out: put.when_out,
            on_hand: put.on_hand.unwrap_or(0),
            reserved: 0,
            count_key: count_key.clone(),
            version: 1,
            updated_at: now,
            title: title.clone(),
            low_at,
            low_own: false,
        }
    }

    /// The item as `put` wants it; `None` when it is so already. A count is a fact: it holds also where checkouts
    /// have claimed more, and `available` is then below zero until somebody finds the pieces. A count that comes
    /// again under its key is an old fact and changes nothing.
    pub(crate) fn changed_to(&self, keyed: &KeyedPut, now: Timestamp) -> Option<Self> {
        let KeyedPut { put, title, count_key } = keyed;
        let is_old = count_key.is_some() && *count_key == self.count_key;
        let count = put.on_hand.filter(|_| !is_old);
        let count_key = count.and(count_key.as_ref()).or(self.count_key.as_ref());
        let new = Self {
            sku: put.sku.clone(),
            tracked: put.tracked,
            when_out: put.when_out,
            on_hand: count.unwrap_or(self.on_hand),
            count_key: count_key.cloned(),
            title: title.as_ref().or(self.title.as_ref()).cloned(),
            ..self.clone()
        };
        (new != *self).then(|| Self { version: self.version + 1, updated_at: now, ..new })
    }

    pub(crate) const fn available(&self) -> i64 {
        self.on_hand - self.reserved
    }

    /// Whether a buyer can take so many.
    pub(crate) fn has(&self, pieces: i64) -> bool {
        !self.tracked || self.when_out == WhenOut::Continue || self.available() >= pieces
    }

    /// Whether a buyer would notice that the item is not as it was.
    pub(crate) fn differs_for_buyers(&self, before: &Self) -> bool {
        let seen = |item: &Self| (item.tracked, item.when_out, item.available());
        seen(self) != seen(before)
    }

    pub(crate) fn event(&self) -> StockChanged {
        StockChanged {
            item_id: self.id.clone(),
            tracked: self.tracked,
            when_out: self.when_out,
            available: self.available(),
        }
    }

    /// What audit records and reports call it.
    pub(crate) fn label(&self) -> &str {
        self.sku.as_deref().or(self.title.as_deref()).unwrap_or(self.id.as_str())
    }

    /// As those see it who look after it.
    pub(crate) fn seen(self, incoming: i64) -> StockItem {
        StockItem {
            available: self.available(),
            low: self.tracked && self.available() <= self.low_at,
            id: self.id,
            sku: self.sku,
            title: self.title,
            tracked: self.tracked,
            when_out: self.when_out,
            on_hand: self.on_hand,
            reserved: self.reserved,
            low_at: self.low_at,
            low_at_own: self.low_own,
            incoming,
            updated_at: self.updated_at,
        }
    }

    pub(crate) fn level(self) -> StockLevel {
        StockLevel {
            available: self.available(),
            id: self.id,
            sku: self.sku,
            tracked: self.tracked,
            when_out: self.when_out,
            on_hand: self.on_hand,
            reserved: self.reserved,
            updated_at: self.updated_at,
        }
    }
}

/// Checks a batch and sorts it by id, the order in which items are locked.
pub(crate) fn sorted(mut puts: Vec<KeyedPut>) -> Result<Vec<KeyedPut>, Invalid> {
    let mut invalid = Invalid::new();
    invalid.require(puts.len() <= MOST_ROWS, "", "at most 5000 items at a time");
    for (row, KeyedPut { put, title, count_key }) in puts.iter().enumerate() {
        let sku = put.sku.as_deref().unwrap_or_default();
        if sku.chars().count() > LONGEST_SKU || sku.chars().any(char::is_control) {
            invalid.push(
                format!("/{row}/sku"),
                "at most 255 characters, none of them a control character",
            );
        }
        if put.on_hand.is_some_and(|pieces| !(-MOST_PIECES..=MOST_PIECES).contains(&pieces)) {
            invalid.push(format!("/{row}/on_hand"), "must be from -1000000000 to 1000000000");
        }
        let title = title.as_deref().unwrap_or_default();
        if title.chars().count() > LONGEST_TITLE || title.chars().any(char::is_control) {
            invalid.push(format!("/{row}/title"), "at most 1000 characters, on one line");
        }
        let length = count_key.as_ref().map_or(1, |key| key.chars().count());
        if !(1..=LONGEST_KEY).contains(&length) {
            invalid.push(format!("/{row}/count_key"), "must be 1 to 100 characters");
        }
    }
    invalid.finish()?;
    puts.sort_by(|a, b| a.put.id.cmp(&b.put.id));
    match puts.windows(2).find(|pair| pair[0].put.id == pair[1].put.id) {
        Some(pair) => {
            Err(Invalid::field("", format!("{} stands twice in the batch", pair[0].put.id)))
        }
        None => Ok(puts),
    }
}
