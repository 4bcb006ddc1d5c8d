//! Changing counts: an adjustment by a person, a batch from the catalogue or an import.

use std::collections::HashMap;
use std::sync::Arc;

use emart_events::Outbox;
use emart_inventory_api::{KeyedPut, MovementKind, NewAdjustment, StockItemId, StockLevel};
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
    ) -> Result<StockLevel, Error> {
        let change = Change::new(&new)?;
        let asked = Arc::new((id, new.reason.trim().to_owned(), key));
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (asked, outbox) = (asked.clone(), outbox.clone());
            async move {
                let (id, reason, key) = &*asked;
                match store::adjustments::claim(&tx, key, now).await? {
                    Before::Answered(level) => return Ok(level),
                    Before::Other => return Err(Error::KeyReused),
                    Before::Nothing => {}
                }
                let item = store::items::lock(&tx, id).await?.ok_or(Error::NotFound)?;
                let level = adjust(&tx, &outbox, item, change, reason, now).await?.level();
                store::adjustments::answer(&tx, key, &level).await?;
                Ok(level)
            }
        })
        .await
    }

    /// Makes or changes many items; all or nothing. What is so already is not written.
    pub(crate) async fn put_items(&self, puts: Vec<KeyedPut>) -> Result<(), Error> {
        let puts = Arc::new(sorted(puts)?);
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (puts, outbox) = (puts.clone(), outbox.clone());
            async move { put_all(&tx, &outbox, &puts, now).await }
        })
        .await
    }
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

async fn put_all(tx: &Tx, outbox: &Outbox, puts: &[KeyedPut], now: Timestamp) -> Result<(), Error> {
    let ids: Vec<_> = puts.iter().map(|keyed| &keyed.put.id).collect();
    let known = store::items::lock_all(tx, &ids).await?;
    let known: HashMap<_, _> = known.iter().map(|item| (&item.id, item)).collect();
    let (mut new, mut changed, mut moved, mut seen) = (vec![], vec![], vec![], vec![]);
    for keyed in puts {
        let before = known.get(&keyed.put.id).copied();
        let after = match before {
            None => Item::new(keyed, now),
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
