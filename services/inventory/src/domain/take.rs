//! What people counted, laid beside the books.

use std::collections::HashMap;

use emart_inventory_api::{Counted, StockTake, TakenRow};

use super::MOST_PIECES;
use super::item::Item;
use super::sheet::SheetRow;

/// What a stock-take comes to.
pub(crate) struct Taken<'a> {
    pub(crate) report: StockTake,
    /// Items whose count changes, with the new one.
    pub(crate) changes: Vec<(&'a Item, i64)>,
}

/// Compares a file with the items that have its SKUs.
pub(crate) fn compare<'a>(rows: &[SheetRow], items: &'a [Item], dry_run: bool) -> Taken<'a> {
    let mut by_sku: HashMap<&str, Vec<&Item>> = HashMap::new();
    for item in items {
        by_sku.entry(item.sku.as_deref().unwrap_or_default()).or_default().push(item);
    }
    let mut first: HashMap<&str, u64> = HashMap::new();
    let mut report = StockTake {
        dry_run,
        rows: rows.len().try_into().unwrap_or(u64::MAX),
        ..StockTake::default()
    };
    let mut changes = Vec::new();
    for row in rows {
        let earlier = *first.entry(&row.sku).or_insert(row.line);
        let found = by_sku.get(row.sku.as_str()).map_or(&[][..], Vec::as_slice);
        let pieces = if earlier == row.line { judge(row, found) } else { Err(again(earlier)) };
        match pieces {
            Ok((item, pieces)) if item.on_hand == pieces => report.same += 1,
            Ok((item, pieces)) => {
                report.changed += 1;
                report.items.push(told(row, Some(item), Ok(pieces)));
                changes.push((item, pieces));
            }
            Err(why) => {
                report.refused += 1;
                report.items.push(told(row, found.first().copied(), Err(why)));
            }
        }
    }
    Taken { report, changes }
}

fn again(earlier: u64) -> String {
    format!("line {earlier} has the same SKU; add the two counts up in one row")
}

fn judge<'a>(row: &SheetRow, found: &[&'a Item]) -> Result<(&'a Item, i64), String> {
    if row.sku.is_empty() {
        return Err("it has no SKU".to_owned());
    }
    let item = match found {
        [item] => *item,
        [] => return Err("there is no item with this SKU".to_owned()),
        _ => return Err(format!("{} items have this SKU; correct them one by one", found.len())),
    };
    if !item.tracked {
        return Err("this item is not counted".to_owned());
    }
    // Spreadsheets turn 3 into 3.0.
    let whole = row.counted.strip_suffix(".0").unwrap_or(&row.counted);
    match whole.parse::<i64>() {
        Ok(pieces) if (0..=MOST_PIECES).contains(&pieces) => Ok((item, pieces)),
        _ => Err("the count must be a whole number from 0 to 1000000000".to_owned()),
    }
}

fn told(row: &SheetRow, item: Option<&Item>, pieces: Result<i64, String>) -> TakenRow {
    TakenRow {
        line: row.line,
        sku: row.sku.chars().take(255).collect(),
        title: item.and_then(|item| item.title.clone()),
        item_id: item.map(|item| item.id.clone()),
        outcome: if pieces.is_ok() { Counted::Changed } else { Counted::Refused },
        before: item.map(|item| item.on_hand),
        counted: pieces.as_ref().ok().copied(),
        message: pieces.err().unwrap_or_default(),
    }
}
