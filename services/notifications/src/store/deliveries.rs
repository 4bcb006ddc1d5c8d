//! The SQL of deliveries.

use emart_notifications_api::{
    Delivery, DeliveryContent, DeliveryId, DeliveryState, WebhookEvent, WebhookId,
};
use emart_store::{Db, Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

/// A row of `webhook_deliveries` without its body.
struct Head(Delivery);

impl FromRow for Head {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, webhook, event): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(3)?);
        let damaged = || Error::Database(format!("delivery {id} cannot be read"));
        let state = match row.get::<String>(4)?.as_str() {
            "queued" => DeliveryState::Queued,
            "delivered" => DeliveryState::Delivered,
            "failed" => DeliveryState::Failed,
            _ => return Err(damaged()),
        };
        let next_try_at = Timestamp::from_millis(row.get(10)?);
        Ok(Self(Delivery {
            id: id.parse().map_err(|_| damaged())?,
            webhook_id: webhook.parse().map_err(|_| damaged())?,
            message_id: row.get(2)?,
            event: event.parse().map_err(|()| damaged())?,
            state,
            tries: row.get(5)?,
            status: row.get(6)?,
            answer: row.get(7)?,
            error: row.get(8)?,
            took_ms: row.get(9)?,
            next_try_at: (state == DeliveryState::Queued).then_some(next_try_at),
            created_at: Timestamp::from_millis(row.get(11)?),
            tried_at: row.get::<Option<i64>>(12)?.map(Timestamp::from_millis),
        }))
    }
}

/// A row of `webhook_deliveries`.
struct Whole(DeliveryContent);

impl FromRow for Whole {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(DeliveryContent { delivery: Head::from_row(row)?.0, body: row.get(13)? }))
    }
}

/// What every statement reads.
macro_rules! columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, webhook_id, message_id, event, state, tries, status, answer, error, took_ms, next_try_at, \
             created_at, tried_at, body ",
            $after
        )
    };
}

/// What is to be delivered.
pub(crate) struct Draft<'a> {
    pub(crate) webhook_id: &'a WebhookId,
    pub(crate) message_id: &'a str,
    pub(crate) event: WebhookEvent,
    pub(crate) body: &'a str,
}

/// Queues a delivery.
pub(crate) async fn insert(
    tx: &Tx,
    draft: &Draft<'_>,
    now: Timestamp,
) -> Result<DeliveryId, Error> {
    let id = DeliveryId::new();
    let sql = "INSERT INTO webhook_deliveries (id, webhook_id, message_id, event, body, state, tries, next_try_at, \
               created_at) VALUES ($1, $2, $3, $4, $5, 'queued', 0, $6, $6)";
    let values = vals![
        id.as_str(),
        draft.webhook_id.as_str(),
        draft.message_id,
        draft.event.as_str(),
        draft.body,
        now.as_millis(),
    ];
    tx.exec(sql, values).await?;
    Ok(id)
}

/// A webhook's deliveries, newest first, older than `before`.
pub(crate) async fn deliveries(
    tx: &Tx,
    webhook: &WebhookId,
    before: Option<&str>,
    limit: usize,
) -> Result<Vec<Delivery>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = columns!(
        "SELECT",
        "FROM webhook_deliveries WHERE webhook_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
    );
    let values = vals![webhook.as_str(), before.unwrap_or("dlv_~"), limit];
    let rows: Vec<Head> = tx.all(sql, values).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// A delivery of a webhook, with what is sent.
pub(crate) async fn delivery(
    tx: &Tx,
    webhook: &WebhookId,
    id: &DeliveryId,
) -> Result<Option<DeliveryContent>, Error> {
    let sql = columns!("SELECT", "FROM webhook_deliveries WHERE id = $1 AND webhook_id = $2");
    Ok(tx.opt::<Whole>(sql, vals![id.as_str(), webhook.as_str()]).await?.map(|row| row.0))
}

