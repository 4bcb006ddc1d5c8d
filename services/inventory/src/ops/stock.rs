//! Changing counts: an adjustment by a person, a batch from the catalogue or an import.

use std::collections::HashMap;
use std::sync::Arc;

use emart_events::Outbox;
use emart_http::AuditRecord;
use emart_inventory_api::{Audited, KeyedPut, MovementKind, NewAdjustment, StockItem, StockItemId};
use emart_store::Tx;
use emart_types::Timestamp;

use super::emit;
use crate::domain::adjustment::Change;
use crate::domain::item::{Item, sorted};
use crate::error::Error;
use crate::store::adjustments::{Before, Key};
use crate::store::movements::Moved;
use crate::{Inventory, store};

/// What the ledger says of a count that came with a batch.
const BATCH_REASON: &str = "set with the product";

impl Inventory {
    /// Changes a count, once for each key.
    pub(crate) async fn adjust(
        &self,
        id: StockItemId,
        new: NewAdjustment,
        key: Key,
    ) -> Result<StockItem, Error> {
        let change = Change::new(&new)?;
        let record = AuditRecord::new("stock.adjusted", id.as_str(), "");
        let asked = Arc::new((id, new.reason.trim().to_owned(), key, record));
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (asked, outbox) = (asked.clone(), outbox.clone());
            async move {
                let (id, reason, key, record) = &*asked;
                match store::adjustments::claim(&tx, key, now).await? {
                    Before::Answered(item) => return Ok(item),
                    Before::Other => return Err(Error::KeyReused),
                    Before::Nothing => {}
                }
                let before = store::items::lock(&tx, id).await?.ok_or(Error::NotFound)?;
                let after = adjust(&tx, &outbox, before.clone(), change, reason, now).await?;
                if after.on_hand != before.on_hand {
                    let record = counted_record(record.clone(), &before, &after, reason);
                    outbox.emit(&tx, &Audited(record)).await?;
                }
                let seen = seen(&tx, after).await?;
                store::adjustments::answer(&tx, key, &seen).await?;
                Ok(seen)
            }
        })
        .await
    }

    /// Makes or changes many items; all or nothing. What is so already is not written.
    pub(crate) async fn put_items(&self, puts: Vec<KeyedPut>) -> Result<(), Error> {
        let puts = Arc::new(sorted(puts)?);
        let (outbox, low_at, now) = (self.outbox.clone(), self.low_stock, self.clock.now());
        self.write(move |tx| {
            let (puts, outbox) = (puts.clone(), outbox.clone());
            async move { put_all(&tx, &outbox, &puts, (low_at, now)).await }
        })
        .await
    }
}

/// What was counted, and why, for the audit log.
pub(super) fn counted_record(
    mut record: AuditRecord,
    before: &Item,
    after: &Item,
    reason: &str,
) -> AuditRecord {
    after.label().clone_into(&mut record.label);
    let state = |item: &Item| serde_json::json!({ "on_hand": item.on_hand });
    let mut after = state(after);
    after["reason"] = reason.into();
    record.change(Some(&state(before)), Some(&after))
}

/// The item with what is on its way.
pub(crate) async fn seen(tx: &Tx, item: Item) -> Result<StockItem, Error> {
    let incoming = store::incoming::expected(tx, &[&item.id]).await?;
    let pieces = incoming.get(&item.id).copied().unwrap_or(0);
    Ok(item.seen(pieces))
}

async fn adjust(
    tx: &Tx,
    outbox: &Outbox,
    item: Item,
    change: Change,
    reason: &str,
    now: Timestamp,
) -> Result<Item, Error> {
    let delta = change.delta(&item)?;
    if delta == 0 {
        return Ok(item);
    }
    let (on_hand, version) = (item.on_hand + delta, item.version + 1);
    let items = [Item { on_hand, version, updated_at: now, ..item }];
    store::items::update(tx, &items).await?;
    store::movements::insert(tx, &[(&items[0], counted(delta))], reason, now).await?;
    emit(tx, outbox, &items).await?;
    let [item] = items;
    Ok(item)
}

async fn put_all(
    tx: &Tx,
    outbox: &Outbox,
    puts: &[KeyedPut],
    (low_at, now): (i64, Timestamp),
) -> Result<(), Error> {
    let ids: Vec<_> = puts.iter().map(|keyed| &keyed.put.id).collect();
    let known = store::items::lock_all(tx, &ids).await?;
    let known: HashMap<_, _> = known.iter().map(|item| (&item.id, item)).collect();
    let (mut new, mut changed, mut moved, mut seen) = (vec![], vec![], vec![], vec![]);
    for keyed in puts {
        let before = known.get(&keyed.put.id).copied();
        let after = match before {
            None => Item::new(keyed, low_at, now),
            Some(before) => match before.changed_to(keyed, now) {
                None => continue,
                Some(after) => after,
            },
        };
        let delta = after.on_hand - before.map_or(0, |before| before.on_hand);
        if delta != 0 {
            moved.push((after.clone(), counted(delta)));
        }
        if before.is_none_or(|before| after.differs_for_buyers(before)) {
            seen.push(after.clone());
        }
        if before.is_none() { &mut new } else { &mut changed }.push(after);
    }
    store::items::insert(tx, &new).await?;
    store::items::update(tx, &changed).await?;
    let moved: Vec<_> = moved.iter().map(|(item, moved)| (item, *moved)).collect();
    store::movements::insert(tx, &moved, BATCH_REASON, now).await?;
    emit(tx, outbox, &seen).await
}

const fn counted(delta: i64) -> Moved {
    Moved { kind: MovementKind::Adjusted, on_hand: delta, reserved: 0 }
}
