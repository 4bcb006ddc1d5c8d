//! Payments. Every change of state is one conditional statement: of two at once, one wins and the other learns it.

use emart_payments_api::{PaymentId, PaymentState};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::{Currency, Timestamp};

use super::{damaged, money};
use crate::domain::payment::{Kept, Known};

macro_rules! columns {
    () => {
        "id, reference, state, amount_minor, currency, provider, token, card, brand, last4, failure, \
         cancel_requested_at IS NOT NULL, created_at, updated_at, refunded_minor, gift_minor, gift_last4"
    };
}

const STATES: [(PaymentState, &str); 7] = [
    (PaymentState::Pending, "pending"),
    (PaymentState::RequiresAction, "requires_action"),
    (PaymentState::Authorized, "authorized"),
    (PaymentState::Captured, "captured"),
    (PaymentState::Voided, "voided"),
    (PaymentState::Failed, "failed"),
    (PaymentState::Refunded, "refunded"),
];

fn word(state: PaymentState) -> &'static str {
    STATES.iter().find(|(known, _)| *known == state).map_or("failed", |(_, word)| *word)
}

impl FromRow for Known {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, state): (String, String) = (row.get(0)?, row.get(2)?);
        if state == "stopped" {
            return Ok(Self::Stopped);
        }
        let state = STATES.iter().find(|(_, word)| *word == state).map(|(state, _)| *state);
        let kept = Kept {
            id: id.parse().map_err(|_| damaged("the id of a payment"))?,
            reference: row.get(1)?,
            state: state.ok_or_else(|| damaged("the state of a payment"))?,
            amount: money(row, 3)?,
            provider: row.get(5)?,
            token: row.get(6)?,
            card: row.get(7)?,
            brand: row.get(8)?,
            last4: row.get(9)?,
            failure: row.get(10)?,
            cancel_requested: row.get(11)?,
            created_at: Timestamp::from_millis(row.get(12)?),
            updated_at: Timestamp::from_millis(row.get(13)?),
            refunded_minor: row.get(14)?,
            gift_minor: row.get(15)?,
            gift_last4: row.get(16)?,
        };
        Ok(Self::Payment(Box::new(kept)))
    }
}

/// A payment.
pub(crate) async fn payment(tx: &Tx, id: &PaymentId) -> Result<Option<Kept>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM payments WHERE id = $1");
    Ok(tx.opt::<Known>(sql, vals![id.as_str()]).await?.and_then(Known::payment))
}

/// What a reference means.
pub(crate) async fn by_reference(tx: &Tx, reference: &str) -> Result<Option<Known>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM payments WHERE reference = $1");
    tx.opt(sql, vals![reference]).await
}

/// Adds a payment that is about to be asked of its provider; `false` when the reference is known already.
pub(crate) async fn insert(tx: &Tx, new: &Kept, due_at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO payments \
               (id, reference, state, amount_minor, currency, provider, token, card, brand, last4, \
                failure, cancel_requested_at, due_at, created_at, updated_at, gift_minor, gift_last4) \
               VALUES ($1, $2, 'pending', $3, $4, $5, $6, $7, $8, $9, NULL, NULL, $10, $11, $11, $12, $13) \
               ON CONFLICT DO NOTHING";
    let values = vals![
        new.id.as_str(),
        new.reference.as_str(),
        new.amount.amount_minor,
        new.amount.currency.code(),
        new.provider.as_str(),
        new.token.as_str(),
        new.card.as_str(),
        new.brand.as_str(),
        new.last4.as_str(),
        due_at.as_millis(),
        new.created_at.as_millis(),
        new.gift_minor,
        new.gift_last4.as_str(),
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Refuses whatever comes for a reference that is not known yet; `false` when it is.
pub(crate) async fn stop(
    tx: &Tx,
    reference: &str,
    currency: Currency,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO payments \
               (id, reference, state, amount_minor, currency, provider, token, card, brand, last4, \
                failure, cancel_requested_at, due_at, created_at, updated_at) \
               VALUES ($1, $2, 'stopped', 0, $3, '', '', '', '', '', NULL, $4, NULL, $4, $4) \
               ON CONFLICT DO NOTHING";
    let id = PaymentId::new();
    let values = vals![id.as_str(), reference, currency.code(), now.as_millis()];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Notes that a payment is to be cancelled; `None` when there is nothing (more) to cancel. Should who asked not see to
/// it, reconciliation does when it is due.
pub(crate) async fn request_cancel(
    tx: &Tx,
    reference: &str,
    now: Timestamp,
    due_at: Timestamp,
) -> Result<Option<Kept>, Error> {
    let sql = concat!(
        "UPDATE payments SET cancel_requested_at = COALESCE(cancel_requested_at, $2), due_at = $3 \
         WHERE reference = $1 AND state IN ('pending', 'requires_action', 'authorized', 'captured') \
         AND refunded_minor = 0 \
         RETURNING ",
        columns!()
    );
    let values = vals![reference, now.as_millis(), due_at.as_millis()];
    let known = tx.opt::<Known>(sql, values).await?;
    Ok(known.and_then(Known::payment))
}

/// Moves a payment from a state to that of `after`; `false` when it is not in the first any more.
pub(crate) async fn advance(tx: &Tx, from: PaymentState, after: &Kept) -> Result<bool, Error> {
    let sql = "UPDATE payments SET state = $3, failure = $4, updated_at = $5, \
               due_at = CASE WHEN $6 THEN NULL WHEN cancel_requested_at IS NULL THEN NULL ELSE due_at END, \
               refunded_minor = CASE WHEN $7 THEN amount_minor ELSE refunded_minor END \
               WHERE id = $1 AND state = $2";
    let values = vals![
        after.id.as_str(),
        word(from),
        word(after.state),
        after.failure.as_deref(),
        after.updated_at.as_millis(),
        after.is_final(),
        after.state == PaymentState::Refunded,
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Payments that reconciliation should look at.
pub(crate) async fn due(tx: &Tx, now: Timestamp, limit: u32) -> Result<Vec<Kept>, Error> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM payments WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at LIMIT $2"
    );
    let known: Vec<Known> = tx.all(sql, vals![now.as_millis(), limit]).await?;
    Ok(known.into_iter().filter_map(Known::payment).collect())
}

/// Puts off the next look at a payment that is still open.
pub(crate) async fn postpone(tx: &Tx, id: &PaymentId, until: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE payments SET due_at = $2 WHERE id = $1 AND due_at IS NOT NULL";
    tx.exec(sql, vals![id.as_str(), until.as_millis()]).await.map(|_| ())
}