/// The webhooks that something is due for.
pub(crate) async fn waiting(tx: &Tx, now: Timestamp) -> Result<Vec<String>, Error> {
    let sql = "SELECT DISTINCT webhook_id FROM webhook_deliveries WHERE state = 'queued' AND next_try_at <= $1";
    tx.all(sql, vals![now.as_millis()]).await
}

/// Takes up to `limit` deliveries of a webhook that are due and moves their next try to `lease_until`: another copy of
/// the service leaves them alone until then.
pub(crate) async fn take_due(
    tx: &Tx,
    webhook: &str,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<DeliveryContent>, Error> {
    let sql = columns!(
        "UPDATE webhook_deliveries SET next_try_at = $2 WHERE id IN (SELECT id FROM webhook_deliveries \
         WHERE state = 'queued' AND next_try_at <= $1 AND webhook_id = $4 ORDER BY next_try_at LIMIT $3 \
         {{skip_locked}}) RETURNING",
        ""
    );
    let values = vals![now.as_millis(), lease_until.as_millis(), limit, webhook];
    let rows: Vec<Whole> = tx.all(sql, values).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Makes due what was being delivered. What has failed before waits for its next try as it did.
pub(crate) async fn end_leases(db: &Db, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE webhook_deliveries SET next_try_at = $1 \
               WHERE state = 'queued' AND tries = 0 AND next_try_at > $1";
    db.exec(sql, vals![now.as_millis()]).await.map(drop)
}

/// When the next delivery is due.
pub(crate) async fn next_due(tx: &Tx) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT min(next_try_at) FROM webhook_deliveries WHERE state = 'queued'";
    Ok(tx.one::<(Option<i64>,)>(sql, vals![]).await?.0.map(Timestamp::from_millis))
}

/// What became of a try.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) status: Option<u16>,
    pub(crate) answer: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) took_ms: i64,
}

/// Notes what became of a try: there is a next one, or it was the last.
pub(crate) async fn mark_tried(
    tx: &Tx,
    id: &DeliveryId,
    outcome: &Outcome,
    now: Timestamp,
    next: Option<Timestamp>,
) -> Result<(), Error> {
    let state = match (&outcome.error, next) {
        (None, _) => DeliveryState::Delivered,
        (Some(_), Some(_)) => DeliveryState::Queued,
        (Some(_), None) => DeliveryState::Failed,
    };
    let sql = "UPDATE webhook_deliveries SET state = $2, tries = tries + 1, status = $3, answer = $4, error = $5, \
               took_ms = $6, tried_at = $7, next_try_at = $8 WHERE id = $1 AND state = 'queued'";
    let values = vals![
        id.as_str(),
        state.as_str(),
        outcome.status.map(i64::from),
        outcome.answer.clone(),
        outcome.error.clone(),
        outcome.took_ms,
        now.as_millis(),
        next.map_or(0, Timestamp::as_millis),
    ];
    tx.exec(sql, values).await.map(drop)
}

/// Queues a delivery once more, as if it had never been tried.
pub(crate) async fn queue_again(tx: &Tx, id: &DeliveryId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE webhook_deliveries SET state = 'queued', tries = 0, next_try_at = $2 \
               WHERE id = $1 AND state <> 'queued'";
    tx.exec(sql, vals![id.as_str(), now.as_millis()]).await.map(drop)
}

/// Gives up what waits for a webhook.
pub(crate) async fn give_up(tx: &Tx, webhook: &WebhookId, why: &str) -> Result<(), Error> {
    let sql = "UPDATE webhook_deliveries SET state = 'failed', error = $2 \
               WHERE webhook_id = $1 AND state = 'queued'";
    tx.exec(sql, vals![webhook.as_str(), why]).await.map(drop)
}

/// Forgets deliveries that began before.
pub(crate) async fn delete_before(tx: &Tx, before: Timestamp) -> Result<(), Error> {
    let sql = "DELETE FROM webhook_deliveries WHERE created_at < $1 AND state <> 'queued'";
    tx.exec(sql, vals![before.as_millis()]).await.map(drop)
}
