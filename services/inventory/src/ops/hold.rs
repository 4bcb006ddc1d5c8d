//! Claiming stock for a checkout.

use std::sync::Arc;
use std::time::Duration;

use emart_events::Outbox;
use emart_inventory_api::{MovementKind, NewReservation, Reservation};
use emart_store::Tx;
use emart_types::Timestamp;

use super::emit;
use crate::domain::wanted::{Claim, Shortage, Wanted};
use crate::error::Error;
use crate::store::movements::Moved;
use crate::store::reservations::{Kept, State};
use crate::{Inventory, store};

impl Inventory {
    /// Claims all that is wanted, or nothing.
    pub(crate) async fn reserve(&self, new: NewReservation) -> Result<Reservation, Error> {
        let wanted = Arc::new(Wanted::new(new)?);
        match self.try_reserve(&wanted).await {
            // What is missing may belong to checkouts that have run out and were not looked at yet.
            Err(Error::OutOfStock(_)) if self.release_expired().await? > 0 => {
                self.try_reserve(&wanted).await
            }
            result => result,
        }
    }

    async fn try_reserve(&self, wanted: &Arc<Wanted>) -> Result<Reservation, Error> {
        let (wanted, outbox, now) = (wanted.clone(), self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (wanted, outbox) = (wanted.clone(), outbox.clone());
            async move { hold(&tx, &outbox, &wanted, now).await }
        })
        .await
    }
}

async fn hold(
    tx: &Tx,
    outbox: &Outbox,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Reservation, Error> {
    let expires_at = now.plus(Duration::from_secs(wanted.ttl_seconds.into()));
    let claims = wanted.claims.clone();
    let mut kept =
        Kept { reference: wanted.reference.clone(), state: State::Held, claims, expires_at };
    if !store::reservations::insert(tx, &kept, now).await? {
        match again(tx, wanted, expires_at, now).await? {
            Again::Stands(reservation) => return Ok(reservation),
            Again::Retake => {}
        }
    }
    let shortages = take(tx, outbox, &kept.reference, &mut kept.claims, now).await?;
    if shortages.is_empty() {
        return Ok(kept.reservation());
    }
    Err(Error::OutOfStock(wanted.refusals(&shortages)))
}

enum Again {
    Stands(Reservation),
    /// It had run out; its row is held again, its pieces are not yet.
    Retake,
}

/// What a reference means that was used before.
async fn again(
    tx: &Tx,
    wanted: &Wanted,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Again, Error> {
    let reference = &wanted.reference;
    let known = store::reservations::reservation(tx, reference).await?;
    let known = known.ok_or(Error::NotFound)?;
    let same = wanted.is_same_as(&known.claims);
    let interrupted = || emart_store::Error::Serialization("the reservation moved".to_owned());
    match known.state {
        State::Released => Err(Error::ReservationReleased(reference.clone())),
        _ if !same => Err(Error::ReferenceReused(reference.clone())),
        State::Held if known.expires_at <= now => {
            let kept = store::reservations::extend(tx, reference, expires_at, now).await?;
            Ok(Again::Stands(kept.ok_or_else(interrupted)?.reservation()))
        }
        State::Held | State::Committed => Ok(Again::Stands(known.reservation())),
        State::Expired => {
            let (from, to) = (State::Expired, State::Held);
            let revived = store::reservations::advance(tx, reference, from, to, now).await?;
            revived.ok_or_else(interrupted)?;
            store::reservations::extend(tx, reference, expires_at, now).await?;
            Ok(Again::Retake)
        }
    }
}

/// Takes the pieces of each claim from what can be bought. Returns what cannot be had; the caller then rolls back.
pub(super) async fn take(
    tx: &Tx,
    outbox: &Outbox,
    reference: &str,
    claims: &mut [Claim],
    now: Timestamp,
) -> Result<Vec<Shortage>, Error> {
    let (mut taken, mut moved, mut shortages) = (Vec::new(), Vec::new(), Vec::new());
    let counted_before: Vec<bool> = claims.iter().map(|claim| claim.counted).collect();
    for claim in &mut *claims {
        let (item_id, wanted) = (&claim.item_id, claim.quantity);
        claim.counted = true;
        if let Some(item) = store::items::reserve(tx, item_id, wanted, now).await? {
            taken.push(item);
            let reserved = i64::from(wanted);
            moved.push(Moved { kind: MovementKind::Reserved, on_hand: 0, reserved });
            continue;
        }
        match store::items::item(tx, item_id).await? {
            Some(item) if !item.tracked => claim.counted = false,
            item => {
                let available = item.map_or(0, |item| item.available().max(0));
                shortages.push(Shortage { item_id: item_id.clone(), wanted, available });
            }
        }
    }
    if !shortages.is_empty() {
        return Ok(shortages);
    }
    if claims.iter().map(|claim| claim.counted).ne(counted_before) {
        store::reservations::set_claims(tx, reference, claims).await?;
    }
    let moved: Vec<_> = taken.iter().zip(moved).collect();
    store::movements::insert(tx, &moved, reference, now).await?;
    emit(tx, outbox, &taken).await?;
    Ok(shortages)
}
