//! What `inventory` must be told when a product was written.

use std::collections::{HashMap, HashSet};

use emart_inventory_api::{PutStockItem, StockItemId, WhenOut};

use super::product::{Record, VariantRecord, full_title};

/// What a product's write means for stock.
#[derive(Debug, Default)]
pub(crate) struct StockWork {
    /// What to tell `inventory`, with what people call it.
    pub(crate) puts: Vec<(PutStockItem, String)>,
    /// Which of them are new, with what they begin with.
    pub(crate) new: Vec<PutStockItem>,
}

/// Compares a product with what it was. `on_hand` has an entry for each variant; `known` are the items of others.
pub(crate) fn work(
    after: &Record,
    before: Option<&Record>,
    on_hand: &[Option<i64>],
    is_others: impl Fn(&StockItemId) -> bool,
) -> StockWork {
    let old: HashMap<&StockItemId, &VariantRecord> =
        before.iter().flat_map(|b| &b.variants).map(|v| (&v.stock_item_id, v)).collect();
    let was_titled = |was: &VariantRecord| before.map(|before| full_title(&before.title, was));
    let mut told = HashSet::new();
    let mut work = StockWork::default();
    for (variant, on_hand) in after.variants.iter().zip(on_hand) {
        let was = old.get(&variant.stock_item_id).copied();
        // Who shares an item changes its count, if anything: the rest is its first owner's to say.
        let shared = was.is_none() && is_others(&variant.stock_item_id);
        let title = full_title(&after.title, variant);
        let is_same =
            |was| seen(was) == seen(variant) && was_titled(was).is_some_and(|was| was == title);
        let same = was.is_some_and(is_same) || shared;
        if (same && on_hand.is_none()) || !told.insert(&variant.stock_item_id) {
            continue;
        }
        let put = put(variant, *on_hand);
        if was.is_none() && !shared {
            work.new.push(put.clone());
        }
        work.puts.push((put, title));
    }
    work
}

/// What `inventory` is told of products it knows already.
pub(crate) fn titles(record: &Record) -> StockWork {
    let variants = record.variants.iter();
    let told = variants.map(|v| (put(v, None), full_title(&record.title, v))).collect();
    StockWork { puts: told, new: Vec::new() }
}

fn seen(variant: &VariantRecord) -> (&Option<String>, bool, bool) {
    (&variant.sku, variant.track_stock, variant.sell_when_out)
}

fn put(variant: &VariantRecord, on_hand: Option<i64>) -> PutStockItem {
    PutStockItem {
        id: variant.stock_item_id.clone(),
        sku: variant.sku.clone(),
        tracked: variant.track_stock,
        when_out: if variant.sell_when_out { WhenOut::Continue } else { WhenOut::Deny },
        on_hand,
    }
}
