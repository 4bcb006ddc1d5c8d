//! What the copies of the service tell each other through their database. All of this is PostgreSQL's: on SQLite there
//! is one copy, and nobody calls it.
//!
//! A reader must find every change once, although transactions become visible in another order than that of any number
//! they were given. A lock around the numbering would make stock events wait for imports, and a window to look at
//! again has to guess how long a transaction may take. So each change is noted under its transaction's number, and a
//! reader remembers the server's snapshot it looked with ([`Seen`]): new is what is visible now and was not then. That is
//! exact, and a transaction that takes for ever, here or in another database of the server, holds nobody up.

use std::collections::HashSet;
use std::time::Duration;

use emart_catalog_api::{ImageId, ProductId};
use emart_inventory_api::StockItemId;
use emart_store::{Db, Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

use super::{json, to_json};

/// How long changes are kept for a copy that is away; one that is away longer reads everything again.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// Longer than any transaction here takes from noting a change to its end (statements are stopped after 30 seconds),
/// and than the copies' clocks differ.
const LONGEST_WRITE: Duration = Duration::from_secs(5 * 60);
/// Changes forgotten at once.
const AT_ONCE: u32 = 1000;

/// Of `changes`: those that the snapshot `$1`, before whose `xmin` of `$2` all were done, did not see. What was restored
/// from another server may have numbers that this one has not reached: those are nobody's news.
macro_rules! is_new {
    () => {
        "xid >= $2 AND NOT pg_visible_in_snapshot(CAST(CAST(xid AS TEXT) AS xid8), \
         CAST(CAST($1 AS TEXT) AS pg_snapshot)) \
         AND pg_visible_in_snapshot(CAST(CAST(xid AS TEXT) AS xid8), pg_current_snapshot())"
    };
}

/// What a transaction changed, or several did.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Changed {
    /// Made, changed or deleted.
    #[serde(skip_serializing_if = "HashSet::is_empty")]
    pub(crate) products: HashSet<ProductId>,
    #[serde(skip_serializing_if = "HashSet::is_empty")]
    pub(crate) images: HashSet<ImageId>,
    /// Any of them: the tree is read whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) categories: bool,
    /// Any of them: they are read whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) collections: bool,
    /// Items whose levels are others.
    #[serde(skip_serializing_if = "HashSet::is_empty")]
    pub(crate) items: HashSet<StockItemId>,
}

impl Changed {
    /// Both together.
    pub(crate) fn add(&mut self, other: Self) {
        self.products.extend(other.products);
        self.images.extend(other.images);
        self.categories |= other.categories;
        self.collections |= other.collections;
        self.items.extend(other.items);
    }
}

/// When a copy looked, and the server's snapshot that it looked with: `xmin:xmax:those between that were not done`.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    at: Timestamp,
    text: String,
    /// Every transaction before this was done.
    min: i64,
    /// None from this on was.
    max: i64,
}

/// What a look found.
pub(crate) struct Look {
    pub(crate) seen: Seen,
    /// Whether anything was noted that the look before did not see.
    pub(crate) is_new: bool,
    forgotten_before: Timestamp,
}

impl Look {
    /// Whether changes may be forgotten that the look before did not see.
    pub(crate) fn missed_some(&self, before: &Seen) -> bool {
        // A database that was restored on another server counts its transactions from the beginning.
        self.seen.max < before.max || self.forgotten_before > before.at.minus(LONGEST_WRITE)
    }
}

/// Makes the other copies wait until this transaction ends: what it reads from here on stays true until then. Whoever
/// changes products, categories or pictures begins with this; stock levels are changed by one statement each.
pub(crate) async fn take_turn(tx: &Tx) -> Result<(), Error> {
    tx.one::<i64>("SELECT id FROM turn WHERE id = 1 {{for_update}}", &[]).await.map(|_| ())
}

/// Notes what this transaction changes.
pub(crate) async fn note(
    tx: &Tx,
    tag: &str,
    changed: &Changed,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO changes (xid, tag, what, noted_at) \
        VALUES (CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), $1, $2, $3)";
    tx.exec(sql, vals![tag, to_json(changed)?, now.as_millis()]).await.map(|_| ())
}

