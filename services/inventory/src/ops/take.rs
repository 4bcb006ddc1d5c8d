//! Stock-takes.

use std::sync::Arc;

use emart_events::Outbox;
use emart_http::AuditRecord;
use emart_inventory_api::{Audited, MovementKind, StockTake};
use emart_store::Tx;
use emart_types::Timestamp;
use serde_json::json;

use super::emit;
use crate::domain::item::Item;
use crate::domain::sheet::SheetRow;
use crate::domain::take::{Taken, compare};
use crate::error::Error;
use crate::store::adjustments::{Before, Key};
use crate::store::movements::Moved;
use crate::{Inventory, store};

impl Inventory {
    /// What a count would change.
    pub(crate) async fn preview_take(&self, rows: Vec<SheetRow>) -> Result<StockTake, Error> {
        let read = move |tx: Tx| async move {
            let items = counted_items(&tx, &rows, false).await?;
            Ok::<_, Error>(compare(&rows, &items, true).report)
        };
        self.db.read(read).await
    }

    /// Sets the books right, once for each key. What cannot be taken is left as it is and reported.
    pub(crate) async fn take_stock(
        &self,
        rows: Vec<SheetRow>,
        reference: &str,
        key: Key,
    ) -> Result<StockTake, Error> {
        let reference = if reference.is_empty() {
            "stock-take".to_owned()
        } else {
            format!("stock-take {reference}")
        };
        let record = AuditRecord::new("stock.taken", "stock-take", &reference);
        let asked = Arc::new((rows, reference, key, record));
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (asked, outbox) = (asked.clone(), outbox.clone());
            async move {
                let (rows, reference, key, record) = &*asked;
                match store::adjustments::claim(&tx, key, now).await? {
                    Before::Answered(report) => return Ok(report),
                    Before::Other => return Err(Error::KeyReused),
                    Before::Nothing => {}
                }
                let items = counted_items(&tx, rows, true).await?;
                let Taken { report, changes } = compare(rows, &items, false);
                set(&tx, &outbox, &changes, (reference, now)).await?;
                if report.changed > 0 {
                    let record = summary(record.clone(), &changes);
                    outbox.emit(&tx, &Audited(record)).await?;
                }
                store::adjustments::answer(&tx, key, &report).await?;
                Ok(report)
            }
        })
        .await
    }
}

async fn counted_items(tx: &Tx, rows: &[SheetRow], lock: bool) -> Result<Vec<Item>, Error> {
    let mut skus: Vec<_> =
        rows.iter().map(|row| row.sku.as_str()).filter(|s| !s.is_empty()).collect();
    skus.sort_unstable();
    skus.dedup();
    let mut ids = store::items::with_skus(tx, &skus).await?;
    ids.sort();
    let ids: Vec<_> = ids.iter().collect();
    let items = if lock {
        store::items::lock_all(tx, &ids).await?
    } else {
        store::items::items(tx, &ids).await?
    };
    Ok(items)
}

async fn set(
    tx: &Tx,
    outbox: &Outbox,
    changes: &[(&Item, i64)],
    (reference, now): (&str, Timestamp),
) -> Result<(), Error> {
    let mut moved = Vec::with_capacity(changes.len());
    for (item, pieces) in changes {
        let version = item.version + 1;
        let after = Item { on_hand: *pieces, version, updated_at: now, ..(*item).clone() };
        let delta = pieces - item.on_hand;
        moved.push((after, Moved { kind: MovementKind::Adjusted, on_hand: delta, reserved: 0 }));
    }
    moved.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
    let items: Vec<_> = moved.iter().map(|(item, _)| item.clone()).collect();
    store::items::update(tx, &items).await?;
    let moved: Vec<_> = moved.iter().map(|(item, moved)| (item, *moved)).collect();
    store::movements::insert(tx, &moved, reference, now).await?;
    emit(tx, outbox, &items).await
}

/// The audit log names the first of them; the ledger has them all.
fn summary(record: AuditRecord, changes: &[(&Item, i64)]) -> AuditRecord {
    let counts = |count: &dyn Fn(&(&Item, i64)) -> i64| {
        let some = changes.iter().take(50);
        let some: serde_json::Map<_, _> =
            some.map(|change| (change.0.label().to_owned(), json!(count(change)))).collect();
        json!({ "items": changes.len(), "on_hand": some })
    };
    let (before, after) = (counts(&|(item, _)| item.on_hand), counts(&|(_, pieces)| *pieces));
    record.change(Some(&before), Some(&after))
}
