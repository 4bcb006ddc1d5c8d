//! The inbox as a table: what a consumer was told, in the consumer's own database.
//!
//! An event that is handled when it arrives has one small row, written with its effect. One that fails, or comes
//! after one of its subject that did, is kept whole. The first row of a subject that is not done is the subject's
//! *head*; only heads are handled, so nothing overtakes.

use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use crate::event::Letter;

/// Whether any event is held up here, which is rare.
pub(crate) async fn holds_any(tx: &Tx, consumer: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM inbox WHERE consumer = $1 AND state <> 'done' LIMIT 1";
    Ok(tx.opt::<i64>(sql, vals![consumer]).await?.is_some())
}

/// Whether an event of the same subject is held up.
pub(crate) async fn holds(tx: &Tx, consumer: &str, letter: &Letter) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM inbox WHERE consumer = $1 AND source = $2 AND subject = $3 \
               AND state <> 'done' LIMIT 1";
    let values = vals![consumer, letter.source.as_str(), letter.subject.as_str()];
    Ok(tx.opt::<i64>(sql, values).await?.is_some())
}

/// Notes a new event as handled; `false` when it has come before. Comes first in the transaction that handles it.
pub(crate) async fn claim_new(
    tx: &Tx,
    consumer: &str,
    letter: &Letter,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO inbox (consumer, event_id, source, type, subject, event, state, tries, \
               next_try_at, received_at, done_at) \
               VALUES ($1, $2, $3, $4, $5, '', 'done', 0, 0, $6, $6) ON CONFLICT DO NOTHING";
    let (id, source, kind) = (letter.id.as_str(), letter.source.as_str(), letter.kind.as_str());
    let values = vals![consumer, id, source, kind, letter.subject.as_str(), now.as_millis()];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Notes a kept event as handled; `false` when somebody else has, or has decided about it.
pub(crate) async fn claim_kept(
    tx: &Tx,
    consumer: &str,
    letter: &Letter,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE inbox SET state = 'done', event = '', error = NULL, done_at = $3 \
               WHERE consumer = $1 AND event_id = $2 AND state = 'pending'";
    Ok(tx.exec(sql, vals![consumer, letter.id.as_str(), now.as_millis()]).await? == 1)
}

/// Keeps an event that has to wait behind another.
pub(crate) async fn keep(
    tx: &Tx,
    consumer: &str,
    letter: &Letter,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO inbox (consumer, event_id, source, type, subject, event, state, tries, \
               next_try_at, received_at) VALUES ($1, $2, $3, $4, $5, $6, 'pending', 0, 0, $7) \
               ON CONFLICT DO NOTHING";
    let (id, source, kind) = (letter.id.as_str(), letter.source.as_str(), letter.kind.as_str());
    let (subject, text) = (letter.subject.as_str(), letter.text.as_str());
    let values = vals![consumer, id, source, kind, subject, text, now.as_millis()];
    tx.exec(sql, values).await.map(|_| ())
}

/// A try that failed.
pub(crate) struct Failed<'a> {
    pub(crate) letter: &'a Letter,
    pub(crate) error: &'a str,
    /// When it is tried again; without it the event is parked.
    pub(crate) next: Option<Timestamp>,
}

/// Keeps an event whose handling failed, or notes that it failed once more.
pub(crate) async fn fail(
    tx: &Tx,
    consumer: &str,
    failed: Failed<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO inbox (consumer, event_id, source, type, subject, event, state, tries, \
               error, next_try_at, received_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT (consumer, event_id) DO UPDATE SET state = excluded.state, \
               tries = excluded.tries, error = excluded.error, next_try_at = excluded.next_try_at \
               WHERE inbox.state = 'pending'";
    let letter = failed.letter;
    let state = if failed.next.is_some() { "pending" } else { "parked" };
    let values = vals![
        consumer,
        letter.id.as_str(),
        letter.source.as_str(),
        letter.kind.as_str(),
        letter.subject.as_str(),
        letter.text.as_str(),
        state,
        letter.tries + 1,
        // PostgreSQL cannot store U+0000, and what an error quotes is anybody's guess.
        failed.error.replace('\0', "\u{fffd}"),
        failed.next.unwrap_or_default().as_millis(),
        now.as_millis(),
    ];
    tx.exec(sql, values).await.map(|_| ())
}

/// A subject whose head is to be tried.
pub(crate) struct Head {
    pub(crate) source: String,
    pub(crate) subject: String,
    pub(crate) due: Timestamp,
}

/// The subjects whose heads are to be tried, the earliest first; those of parked events are not.
pub(crate) async fn heads(tx: &Tx, consumer: &str, limit: i64) -> Result<Vec<Head>, Error> {
    let sql = "SELECT source, subject, next_try_at FROM inbox WHERE seq IN \
               (SELECT min(seq) FROM inbox WHERE consumer = $1 AND state <> 'done' \
               GROUP BY source, subject) \
               AND state = 'pending' ORDER BY next_try_at, seq LIMIT $2";
    let rows: Vec<(String, String, i64)> = tx.all(sql, vals![consumer, limit]).await?;
    let head = |(source, subject, due)| Head { source, subject, due: Timestamp::from_millis(due) };
    Ok(rows.into_iter().map(head).collect())
}

/// The events of a subject, from its head up to the first that cannot be tried now.
pub(crate) async fn queue(
    tx: &Tx,
    consumer: &str,
    head: &Head,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Letter>, Error> {
    let sql = "SELECT seq, event_id, source, type, subject, event, tries, state, next_try_at \
               FROM inbox WHERE consumer = $1 AND source = $2 AND subject = $3 \
               AND state <> 'done' ORDER BY seq LIMIT $4";
    let values = vals![consumer, head.source.as_str(), head.subject.as_str(), limit];
    let rows: Vec<Kept> = tx.all(sql, values).await?;
    let ready = rows.into_iter().take_while(|kept| kept.state == "pending" && kept.due <= now);
    Ok(ready.map(|kept| kept.letter).collect())
}

struct Kept {
    letter: Letter,
    state: String,
    due: Timestamp,
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let text: String = row.get(5)?;
        let letter = Letter {
            seq: row.get(0)?,
            id: row.get(1)?,
            source: row.get(2)?,
            kind: row.get(3)?,
            subject: row.get(4)?,
            event: Letter::open(&text),
            text,
            tries: row.get(6)?,
        };
        Ok(Self { letter, state: row.get(7)?, due: Timestamp::from_millis(row.get(8)?) })
    }
}

/// Forgets some of the events handled before that time; until then their rows tell repetitions. Returns how many.
pub(crate) async fn prune(tx: &Tx, before: Timestamp, limit: i64) -> Result<u64, Error> {
    let sql = "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox \
               WHERE state = 'done' AND done_at < $1 ORDER BY done_at LIMIT $2)";
    tx.exec(sql, vals![before.as_millis(), limit]).await
}
