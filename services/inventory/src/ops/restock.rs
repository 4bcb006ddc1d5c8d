//! Pieces that come back from an order: once a reference.

use std::sync::Arc;

use emart_events::Outbox;
use emart_inventory_api::{MovementKind, NewReservation, NewRestock};
use emart_store::Tx;
use emart_types::Timestamp;

use super::emit;
use crate::domain::item::Item;
use crate::domain::wanted::Wanted;
use crate::error::Error;
use crate::store::movements::Moved;
use crate::{Inventory, store};

impl Inventory {
    /// Puts pieces back where they can be sold again. Items that are unknown or not counted are left as they are.
    pub(crate) async fn restock(&self, new: NewRestock) -> Result<(), Error> {
        let NewRestock { reference, lines } = new;
        let pieces = Wanted::new(NewReservation { reference, lines, ttl_seconds: 1 })?;
        let (pieces, outbox, now) = (Arc::new(pieces), self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (pieces, outbox) = (pieces.clone(), outbox.clone());
            async move { put_back(&tx, &outbox, &pieces, now).await }
        })
        .await
    }
}

async fn put_back(tx: &Tx, outbox: &Outbox, pieces: &Wanted, now: Timestamp) -> Result<(), Error> {
    match store::restocks::begin(tx, &pieces.reference, &pieces.claims, now).await? {
        store::restocks::Begun::New => {}
        store::restocks::Begun::Before => return Ok(()),
        store::restocks::Begun::Other => {
            return Err(Error::ReferenceReused(pieces.reference.clone()));
        }
    }
    let ids: Vec<_> = pieces.claims.iter().map(|claim| &claim.item_id).collect();
    let (mut items, mut moved) = (Vec::new(), Vec::new());
    for item in store::items::lock_all(tx, &ids).await? {
        let Some(claim) = pieces.claims.iter().find(|claim| claim.item_id == item.id) else {
            continue;
        };
        if !item.tracked {
            continue;
        }
        let delta = i64::from(claim.quantity);
        let (on_hand, version) = (item.on_hand + delta, item.version + 1);
        items.push(Item { on_hand, version, updated_at: now, ..item });
        moved.push(Moved { kind: MovementKind::Returned, on_hand: delta, reserved: 0 });
    }
    store::items::update(tx, &items).await?;
    let moved: Vec<_> = items.iter().zip(moved).collect();
    store::movements::insert(tx, &moved, &pieces.reference, now).await?;
    emit(tx, outbox, &items).await
}
