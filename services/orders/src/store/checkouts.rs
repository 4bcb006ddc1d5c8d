//! Checkouts: the sagas' states.

use emart_orders_api::CheckoutId;
use emart_store::{Db, Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use crate::domain::progress::{Ended, Record, State};
use crate::domain::saga::Trouble;
use crate::store::json;

macro_rules! columns {
    () => {
        "id, scope, idempotency_key, fingerprint, state, progress, version, lease_until, tries, \
         created_at, updated_at, step, trouble, ended"
    };
}
pub(super) use columns;

/// A row of `checkouts`.
pub(super) struct RecordRow(pub(super) Record);

impl FromRow for RecordRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, state, progress): (String, String, String) =
            (row.get(0)?, row.get(4)?, row.get(5)?);
        let damaged = || Error::Database(format!("checkout {id} cannot be read"));
        Ok(Self(Record {
            id: id.parse().map_err(|_| damaged())?,
            scope: row.get(1)?,
            idempotency_key: row.get(2)?,
            fingerprint: row.get(3)?,
            state: State::parse(&state).ok_or_else(damaged)?,
            progress: serde_json::from_str(&progress).map_err(|_| damaged())?,
            version: row.get(6)?,
            lease_until: Timestamp::from_millis(row.get(7)?),
            tries: row.get(8)?,
            created_at: Timestamp::from_millis(row.get(9)?),
            updated_at: Timestamp::from_millis(row.get(10)?),
            trouble: trouble(row.get(11)?, row.get(12)?),
            ended: row.get::<Option<String>>(13)?.as_deref().and_then(Ended::parse),
        }))
    }
}

/// What kept a try from working; told by its two columns together.
pub(super) fn trouble(step: Option<String>, error: Option<String>) -> Option<Trouble> {
    Some(Trouble { step: step?, error: error? })
}

/// What became of a new checkout.
pub(crate) enum Inserted {
    /// It is there.
    New,
    /// Its key was used before, for this one.
    SameKey(Box<Record>),
    /// Its cart is being bought, or was.
    SameCart(Option<CheckoutId>),
}

/// Adds a checkout unless its key or its cart was used before.
pub(crate) async fn insert_checkout(
    tx: &Tx,
    record: &Record,
    cart: (&str, i64),
) -> Result<Inserted, Error> {
    let sql = "INSERT INTO checkouts (id, scope, idempotency_key, fingerprint, cart_id, cart_version, \
               state, progress, version, lease_until, tries, created_at, updated_at, ended) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, $12) ON CONFLICT DO NOTHING";
    let values = vals![
        record.id.as_str(),
        record.scope.as_str(),
        record.idempotency_key.as_str(),
        record.fingerprint.as_str(),
        cart.0,
        cart.1,
        record.state.as_str(),
        json(&record.progress)?,
        record.version,
        record.lease_until.as_millis(),
        record.created_at.as_millis(),
        record.ended.map(Ended::as_str),
    ];
    if tx.exec(sql, values).await? == 1 {
        return Ok(Inserted::New);
    }
    if let Some(same) = checkout_by_key(tx, &record.scope, &record.idempotency_key).await? {
        return Ok(Inserted::SameKey(Box::new(same)));
    }
    let sql =
        "SELECT id FROM checkouts WHERE cart_id = $1 AND cart_version = $2 AND state <> 'failed'";
    let other: Option<(String,)> = tx.opt(sql, vals![cart.0, cart.1]).await?;
    Ok(Inserted::SameCart(other.and_then(|(id,)| id.parse().ok())))
}

/// A checkout by its idempotency key.
pub(crate) async fn checkout_by_key(
    tx: &Tx,
    scope: &str,
    key: &str,
) -> Result<Option<Record>, Error> {
    let sql =
        concat!("SELECT ", columns!(), " FROM checkouts WHERE scope = $1 AND idempotency_key = $2");
    Ok(tx.opt::<RecordRow>(sql, vals![scope, key]).await?.map(|row| row.0))
}

/// A checkout.
pub(crate) async fn checkout(tx: &Tx, id: &CheckoutId) -> Result<Option<Record>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM checkouts WHERE id = $1");
    Ok(tx.opt::<RecordRow>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// Writes a checkout whose version is the one that was read; `false` when somebody else wrote it meanwhile.
pub(crate) async fn update_checkout(
    tx: &Tx,
    record: &Record,
    read_version: i64,
) -> Result<bool, Error> {
    let sql = "UPDATE checkouts SET state = $3, progress = $4, version = $5, lease_until = $6, tries = $7, \
               updated_at = $8, step = $9, trouble = $10, ended = $11 WHERE id = $1 AND version = $2";
    let values = vals![
        record.id.as_str(),
        read_version,
        record.state.as_str(),
        json(&record.progress)?,
        record.version,
        record.lease_until.as_millis(),
        i64::from(record.tries),
        record.updated_at.as_millis(),
        record.trouble.as_ref().map(|trouble| &*trouble.step),
        record.trouble.as_ref().map(|trouble| &*trouble.error),
        record.ended.map(Ended::as_str),
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Takes open checkouts that nobody drives: whoever drove them before can write no more.
pub(crate) async fn claim_due(
    tx: &Tx,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Record>, Error> {
    let sql = concat!(
        "UPDATE checkouts SET version = version + 1, lease_until = $2 WHERE id IN (SELECT id \
         FROM checkouts WHERE state IN ('running', 'requires_action', 'placed', 'compensating') \
         AND lease_until <= $1 ORDER BY lease_until LIMIT $3 {{skip_locked}}) RETURNING ",
        columns!()
    );
    let values = vals![now.as_millis(), lease_until.as_millis(), limit];
    Ok(tx.all::<RecordRow>(sql, values).await?.into_iter().map(|row| row.0).collect())
}

/// Lets every checkout be taken up at once. Those that wait for the card's holder go on waiting.
pub(crate) async fn end_leases(db: &Db) -> Result<(), Error> {
    let sql = "UPDATE checkouts SET lease_until = 0 \
               WHERE state IN ('running', 'requires_action', 'placed', 'compensating') \
               AND state <> 'requires_action'";
    db.exec(sql, vals![]).await.map(|_| ())
}

/// Forgets some of the checkouts that failed before; returns how many.
pub(crate) async fn forget_failed(db: &Db, before: Timestamp, limit: i64) -> Result<u64, Error> {
    let sql = "DELETE FROM checkouts WHERE id IN (SELECT id FROM checkouts \
               WHERE state = 'failed' AND updated_at < $1 ORDER BY updated_at LIMIT $2 {{skip_locked}})";
    db.exec(sql, vals![before.as_millis(), limit]).await
}

/// How many checkouts that have not ended stand where.
pub(crate) async fn count_open(db: &Db) -> Result<Vec<(String, i64)>, Error> {
    let sql = "SELECT state, count(*) FROM checkouts \
               WHERE state IN ('running', 'requires_action', 'placed', 'compensating') GROUP BY state";
    db.all(sql, vals![]).await
}
