//! The SQL of webhooks.

use emart_notifications_api::{Webhook, WebhookEvent, WebhookId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::{Secret, Timestamp};

/// A webhook with what signs its deliveries.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) webhook: Webhook,
    pub(crate) secret: Secret<String>,
    /// The one before, to be used until `webhook.old_secret_until`.
    pub(crate) old_secret: Option<Secret<String>>,
}

impl Kept {
    /// What is shown of a secret.
    pub(crate) fn end_of(secret: &str) -> String {
        secret[secret.len().saturating_sub(5)..].to_owned()
    }
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, events, secret): (String, String, String) =
            (row.get(0)?, row.get(3)?, row.get(7)?);
        let damaged = || Error::Database(format!("webhook {id} cannot be read"));
        let events: Vec<WebhookEvent> = serde_json::from_str(&events).map_err(|_| damaged())?;
        let time = |column| row.get::<Option<i64>>(column).map(|at| at.map(Timestamp::from_millis));
        let webhook = Webhook {
            id: id.parse().map_err(|_| damaged())?,
            url: row.get(1)?,
            description: row.get(2)?,
            events,
            enabled: row.get(4)?,
            off_because: row.get(5)?,
            failing_since: time(6)?,
            secret_ends_with: Self::end_of(&secret),
            old_secret_until: time(9)?,
            version: row.get(10)?,
            created_at: Timestamp::from_millis(row.get(11)?),
            updated_at: Timestamp::from_millis(row.get(12)?),
        };
        let old_secret = row.get::<Option<String>>(8)?.map(Secret::new);
        Ok(Self { webhook, secret: Secret::new(secret), old_secret })
    }
}

/// What every reading statement begins with.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, url, description, events, enabled, off_because, failing_since, secret, old_secret, \
             old_secret_until, version, created_at, updated_at FROM webhooks ",
            $rest
        )
    };
}

/// Webhooks, newest first, older than `before`.
pub(crate) async fn webhooks(
    tx: &Tx,
    before: Option<&str>,
    limit: usize,
) -> Result<Vec<Webhook>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = select!("WHERE id < $1 ORDER BY id DESC LIMIT $2");
    let rows: Vec<Kept> = tx.all(sql, vals![before.unwrap_or("whk_~"), limit]).await?;
    Ok(rows.into_iter().map(|row| row.webhook).collect())
}

/// How many there are.
pub(crate) async fn count(tx: &Tx) -> Result<i64, Error> {
    tx.one("SELECT count(*) FROM webhooks", vals![]).await
}

/// Those that are told of an event.
pub(crate) async fn listening(tx: &Tx, event: WebhookEvent) -> Result<Vec<WebhookId>, Error> {
    let rows: Vec<Kept> = tx.all(select!("WHERE enabled = TRUE"), vals![]).await?;
    let listening = rows.into_iter().map(|row| row.webhook);
    Ok(listening.filter(|hook| hook.events.contains(&event)).map(|hook| hook.id).collect())
}

/// A webhook.
pub(crate) async fn webhook(tx: &Tx, id: &WebhookId) -> Result<Option<Kept>, Error> {
    tx.opt(select!("WHERE id = $1"), vals![id.as_str()]).await
}

/// A webhook that nobody else changes until the transaction ends.
pub(crate) async fn locked(tx: &Tx, id: &WebhookId) -> Result<Option<Kept>, Error> {
    tx.opt(select!("WHERE id = $1 {{for_update}}"), vals![id.as_str()]).await
}

/// Adds a webhook.
pub(crate) async fn insert(tx: &Tx, kept: &Kept) -> Result<(), Error> {
    let sql = "INSERT INTO webhooks (id, url, description, events, enabled, off_because, failing_since, secret, \
               old_secret, old_secret_until, version, updated_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let mut values = columns(kept)?;
    values.push(kept.webhook.created_at.as_millis().into());
    tx.exec(sql, &values).await.map(drop)
}

/// Writes a webhook that is locked.
pub(crate) async fn update(tx: &Tx, kept: &Kept) -> Result<(), Error> {
    let sql = "UPDATE webhooks SET url = $2, description = $3, events = $4, enabled = $5, off_because = $6, \
               failing_since = $7, secret = $8, old_secret = $9, old_secret_until = $10, version = $11, \
               updated_at = $12 WHERE id = $1";
    tx.exec(sql, &columns(kept)?).await.map(drop)
}

fn columns(kept: &Kept) -> Result<Vec<emart_store::Val>, Error> {
    let hook = &kept.webhook;
    let events = serde_json::to_string(&hook.events);
    Ok(Vec::from(vals![
        hook.id.as_str(),
        hook.url.as_str(),
        hook.description.as_str(),
        events.map_err(|error| Error::Database(error.to_string()))?,
        hook.enabled,
        hook.off_because.clone(),
        hook.failing_since.map(Timestamp::as_millis),
        kept.secret.expose().as_str(),
        kept.old_secret.as_ref().map(|secret| secret.expose().clone()),
        hook.old_secret_until.map(Timestamp::as_millis),
        hook.version,
        hook.updated_at.as_millis(),
    ]))
}

/// Notes that something went through.
pub(crate) async fn went_through(tx: &Tx, id: &WebhookId) -> Result<(), Error> {
    let sql =
        "UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
    tx.exec(sql, vals![id.as_str()]).await.map(drop)
}

/// Notes that something did not go through.
pub(crate) async fn failed(tx: &Tx, id: &WebhookId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE webhooks SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL";
    tx.exec(sql, vals![id.as_str(), now.as_millis()]).await.map(drop)
}

/// Deletes a webhook and its log; `false` when there is none.
pub(crate) async fn delete(tx: &Tx, id: &WebhookId) -> Result<bool, Error> {
    let deleted = tx.exec("DELETE FROM webhooks WHERE id = $1", vals![id.as_str()]).await? == 1;
    let sql = "DELETE FROM webhook_deliveries WHERE webhook_id = $1";
    tx.exec(sql, vals![id.as_str()]).await?;
    Ok(deleted)
}
