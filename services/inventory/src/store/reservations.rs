//! Reservations. Their row is always written before any item's: whoever reserves, commits or releases the same
//! reference at the same time waits there, and nobody waits for a reservation while holding an item.

use emart_inventory_api::{Reservation, ReservationLine, ReservationState};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::damaged;
use crate::domain::wanted::Claim;

/// Where a reservation stands. [`State::Expired`] is [`State::Released`] to everybody else, but may be taken again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Held,
    Committed,
    Released,
    Expired,
}

const STATES: [(State, &str); 4] = [
    (State::Held, "held"),
    (State::Committed, "committed"),
    (State::Released, "released"),
    (State::Expired, "expired"),
];

impl State {
    fn word(self) -> &'static str {
        STATES.iter().find(|(known, _)| *known == self).map_or("released", |(_, word)| *word)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) reference: String,
    pub(crate) state: State,
    pub(crate) claims: Vec<Claim>,
    pub(crate) expires_at: Timestamp,
}

impl Kept {
    pub(crate) fn reservation(self) -> Reservation {
        let line =
            |claim: Claim| ReservationLine { item_id: claim.item_id, quantity: claim.quantity };
        Reservation {
            reference: self.reference,
            state: match self.state {
                State::Held => ReservationState::Held,
                State::Committed => ReservationState::Committed,
                State::Released | State::Expired => ReservationState::Released,
            },
            lines: self.claims.into_iter().map(line).collect(),
            expires_at: self.expires_at,
        }
    }
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (state, lines): (String, String) = (row.get(1)?, row.get(2)?);
        let state = STATES.iter().find(|(_, word)| *word == state).map(|(state, _)| *state);
        Ok(Self {
            reference: row.get(0)?,
            state: state.ok_or_else(|| damaged("the state of a reservation"))?,
            claims: serde_json::from_str(&lines)
                .map_err(|_| damaged("the lines of a reservation"))?,
            expires_at: Timestamp::from_millis(row.get(3)?),
        })
    }
}

/// A reservation.
pub(crate) async fn reservation(tx: &Tx, reference: &str) -> Result<Option<Kept>, Error> {
    let sql = "SELECT reference, state, lines, expires_at FROM reservations WHERE reference = $1";
    tx.opt(sql, vals![reference]).await
}

/// Adds one; `false` when the reference is known already.
pub(crate) async fn insert(tx: &Tx, kept: &Kept, now: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO reservations (reference, state, lines, expires_at, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING";
    let values = vals![
        kept.reference.as_str(),
        kept.state.word(),
        json(&kept.claims)?,
        kept.expires_at.as_millis(),
        now.as_millis(),
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Moves one from a state to another; `None` when it is not in the first.
pub(crate) async fn advance(
    tx: &Tx,
    reference: &str,
    from: State,
    to: State,
    now: Timestamp,
) -> Result<Option<Kept>, Error> {
    let sql = "UPDATE reservations SET state = $3, updated_at = $4 \
               WHERE reference = $1 AND state = $2 RETURNING reference, state, lines, expires_at";
    tx.opt(sql, vals![reference, from.word(), to.word(), now.as_millis()]).await
}

/// The same for one that has run out.
pub(crate) async fn expire(
    tx: &Tx,
    reference: &str,
    now: Timestamp,
) -> Result<Option<Kept>, Error> {
    let sql = "UPDATE reservations SET state = 'expired', updated_at = $2 \
               WHERE reference = $1 AND state = 'held' AND expires_at <= $2 \
               RETURNING reference, state, lines, expires_at";
    tx.opt(sql, vals![reference, now.as_millis()]).await
}

/// Holds a reservation longer.
pub(crate) async fn extend(
    tx: &Tx,
    reference: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Kept>, Error> {
    let sql = "UPDATE reservations SET expires_at = $2, updated_at = $3 \
               WHERE reference = $1 AND state = 'held' \
               RETURNING reference, state, lines, expires_at";
    tx.opt(sql, vals![reference, expires_at.as_millis(), now.as_millis()]).await
}

/// Notes which of the claims were taken from the count.
pub(crate) async fn set_claims(tx: &Tx, reference: &str, claims: &[Claim]) -> Result<(), Error> {
    let sql = "UPDATE reservations SET lines = $2 WHERE reference = $1";
    tx.exec(sql, vals![reference, json(claims)?]).await.map(|_| ())
}

/// References of some of those that have run out, the oldest first.
pub(crate) async fn expired(tx: &Tx, now: Timestamp, limit: u32) -> Result<Vec<String>, Error> {
    let sql = "SELECT reference FROM reservations WHERE state = 'held' AND expires_at <= $1 \
               ORDER BY expires_at LIMIT $2";
    tx.all(sql, vals![now.as_millis(), limit]).await
}

fn json(claims: &[Claim]) -> Result<String, Error> {
    serde_json::to_string(claims).map_err(|error| Error::Database(error.to_string()))
}
