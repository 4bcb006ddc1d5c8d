//! The SQL of e-mails.

use emart_notifications_api::{Email, EmailContent, EmailId, EmailState};
use emart_store::{Db, Error, FromRow, Row, Tx, vals};
use emart_telemetry::TraceContext;
use emart_types::Timestamp;

use crate::compose::Draft;

/// A row of `emails` without its text.
struct EmailRow(Email);

impl FromRow for EmailRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, state): (String, String) = (row.get(0)?, row.get(4)?);
        let damaged = || Error::Database(format!("e-mail {id} cannot be read"));
        Ok(Self(Email {
            id: id.parse().map_err(|_| damaged())?,
            kind: row.get(1)?,
            to: row.get(2)?,
            subject: row.get(3)?,
            state: match state.as_str() {
                "queued" => EmailState::Queued,
                "sent" => EmailState::Sent,
                "failed" => EmailState::Failed,
                _ => return Err(damaged()),
            },
            tries: row.get(5)?,
            error: row.get(6)?,
            created_at: Timestamp::from_millis(row.get(7)?),
            sent_at: row.get::<Option<i64>>(8)?.map(Timestamp::from_millis),
            order_id: row.get(9)?,
        }))
    }
}

/// A row of `emails` with its text.
struct ContentRow(EmailContent);

impl FromRow for ContentRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let email = EmailRow::from_row(row)?.0;
        Ok(Self(EmailContent { email, text: row.get(10)?, html: row.get(11)? }))
    }
}

/// An e-mail that is to be handed over, and the trace it is part of.
pub(crate) struct Due {
    pub(crate) content: EmailContent,
    pub(crate) trace: Option<TraceContext>,
}

impl FromRow for Due {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let trace: Option<String> = row.get(12)?;
        let trace = trace.as_deref().and_then(TraceContext::parse);
        Ok(Self { content: ContentRow::from_row(row)?.0, trace })
    }
}

/// Queues an e-mail.
pub(crate) async fn insert(tx: &Tx, draft: &Draft, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO emails (id, kind, recipient, subject, body_text, body_html, state, tries, \
               next_try_at, created_at, traceparent, order_id) \
               VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, $7, $7, $8, $9)";
    let values = vals![
        draft.id.as_str(),
        draft.kind.as_str(),
        draft.to.as_str(),
        draft.content.subject.as_str(),
        draft.content.text.as_str(),
        draft.content.html.as_str(),
        now.as_millis(),
        TraceContext::current().map(|trace| trace.to_string()),
        draft.order_id.clone(),
    ];
    tx.exec(sql, values).await.map(|_| ())
}

/// Which e-mails are wanted; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) to: Option<String>,
    pub(crate) order_id: Option<String>,
    /// Those before this one.
    pub(crate) before: Option<String>,
}

/// E-mails, newest first.
pub(crate) async fn emails(tx: &Tx, filter: &Filter, limit: usize) -> Result<Vec<Email>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    // Every id sorts before this.
    let mut values = Vec::from(vals![filter.before.as_deref().unwrap_or("eml_~"), limit]);
    let mut sql = String::from(
        "SELECT id, kind, recipient, subject, state, tries, error, created_at, sent_at, order_id \
         FROM emails WHERE id < $1",
    );
    for (column, value) in [("recipient", &filter.to), ("order_id", &filter.order_id)] {
        if let Some(value) = value {
            values.push(value.as_str().into());
            sql += &format!(" AND {column} = ${}", values.len());
        }
    }
    sql += " ORDER BY id DESC LIMIT $2";
    let rows: Vec<EmailRow> = tx.all_dyn(&sql, &values).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// An e-mail with its text.
