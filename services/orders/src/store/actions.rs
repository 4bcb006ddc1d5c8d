//! Money actions: the states of their sagas. And the keys under which staff ask for things once.

use emart_orders_api::{ActionId, ActionState, OrderId};
use emart_store::{Db, Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use crate::domain::action::{Progress, Record};
use crate::store::checkouts::trouble;
use crate::store::json;

macro_rules! columns {
    () => {
        "id, order_id, state, progress, failure, version, lease_until, tries, created_at, updated_at, \
         step, trouble"
    };
}
pub(super) use columns;

pub(super) struct ActionRow(pub(super) Record);

impl FromRow for ActionRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, order_id, state, progress): (String, String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let damaged = || Error::Database(format!("the action {id} cannot be read"));
        let progress: Box<Progress> = serde_json::from_str(&progress).map_err(|_| damaged())?;
        Ok(Self(Record {
            id: id.parse().map_err(|_| damaged())?,
            order_id: order_id.parse().map_err(|_| damaged())?,
            state: parse(&state).ok_or_else(damaged)?,
            progress,
            failure: row.get(4)?,
            version: row.get(5)?,
            lease_until: Timestamp::from_millis(row.get(6)?),
            tries: row.get(7)?,
            created_at: Timestamp::from_millis(row.get(8)?),
            updated_at: Timestamp::from_millis(row.get(9)?),
            trouble: trouble(row.get(10)?, row.get(11)?),
        }))
    }
}

const STATES: [(ActionState, &str); 3] = [
    (ActionState::Running, "running"),
    (ActionState::Done, "done"),
    (ActionState::Failed, "failed"),
];

fn word(state: ActionState) -> &'static str {
    STATES.iter().find(|(known, _)| *known == state).map_or("failed", |(_, word)| *word)
}

fn parse(text: &str) -> Option<ActionState> {
    STATES.iter().find(|(_, word)| *word == text).map(|(state, _)| *state)
}

/// Adds an action; `false` when its order has another one running.
pub(crate) async fn insert(tx: &Tx, record: &Record) -> Result<bool, Error> {
    let sql = "INSERT INTO order_actions (id, order_id, kind, state, progress, failure, version, \
               lease_until, tries, created_at, updated_at) \
               VALUES ($1, $2, $3, 'running', $4, NULL, $5, $6, 0, $7, $7) ON CONFLICT DO NOTHING";
    let values = vals![
        record.id.as_str(),
        record.order_id.as_str(),
        record.progress.kind_word(),
        json(&record.progress)?,
        record.version,
        record.lease_until.as_millis(),
        record.created_at.as_millis(),
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// An action.
pub(crate) async fn action(tx: &Tx, id: &ActionId) -> Result<Option<Record>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM order_actions WHERE id = $1");
    Ok(tx.opt::<ActionRow>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// The actions of an order, the oldest first.
pub(crate) async fn of_order(tx: &Tx, id: &OrderId) -> Result<Vec<Record>, Error> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM order_actions WHERE order_id = $1 ORDER BY id LIMIT 500"
    );
    let rows: Vec<ActionRow> = tx.all(sql, vals![id.as_str()]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Whether money of an order is on its way just now. Its row is locked: none begins meanwhile.
pub(crate) async fn is_running(tx: &Tx, id: &OrderId) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) FROM order_actions WHERE order_id = $1 AND state = 'running'";
    Ok(tx.one::<i64>(sql, vals![id.as_str()]).await? > 0)
}

/// Writes an action whose version is the one that was read; `false` when somebody else wrote it meanwhile.
pub(crate) async fn update(tx: &Tx, record: &Record, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE order_actions SET state = $3, failure = $4, version = version + 1, \
               lease_until = $5, tries = $6, updated_at = $7, step = $8, trouble = $9 \
               WHERE id = $1 AND version = $2 AND state = 'running'";
    let values = vals![
        record.id.as_str(),
        record.version,
        word(record.state),
        record.failure.as_deref(),
        record.lease_until.as_millis(),
        i64::from(record.tries),
        now.as_millis(),
        record.trouble.as_ref().map(|trouble| &*trouble.step),
        record.trouble.as_ref().map(|trouble| &*trouble.error),
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Takes running actions that nobody drives: whoever drove them before can write no more.
pub(crate) async fn claim_due(
    tx: &Tx,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Record>, Error> {
    let sql = concat!(
        "UPDATE order_actions SET version = version + 1, lease_until = $2 WHERE id IN (SELECT id \
         FROM order_actions WHERE state = 'running' AND lease_until <= $1 ORDER BY lease_until \
         LIMIT $3 {{skip_locked}}) RETURNING ",
        columns!()
    );
    let values = vals![now.as_millis(), lease_until.as_millis(), limit];
    Ok(tx.all::<ActionRow>(sql, values).await?.into_iter().map(|row| row.0).collect())
}

/// Lets every running action be taken up at once.
pub(crate) async fn end_leases(db: &Db) -> Result<(), Error> {
    let sql = "UPDATE order_actions SET lease_until = 0 WHERE state = 'running'";
    db.exec(sql, vals![]).await.map(|_| ())
}

/// Whose key it is, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) caller: String,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
}

/// What became of a key before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Before {
    Nothing,
    /// This was made with it.
    Made(String),
    /// It stands for another body.
    Other,
}

/// Claims a key for what is about to be made. Whoever sends the same one at the same time waits here.
pub(crate) async fn claim_key(
    tx: &Tx,
    key: &Key,
    made: &str,
    now: Timestamp,
) -> Result<Before, Error> {
    let sql = "INSERT INTO order_keys (caller, idempotency_key, fingerprint, made, created_at) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let (caller, text) = (key.caller.as_str(), key.key.as_str());
    let values = vals![caller, text, key.fingerprint.as_str(), made, now.as_millis()];
    if tx.exec(sql, values).await? == 1 {
        return Ok(Before::Nothing);
    }
    let sql = "SELECT fingerprint, made FROM order_keys WHERE caller = $1 AND idempotency_key = $2";
    let (fingerprint, made): (String, String) = tx.one(sql, vals![caller, text]).await?;
    Ok(if fingerprint == key.fingerprint { Before::Made(made) } else { Before::Other })
}
