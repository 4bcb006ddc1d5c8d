//! How a claim ends: sold, given up, or run out.

use emart_events::Outbox;
use emart_inventory_api::{MovementKind, Reservation};
use emart_store::Tx;
use emart_types::{Invalid, Timestamp};

use super::emit;
use super::hold::take;
use crate::domain::wanted::{Claim, check_reference};
use crate::error::Error;
use crate::store::movements::Moved;
use crate::store::reservations::{Kept, State, advance};
use crate::{Inventory, store};

/// Reservations that one look releases; whoever looks comes again while there are more.
const AT_ONCE: u32 = 100;

impl Inventory {
    /// Turns a claim into a sale. One that has run out is taken again if its pieces are still free.
    pub(crate) async fn commit(&self, reference: String) -> Result<Reservation, Error> {
        match self.try_commit(&reference).await {
            Err(Error::ReservationReleased(_)) if self.release_expired().await? > 0 => {
                self.try_commit(&reference).await
            }
            result => result,
        }
    }

    async fn try_commit(&self, reference: &str) -> Result<Reservation, Error> {
        let (reference, now) = (reference.to_owned(), self.clock.now());
        let outbox = self.outbox.clone();
        self.write(move |tx| {
            let (reference, outbox) = (reference.clone(), outbox.clone());
            async move { commit(&tx, &outbox, &reference, now).await }
        })
        .await
    }

    /// Gives a claim up, or stops one that has not come yet.
    pub(crate) async fn release(&self, reference: String) -> Result<(), Error> {
        check_reference(&reference).map_err(|detail| Invalid::field("/reference", detail))?;
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (reference, outbox) = (reference.clone(), outbox.clone());
            async move { release(&tx, &outbox, &reference, now).await }
        })
        .await
    }

    /// Gives back what checkouts held too long; returns how many.
    pub(crate) async fn release_expired(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let expired =
            move |tx| async move { store::reservations::expired(&tx, now, AT_ONCE).await };
        let references = self.db.read(expired).await?;
        let mut released = 0;
        for reference in references {
            let outbox = self.outbox.clone();
            let gave_back = self.write(move |tx| {
                let (reference, outbox) = (reference.clone(), outbox.clone());
                async move {
                    let Some(kept) = store::reservations::expire(&tx, &reference, now).await?
                    else {
                        return Ok(0);
                    };
                    give_back(&tx, &outbox, &kept, now).await.map(|()| 1)
                }
            });
            released += gave_back.await?;
        }
        Ok(released)
    }
}

async fn commit(
    tx: &Tx,
    outbox: &Outbox,
    reference: &str,
    now: Timestamp,
) -> Result<Reservation, Error> {
    if let Some(kept) = advance(tx, reference, State::Held, State::Committed, now).await? {
        sell(tx, &kept.claims, reference, now).await?;
        return Ok(kept.reservation());
    }
    if let Some(mut kept) = advance(tx, reference, State::Expired, State::Committed, now).await? {
        if !take(tx, outbox, reference, &mut kept.claims, now).await?.is_empty() {
            return Err(Error::ReservationReleased(reference.to_owned()));
        }
        sell(tx, &kept.claims, reference, now).await?;
        return Ok(kept.reservation());
    }
    let known = store::reservations::reservation(tx, reference).await?;
    match known.ok_or(Error::NotFound)? {
        kept if kept.state == State::Committed => Ok(kept.reservation()),
        kept if kept.state == State::Released => Err(Error::ReservationReleased(kept.reference)),
        _ => Err(moved_meanwhile()),
    }
}

async fn sell(tx: &Tx, claims: &[Claim], reference: &str, now: Timestamp) -> Result<(), Error> {
    let mut sold = Vec::new();
    for claim in claims.iter().filter(|claim| claim.counted) {
        let item = store::items::sell(tx, &claim.item_id, claim.quantity, now).await?;
        let pieces = -i64::from(claim.quantity);
        sold.push((item, Moved { kind: MovementKind::Sold, on_hand: pieces, reserved: pieces }));
    }
    let sold: Vec<_> = sold.iter().map(|(item, moved)| (item, *moved)).collect();
    Ok(store::movements::insert(tx, &sold, reference, now).await?)
}

async fn release(tx: &Tx, outbox: &Outbox, reference: &str, now: Timestamp) -> Result<(), Error> {
    if let Some(kept) = advance(tx, reference, State::Held, State::Released, now).await? {
        return give_back(tx, outbox, &kept, now).await;
    }
    let state = State::Released;
    let stop = Kept { reference: reference.to_owned(), state, claims: Vec::new(), expires_at: now };
    if store::reservations::insert(tx, &stop, now).await?
        || advance(tx, reference, State::Expired, State::Released, now).await?.is_some()
    {
        return Ok(());
    }
    match store::reservations::reservation(tx, reference).await?.map(|kept| kept.state) {
        Some(State::Released) => Ok(()),
        Some(State::Committed) => Err(Error::ReservationCommitted(reference.to_owned())),
        _ => Err(moved_meanwhile()),
    }
}

async fn give_back(tx: &Tx, outbox: &Outbox, kept: &Kept, now: Timestamp) -> Result<(), Error> {
    let (mut items, mut moved) = (Vec::new(), Vec::new());
    for claim in kept.claims.iter().filter(|claim| claim.counted) {
        items.push(store::items::release(tx, &claim.item_id, claim.quantity, now).await?);
        let reserved = -i64::from(claim.quantity);
        moved.push(Moved { kind: MovementKind::Released, on_hand: 0, reserved });
    }
    let moved: Vec<_> = items.iter().zip(moved).collect();
    store::movements::insert(tx, &moved, &kept.reference, now).await?;
    emit(tx, outbox, &items).await
}

/// Between two statements somebody else moved the reservation: from the start, then.
fn moved_meanwhile() -> Error {
    emart_store::Error::Serialization("the reservation moved".to_owned()).into()
}