pub(crate) async fn email(tx: &Tx, id: &EmailId) -> Result<Option<EmailContent>, Error> {
    let sql = "SELECT id, kind, recipient, subject, state, tries, error, created_at, sent_at, order_id, \
               body_text, body_html FROM emails WHERE id = $1";
    Ok(tx.opt::<ContentRow>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// E-mails to an address, and those about some orders, with their text; each once.
pub(crate) async fn personal(
    tx: &Tx,
    to: Option<&str>,
    order_ids: &[String],
) -> Result<Vec<EmailContent>, Error> {
    let mut found: Vec<ContentRow> = Vec::new();
    if let Some(to) = to {
        found.extend(tx.all::<ContentRow>(TO, vals![to]).await?);
    }
    for order_id in order_ids {
        found.extend(tx.all::<ContentRow>(ABOUT, vals![order_id]).await?);
    }
    let mut emails: Vec<EmailContent> = found.into_iter().map(|row| row.0).collect();
    emails.sort_by(|a, b| b.email.id.as_str().cmp(a.email.id.as_str()));
    emails.dedup_by(|a, b| a.email.id == b.email.id);
    Ok(emails)
}

const TO: &str = "SELECT id, kind, recipient, subject, state, tries, error, created_at, sent_at, order_id, \
     body_text, body_html FROM emails WHERE recipient = $1 ORDER BY id";
const ABOUT: &str = "SELECT id, kind, recipient, subject, state, tries, error, created_at, sent_at, order_id, \
     body_text, body_html FROM emails WHERE order_id = $1 ORDER BY id";

/// Takes up to `limit` e-mails that are due and moves their next try to `lease_until`: another copy of the service
/// leaves them alone until then.
pub(crate) async fn take_due(
    tx: &Tx,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Due>, Error> {
    let sql = "UPDATE emails SET next_try_at = $2 WHERE id IN (SELECT id FROM emails \
               WHERE state = 'queued' AND next_try_at <= $1 ORDER BY next_try_at LIMIT $3 {{skip_locked}}) \
               RETURNING id, kind, recipient, subject, state, tries, error, created_at, sent_at, order_id, \
               body_text, body_html, traceparent";
    let values = vals![now.as_millis(), lease_until.as_millis(), limit];
    tx.all(sql, values).await
}

/// Makes due what was being handed over. An e-mail that has failed before waits for its next try as it did.
pub(crate) async fn end_leases(db: &Db, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE emails SET next_try_at = $1 \
               WHERE state = 'queued' AND tries = 0 AND next_try_at > $1";
    db.exec(sql, vals![now.as_millis()]).await.map(|_| ())
}

/// When the next queued e-mail is due.
pub(crate) async fn next_due(tx: &Tx) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT min(next_try_at) FROM emails WHERE state = 'queued'";
    Ok(tx.one::<(Option<i64>,)>(sql, vals![]).await?.0.map(Timestamp::from_millis))
}

/// Notes that an e-mail was handed over.
pub(crate) async fn mark_sent(tx: &Tx, id: &EmailId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE emails SET state = 'sent', tries = tries + 1, error = NULL, sent_at = $2 \
               WHERE id = $1 AND state = 'queued'";
    tx.exec(sql, vals![id.as_str(), now.as_millis()]).await.map(|_| ())
}

/// Notes a failed try; without a next one the e-mail is given up.
pub(crate) async fn mark_tried(
    tx: &Tx,
    id: &EmailId,
    error: &str,
    next: Option<Timestamp>,
) -> Result<(), Error> {
    let state = if next.is_some() { "queued" } else { "failed" };
    let sql = "UPDATE emails SET state = $2, tries = tries + 1, error = $3, next_try_at = $4 \
               WHERE id = $1 AND state = 'queued'";
    let next = next.map_or(0, Timestamp::as_millis);
    tx.exec(sql, vals![id.as_str(), state, error, next]).await.map(|_| ())
}

/// Forgets e-mails to an address.
pub(crate) async fn delete_to(tx: &Tx, recipient: &str) -> Result<u64, Error> {
    tx.exec("DELETE FROM emails WHERE recipient = $1", vals![recipient]).await
}

/// Forgets e-mails about an order, wherever they went.
pub(crate) async fn delete_about(tx: &Tx, order_id: &str) -> Result<u64, Error> {
    tx.exec("DELETE FROM emails WHERE order_id = $1", vals![order_id]).await
}

/// Forgets e-mails written before.
pub(crate) async fn delete_before(tx: &Tx, before: Timestamp) -> Result<u64, Error> {
    let sql = "DELETE FROM emails WHERE created_at < $1 AND state <> 'queued'";
    tx.exec(sql, vals![before.as_millis()]).await
}