/// The snapshot of this transaction, which reads.
pub(crate) async fn seen(tx: &Tx, now: Timestamp) -> Result<Seen, Error> {
    let text: String = tx.one("SELECT CAST(pg_current_snapshot() AS TEXT)", &[]).await?;
    Seen::new(text, now)
}

/// Looks whether there is news since.
pub(crate) async fn look(db: &Db, before: &Seen, now: Timestamp) -> Result<Look, Error> {
    let sql = concat!(
        "SELECT CAST(pg_current_snapshot() AS TEXT), EXISTS (SELECT 1 FROM changes WHERE ",
        is_new!(),
        "), forgotten_before FROM turn WHERE id = 1"
    );
    let values = vals![before.text.as_str(), before.min];
    let (text, is_new, forgotten_before): (String, bool, i64) = db.one(sql, values).await?;
    let forgotten_before = Timestamp::from_millis(forgotten_before);
    Ok(Look { seen: Seen::new(text, now)?, is_new, forgotten_before })
}

/// What this transaction's snapshot sees and the one before did not, and which of `own` were met: their changes are
/// left out.
pub(crate) async fn news(
    tx: &Tx,
    before: &Seen,
    own: &HashSet<String>,
) -> Result<(Changed, Vec<String>), Error> {
    let sql = concat!("SELECT tag, what FROM changes WHERE ", is_new!());
    let rows: Vec<Noted> = tx.all(sql, vals![before.text.as_str(), before.min]).await?;
    let (mut all, mut met) = (Changed::default(), Vec::new());
    for Noted { tag, changed } in rows {
        if own.contains(&tag) {
            met.push(tag);
        } else {
            all.add(changed);
        }
    }
    Ok((all, met))
}

/// Forgets some of what was noted long ago; returns whether there may be more.
pub(crate) async fn forget(tx: &Tx, now: Timestamp) -> Result<bool, Error> {
    let before = now.minus(KEPT).as_millis();
    let sql = "DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE noted_at < $1 \
        ORDER BY noted_at LIMIT $2 {{skip_locked}})";
    let gone = tx.exec(sql, vals![before, AT_ONCE]).await?;
    if gone > 0 {
        let sql = "UPDATE turn SET forgotten_before = $1 WHERE id = 1 AND forgotten_before < $1";
        tx.exec(sql, vals![before]).await?;
    }
    Ok(gone == u64::from(AT_ONCE))
}

struct Noted {
    tag: String,
    changed: Changed,
}

impl FromRow for Noted {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { tag: row.get(0)?, changed: json(row, 1)? })
    }
}

impl Seen {
    fn new(text: String, at: Timestamp) -> Result<Self, Error> {
        let mut numbers = text.split(':').map(|number| number.parse().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(min), Some(max)) => Ok(Self { at, min, max, text }),
            _ => Err(Error::Decode { column: 0, reason: format!("{text} is no snapshot") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64, snapshot: &str) -> Seen {
        Seen::new(snapshot.to_owned(), Timestamp::from_millis(minutes * 60_000)).unwrap()
    }

    fn missed(before: &Seen, seen: Seen, forgotten: i64) -> bool {
        let forgotten_before = Timestamp::from_millis(forgotten * 60_000);
        Look { seen, is_new: false, forgotten_before }.missed_some(before)
    }

    #[test]
    fn who_has_seen_what_was_forgotten_has_missed_nothing() {
        let before = at(100, "7:9:8");
        assert!(!missed(&before, at(101, "9:9:"), 95));
        assert!(missed(&before, at(101, "9:9:"), 96));
    }

    #[test]
    fn on_another_server_everything_may_be_another() {
        assert!(missed(&at(100, "70:90:80"), at(101, "9:9:"), 0));
        assert!(Seen::new("no snapshot".to_owned(), Timestamp::from_millis(0)).is_err());
    }
}
