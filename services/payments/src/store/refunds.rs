//! Refunds. What is given back is reserved on the payment first, in one conditional statement: two refunds at once
//! never come to more than was taken.

use emart_payments_api::{PaymentId, Refund, RefundId, RefundState};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::{Money, Timestamp};

use super::{damaged, money};

macro_rules! columns {
    () => {
        "id, reference, payment_id, state, amount_minor, currency, failure, created_at, updated_at"
    };
}

const STATES: [(RefundState, &str); 3] = [
    (RefundState::Pending, "pending"),
    (RefundState::Succeeded, "succeeded"),
    (RefundState::Failed, "failed"),
];

struct RefundRow(Refund);

impl FromRow for RefundRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, payment_id, state): (String, String, String) =
            (row.get(0)?, row.get(2)?, row.get(3)?);
        let state = STATES.iter().find(|(_, word)| *word == state).map(|(state, _)| *state);
        Ok(Self(Refund {
            id: id.parse().map_err(|_| damaged("the id of a refund"))?,
            reference: row.get(1)?,
            payment_id: payment_id.parse().map_err(|_| damaged("the payment of a refund"))?,
            state: state.ok_or_else(|| damaged("the state of a refund"))?,
            amount: money(row, 4)?,
            failure: row.get(6)?,
            created_at: Timestamp::from_millis(row.get(7)?),
            updated_at: Timestamp::from_millis(row.get(8)?),
        }))
    }
}

/// Sets an amount of a captured payment aside to be given back; `false` when it is not captured or has less left.
pub(crate) async fn set_aside(tx: &Tx, id: &PaymentId, amount: Money) -> Result<bool, Error> {
    let sql = "UPDATE payments SET refunded_minor = refunded_minor + $2 \
               WHERE id = $1 AND state = 'captured' AND currency = $3 \
               AND cancel_requested_at IS NULL AND refunded_minor + $2 <= amount_minor";
    let values = vals![id.as_str(), amount.amount_minor, amount.currency.code()];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Gives back what was set aside: the provider said no.
pub(crate) async fn take_back(tx: &Tx, id: &PaymentId, amount: Money) -> Result<(), Error> {
    let sql = "UPDATE payments SET refunded_minor = refunded_minor - $2 WHERE id = $1";
    tx.exec(sql, vals![id.as_str(), amount.amount_minor]).await.map(|_| ())
}

/// Adds a refund; `false` when its reference is known.
pub(crate) async fn insert(tx: &Tx, refund: &Refund, due_at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO refunds (id, reference, payment_id, state, amount_minor, currency, failure, \
               due_at, created_at, updated_at) VALUES ($1, $2, $3, 'pending', $4, $5, NULL, $6, $7, $7) \
               ON CONFLICT DO NOTHING";
    let values = vals![
        refund.id.as_str(),
        refund.reference.as_str(),
        refund.payment_id.as_str(),
        refund.amount.amount_minor,
        refund.amount.currency.code(),
        due_at.as_millis(),
        refund.created_at.as_millis(),
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// The refund of a reference.
pub(crate) async fn by_reference(tx: &Tx, reference: &str) -> Result<Option<Refund>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM refunds WHERE reference = $1");
    Ok(tx.opt::<RefundRow>(sql, vals![reference]).await?.map(|row| row.0))
}

/// Ends a refund that is pending; `false` when it has ended.
pub(crate) async fn end(
    tx: &Tx,
    id: &RefundId,
    failure: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE refunds SET state = $2, failure = $3, due_at = NULL, updated_at = $4 \
               WHERE id = $1 AND state = 'pending'";
    let state = if failure.is_none() { "succeeded" } else { "failed" };
    Ok(tx.exec(sql, vals![id.as_str(), state, failure, now.as_millis()]).await? == 1)
}

/// The last part of a payment was given back: it is refunded. Nobody else ends a refund of it meanwhile.
pub(crate) async fn close_payment(tx: &Tx, id: &PaymentId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE payments SET updated_at = $2 WHERE id = $1";
    tx.exec(sql, vals![id.as_str(), now.as_millis()]).await?;
    let sql = "UPDATE payments SET state = 'refunded' WHERE id = $1 AND state = 'captured' \
               AND amount_minor = (SELECT SUM(amount_minor) FROM refunds \
               WHERE payment_id = $1 AND state = 'succeeded')";
    tx.exec(sql, vals![id.as_str()]).await.map(|_| ())
}

/// The refunds of a payment, the oldest first.
pub(crate) async fn of_payment(tx: &Tx, id: &PaymentId) -> Result<Vec<Refund>, Error> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM refunds WHERE payment_id = $1 ORDER BY created_at, id LIMIT 1000"
    );
    let rows: Vec<RefundRow> = tx.all(sql, vals![id.as_str()]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Refunds that reconciliation should look at.
pub(crate) async fn due(tx: &Tx, now: Timestamp, limit: u32) -> Result<Vec<Refund>, Error> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM refunds WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at LIMIT $2"
    );
    let rows: Vec<RefundRow> = tx.all(sql, vals![now.as_millis(), limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Puts off the next look at a refund that is still open.
pub(crate) async fn postpone(tx: &Tx, id: &RefundId, until: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE refunds SET due_at = $2 WHERE id = $1 AND due_at IS NOT NULL";
    tx.exec(sql, vals![id.as_str(), until.as_millis()]).await.map(|_| ())
}

/// Writes down what of a new refund goes to the card: as much as the card still has to get back.
pub(crate) async fn split(tx: &Tx, refund: &Refund, by_card: Money) -> Result<(), Error> {
    let sql = "SELECT CAST(COALESCE(SUM(COALESCE(card_minor, amount_minor)), 0) AS BIGINT) FROM refunds \
               WHERE payment_id = $1 AND id <> $2 AND state <> 'failed'";
    let given: i64 = tx.one(sql, vals![refund.payment_id.as_str(), refund.id.as_str()]).await?;
    let part = refund.amount.amount_minor.min((by_card.amount_minor - given).max(0));
    let sql = "UPDATE refunds SET card_minor = $2 WHERE id = $1";
    tx.exec(sql, vals![refund.id.as_str(), part]).await.map(|_| ())
}

/// What of a refund goes to the card.
pub(crate) async fn card_part(tx: &Tx, id: &RefundId) -> Result<i64, Error> {
    let sql = "SELECT COALESCE(card_minor, amount_minor) FROM refunds WHERE id = $1";
    tx.one(sql, vals![id.as_str()]).await
}
