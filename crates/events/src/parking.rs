//! Parked events: what a consumer could not handle, for a person to look at and decide.

use emart_store::{Db, Error, FromRow, Row, vals};
use emart_types::Timestamp;

/// An event that was given up until someone looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The event.
    pub event_id: String,
    /// The consumer that could not handle it.
    pub consumer: String,
    /// Who emitted it.
    pub source: String,
    /// Its type.
    pub kind: String,
    /// What it happened to.
    pub subject: String,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    pub error: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// How many events of its subject wait behind it.
    pub blocked: u32,
    /// The envelope, as JSON.
    pub event: String,
}

impl FromRow for Parked {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            event_id: row.get(0)?,
            consumer: row.get(1)?,
            source: row.get(2)?,
            kind: row.get(3)?,
            subject: row.get(4)?,
            tries: row.get(5)?,
            error: row.get::<Option<String>>(6)?.unwrap_or_default(),
            received_at: Timestamp::from_millis(row.get(7)?),
            blocked: row.get(8)?,
            event: row.get(9)?,
        })
    }
}

// `state <> 'done'` says again what `state = 'parked'` says: SQLite needs it to see that the partial indexes will do.

/// The parked events of a service, by consumer, the oldest first; at most 1,000.
pub async fn parked(db: &Db) -> Result<Vec<Parked>, Error> {
    let sql = "SELECT p.event_id, p.consumer, p.source, p.type, p.subject, p.tries, p.error, \
               p.received_at, (SELECT count(*) FROM inbox b WHERE b.consumer = p.consumer \
               AND b.source = p.source AND b.subject = p.subject AND b.state <> 'done' \
               AND b.seq > p.seq), p.event \
               FROM inbox p WHERE p.state <> 'done' AND p.state = 'parked' ORDER BY p.consumer, p.seq LIMIT 1000";
    db.all(sql, vals![]).await
}

/// Puts a parked event, and those that wait behind it, back in line; `false` when no such event is parked. A running
/// consumer takes notice within a second, also from another process.
pub async fn retry(db: &Db, event_id: &str) -> Result<bool, Error> {
    let sql = "UPDATE inbox SET state = 'pending', tries = 0, next_try_at = 0 \
               WHERE event_id = $1 AND state <> 'done' AND state = 'parked'";
    Ok(db.exec(sql, vals![event_id]).await? > 0)
}

/// Gives a parked event up for good; those behind it go on. `false` when no such event is parked.
pub async fn discard(db: &Db, event_id: &str) -> Result<bool, Error> {
    let sql = "UPDATE inbox SET state = 'done', event = '', done_at = received_at \
               WHERE event_id = $1 AND state <> 'done' AND state = 'parked'";
    Ok(db.exec(sql, vals![event_id]).await? > 0)
}
