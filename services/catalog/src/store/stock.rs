//! Stock as far as `catalog` knows of it, and what `inventory` is still to be told.

use emart_inventory_api::{KeyedPut, StockItemId};
use emart_store::{EngineKind, Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use super::changes::Changed;
use super::{json, parsed, to_json};

/// How much there is of an item, as `inventory` said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelRow {
    pub(crate) item_id: StockItemId,
    pub(crate) tracked: bool,
    pub(crate) sell_when_out: bool,
    pub(crate) available: i64,
}

/// All levels; for start-up.
pub(crate) async fn levels(tx: &Tx) -> Result<Vec<LevelRow>, Error> {
    tx.all("SELECT item_id, tracked, sell_when_out, available FROM stock_levels", &[]).await
}

/// Those of these items, their ids separated by commas. On PostgreSQL, for what other copies heard.
pub(crate) async fn levels_of(tx: &Tx, items: &str) -> Result<Vec<LevelRow>, Error> {
    let sql = "SELECT item_id, tracked, sell_when_out, available FROM stock_levels \
        WHERE item_id = ANY (string_to_array($1, ','))";
    tx.all(sql, vals![items]).await
}

/// Notes what `inventory` said; where there may be other copies, for them too, in the same statement.
pub(crate) async fn set_level(tx: &Tx, level: &LevelRow, now: Timestamp) -> Result<(), Error> {
    let item = level.item_id.as_str();
    let values = vals![item, level.tracked, level.sell_when_out, level.available];
    if tx.engine() == EngineKind::Sqlite {
        let sql = "INSERT INTO stock_levels (item_id, tracked, sell_when_out, available) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (item_id) DO UPDATE SET tracked = $2, sell_when_out = $3, available = $4";
        return tx.exec(sql, values).await.map(|_| ());
    }
    // Without a tag: the copy that heard it looks again too, for it may have read the level before this one meanwhile.
    let sql = "WITH noted AS (INSERT INTO changes (xid, tag, what, noted_at) \
            VALUES (CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), '', $5, $6)) \
        INSERT INTO stock_levels (item_id, tracked, sell_when_out, available) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (item_id) DO UPDATE SET tracked = $2, sell_when_out = $3, available = $4";
    let changed = Changed { items: [level.item_id.clone()].into(), ..Changed::default() };
    let mut values = values.to_vec();
    values.extend([to_json(&changed)?.into(), now.as_millis().into()]);
    tx.exec(sql, &values).await.map(|_| ())
}

/// Notes what a new item begins with, until `inventory` says it itself.
pub(crate) async fn begin_levels(tx: &Tx, levels: &[LevelRow]) -> Result<(), Error> {
    let sql = "INSERT INTO stock_levels (item_id, tracked, sell_when_out, available) VALUES ($1, $2, $3, $4) \
        ON CONFLICT DO NOTHING";
    let row = |level: &LevelRow| {
        vals![level.item_id.as_str(), level.tracked, level.sell_when_out, level.available].to_vec()
    };
    let rows: Vec<_> = levels.iter().map(row).collect();
    tx.exec_many(sql, &rows).await.map(|_| ())
}

/// Notes what `inventory` is to be told. A count that it was not told yet stays, unless there is a newer one.
pub(crate) async fn push_puts(tx: &Tx, puts: &[KeyedPut]) -> Result<(), Error> {
    let mut puts = puts.to_vec();
    for new in puts.iter_mut().filter(|new| new.put.on_hand.is_none()) {
        let sql = "SELECT put FROM stock_puts WHERE item_id = $1";
        if let Some(Put(old)) = tx.opt(sql, vals![new.put.id.as_str()]).await? {
            (new.put.on_hand, new.count_key) = (old.put.on_hand, old.count_key);
        }
    }
    let sql = "INSERT INTO stock_puts (item_id, put) VALUES ($1, $2) ON CONFLICT (item_id) DO UPDATE SET put = $2";
    tx.exec_many(sql, &rows(&puts)?).await.map(|_| ())
}

/// Something `inventory` is to be told.
pub(crate) struct Put(pub(crate) KeyedPut);

/// What `inventory` is still to be told. For the only copy.
pub(crate) async fn puts(tx: &Tx, limit: u32) -> Result<Vec<Put>, Error> {
    tx.all("SELECT put FROM stock_puts ORDER BY item_id LIMIT $1", vals![limit]).await
}

/// The same, and until `told_until` no other copy takes it: told by two, an older count could arrive after a newer.
pub(crate) async fn take_puts(
    tx: &Tx,
    now: Timestamp,
    told_until: Timestamp,
    limit: u32,
) -> Result<Vec<Put>, Error> {
    let sql = "UPDATE stock_puts SET told_until = $2 WHERE item_id IN (SELECT item_id FROM stock_puts \
        WHERE told_until <= $1 ORDER BY item_id LIMIT $3 {{skip_locked}}) RETURNING put";
    tx.all(sql, vals![now.as_millis(), told_until.as_millis(), limit]).await
}

/// It has been told; what was noted meanwhile stays.
pub(crate) async fn forget_puts(tx: &Tx, puts: &[KeyedPut]) -> Result<(), Error> {
    let sql = "DELETE FROM stock_puts WHERE item_id = $1 AND put = $2";
    tx.exec_many(sql, &rows(puts)?).await.map(|_| ())
}

/// Whoever took these is not telling them any more: anybody may.
pub(crate) async fn leave_puts(tx: &Tx, puts: &[KeyedPut]) -> Result<(), Error> {
    let sql = "UPDATE stock_puts SET told_until = 0 WHERE item_id = $1";
    let ids: Vec<_> = puts.iter().map(|keyed| vals![keyed.put.id.as_str()].to_vec()).collect();
    tx.exec_many(sql, &ids).await.map(|_| ())
}

fn rows(puts: &[KeyedPut]) -> Result<Vec<Vec<Val>>, Error> {
    let row = |keyed: &KeyedPut| Ok(vals![keyed.put.id.as_str(), to_json(keyed)?].to_vec());
    puts.iter().map(row).collect()
}

impl FromRow for LevelRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            item_id: parsed(row, 0)?,
            tracked: row.get(1)?,
            sell_when_out: row.get(2)?,
            available: row.get(3)?,
        })
    }
}

impl FromRow for Put {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(json(row, 0)?))
    }
}
