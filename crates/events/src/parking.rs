//! Parked events: what a consumer could not handle, for a person to look at and decide.

use emart_store::{Db, Error, FromRow, Row, Tx, vals};
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

/// What becomes of a parked event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It, and those that wait behind it, are put back in line. A running consumer takes notice within a second, also from
    /// another process.
    Retry,
    /// It is given up for good; those behind it go on.
    Discard,
}

/// Decides about an event that consumers of this service have parked; returns what they had parked: nothing, when no such
/// event is.
pub async fn decide(tx: &Tx, event_id: &str, decision: Decision) -> Result<Vec<Parked>, Error> {
    let sql = "SELECT event_id, consumer, source, type, subject, tries, error, received_at, 0, event \
               FROM inbox WHERE event_id = $1 AND state <> 'done' AND state = 'parked' {{for_update}}";
    let found: Vec<Parked> = tx.all(sql, vals![event_id]).await?;
    let sql = match decision {
        Decision::Retry => {
            "UPDATE inbox SET state = 'pending', tries = 0, next_try_at = 0 \
             WHERE event_id = $1 AND state <> 'done' AND state = 'parked'"
        }
        Decision::Discard => {
            "UPDATE inbox SET state = 'done', event = '', done_at = received_at \
             WHERE event_id = $1 AND state <> 'done' AND state = 'parked'"
        }
    };
    tx.exec(sql, vals![event_id]).await?;
    Ok(found)
}

/// Puts a parked event back in line; `false` when no such event is parked.
pub async fn retry(db: &Db, event_id: &str) -> Result<bool, Error> {
    decided(db, event_id, Decision::Retry).await
}

/// Gives a parked event up for good; `false` when no such event is parked.
pub async fn discard(db: &Db, event_id: &str) -> Result<bool, Error> {
    decided(db, event_id, Decision::Discard).await
}

async fn decided(db: &Db, event_id: &str, decision: Decision) -> Result<bool, Error> {
    let id = event_id.to_owned();
    let write = db.write(move |tx| async move { decide(&tx, &id, decision).await });
    Ok(!write.await?.is_empty())
}

/// No count goes further.
const MOST_COUNTED: i64 = 10_000;

/// How the events of a service stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its own, which not every consumer has yet.
    pub untold: u32,
    /// When the oldest of them was emitted.
    pub untold_since: Option<Timestamp>,
    /// Others', which it will try again.
    pub held: u32,
    /// Others', which are parked.
    pub parked: u32,
}

/// Counts a service's events that are not where they belong; none of them further than 10,000. What was emitted within
/// the last second is on its way.
pub async fn standing(db: &Db, now: Timestamp) -> Result<Standing, Error> {
    let before = now.as_millis() - 1000;
    let oldest = "SELECT emitted_at FROM outbox ORDER BY seq LIMIT 1";
    let oldest: Option<(i64,)> = db.opt(oldest, vals![]).await?;
    let late = oldest.map(|(at,)| at).filter(|at| *at <= before);
    let mut standing =
        Standing { untold_since: late.map(Timestamp::from_millis), ..Standing::default() };
    if late.is_some() {
        let sql = "SELECT count(*) FROM (SELECT 1 AS one FROM outbox LIMIT $1) AS counted";
        standing.untold = count(db.opt(sql, vals![MOST_COUNTED]).await?);
    }
    let sql = "SELECT state, count(*) FROM (SELECT state FROM inbox WHERE state <> 'done' LIMIT $1) AS counted \
               GROUP BY state";
    let found: Vec<(String, i64)> = db.all(sql, vals![MOST_COUNTED]).await?;
    for (state, number) in found {
        let number = count(Some((number,)));
        if state == "parked" { standing.parked = number } else { standing.held += number }
    }
    Ok(standing)
}

fn count(row: Option<(i64,)>) -> u32 {
    row.and_then(|(number,)| u32::try_from(number).ok()).unwrap_or_default()
}
