//! Stock items. Whatever takes pieces away does so in one conditional statement: no two can take the same piece.

use emart_inventory_api::{StockItemId, WhenOut};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use super::damaged;
use crate::domain::item::Item;

/// Ids in one `IN (…)`: both engines take many more.
const CHUNK: usize = 1000;

macro_rules! columns {
    () => {
        "id, sku, tracked, when_out, on_hand, reserved, count_key, version, updated_at, title, low_at, low_own"
    };
}

/// What an item is read from.
pub(super) const COLUMNS: &str = columns!();

impl FromRow for Item {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, when_out): (String, String) = (row.get(0)?, row.get(3)?);
        Ok(Self {
            id: id.parse().map_err(|_| damaged("the id of an item"))?,
            sku: row.get(1)?,
            tracked: row.get(2)?,
            when_out: match &*when_out {
                "deny" => WhenOut::Deny,
                "continue" => WhenOut::Continue,
                _ => return Err(damaged("the policy of an item")),
            },
            on_hand: row.get(4)?,
            reserved: row.get(5)?,
            count_key: row.get(6)?,
            version: row.get(7)?,
            updated_at: Timestamp::from_millis(row.get(8)?),
            title: row.get(9)?,
            low_at: row.get(10)?,
            low_own: row.get(11)?,
        })
    }
}

const fn policy(when_out: WhenOut) -> &'static str {
    match when_out {
        WhenOut::Deny => "deny",
        WhenOut::Continue => "continue",
    }
}

/// An item.
pub(crate) async fn item(tx: &Tx, id: &StockItemId) -> Result<Option<Item>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM items WHERE id = $1");
    tx.opt(sql, vals![id.as_str()]).await
}

/// An item that nobody else changes until the transaction ends.
pub(crate) async fn lock(tx: &Tx, id: &StockItemId) -> Result<Option<Item>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM items WHERE id = $1 {{for_update}}");
    tx.opt(sql, vals![id.as_str()]).await
}

/// Those of the items that there are, by id.
pub(crate) async fn items(tx: &Tx, ids: &[&StockItemId]) -> Result<Vec<Item>, Error> {
    in_chunks(tx, ids, "").await
}

/// The same, and nobody else changes them until the transaction ends. `ids` are sorted.
pub(crate) async fn lock_all(tx: &Tx, ids: &[&StockItemId]) -> Result<Vec<Item>, Error> {
    in_chunks(tx, ids, "{{for_update}}").await
}

async fn in_chunks(tx: &Tx, ids: &[&StockItemId], lock: &str) -> Result<Vec<Item>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let places: Vec<_> = (1..=ids.len()).map(|at| format!("${at}")).collect();
        let places = places.join(", ");
        let sql = format!("SELECT {COLUMNS} FROM items WHERE id IN ({places}) ORDER BY id {lock}");
        let values: Vec<Val> = ids.iter().map(|id| id.as_str().into()).collect();
        found.extend(tx.all_dyn::<Item>(&sql, &values).await?);
    }
    Ok(found)
}

/// Adds items that were not there.
pub(crate) async fn insert(tx: &Tx, items: &[Item]) -> Result<(), Error> {
    let sql = "INSERT INTO items (id, sku, tracked, when_out, on_hand, reserved, count_key, version, \
               updated_at, title, low_at, low_own, sku_key, title_key) \
               VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13)";
    tx.exec_many(sql, &items.iter().map(row).collect::<Vec<_>>()).await.map(|_| ())
}

/// Writes items that were read with [`lock_all`] or [`lock`].
pub(crate) async fn update(tx: &Tx, items: &[Item]) -> Result<(), Error> {
    let sql = "UPDATE items SET sku = $2, tracked = $3, when_out = $4, on_hand = $5, count_key = $6, \
               version = $7, updated_at = $8, title = $9, low_at = $10, low_own = $11, sku_key = $12, \
               title_key = $13 WHERE id = $1 AND version = $7 - 1";
    let changed = tx.exec_many(sql, &items.iter().map(row).collect::<Vec<_>>()).await?;
    if usize::try_from(changed).ok() == Some(items.len()) {
        return Ok(());
    }
    Err(Error::Serialization("an item changed while it was locked".to_owned()))
}

fn row(item: &Item) -> Vec<Val> {
    vec![
        item.id.as_str().into(),
        item.sku.clone().into(),
        item.tracked.into(),
        policy(item.when_out).into(),
        item.on_hand.into(),
        item.count_key.clone().into(),
        item.version.into(),
        item.updated_at.as_millis().into(),
        item.title.clone().into(),
        item.low_at.into(),
        item.low_own.into(),
        item.sku.as_deref().map(key).into(),
        item.title.as_deref().map(key).into(),
    ]
}

/// What a text is found by.
pub(crate) fn key(text: &str) -> String {
    text.to_lowercase()
}

/// Ids of items with these SKUs; one SKU may be of several.
pub(crate) async fn with_skus(tx: &Tx, skus: &[&str]) -> Result<Vec<StockItemId>, Error> {
    let mut found = Vec::with_capacity(skus.len());
    for skus in skus.chunks(CHUNK) {
        let places: Vec<_> = (1..=skus.len()).map(|at| format!("${at}")).collect();
        let sql = format!("SELECT id FROM items WHERE sku IN ({})", places.join(", "));
        let values: Vec<Val> = skus.iter().map(|sku| (*sku).into()).collect();
        for id in tx.all_dyn::<String>(&sql, &values).await? {
            found.push(id.parse().map_err(|_| damaged("the id of an item"))?);
        }
    }
    Ok(found)
}

/// Claims pieces of a tracked item if they can be had.
pub(crate) async fn reserve(
    tx: &Tx,
    id: &StockItemId,
    pieces: u32,
    now: Timestamp,
) -> Result<Option<Item>, Error> {
    let sql = concat!(
        "UPDATE items SET reserved = reserved + $2, version = version + 1, updated_at = $3 \
         WHERE id = $1 AND tracked AND (when_out = 'continue' OR on_hand - reserved >= $2) RETURNING ",
        columns!()
    );
    tx.opt(sql, vals![id.as_str(), pieces, now.as_millis()]).await
}

/// Gives claimed pieces back.
pub(crate) async fn release(
    tx: &Tx,
    id: &StockItemId,
    pieces: u32,
    now: Timestamp,
) -> Result<Item, Error> {
    let sql = concat!(
        "UPDATE items SET reserved = reserved - $2, version = version + 1, updated_at = $3 \
         WHERE id = $1 RETURNING ",
        columns!()
    );
    tx.one(sql, vals![id.as_str(), pieces, now.as_millis()]).await
}

/// Takes claimed pieces out of the house. What can be bought stays as it is.
pub(crate) async fn sell(
    tx: &Tx,
    id: &StockItemId,
    pieces: u32,
    now: Timestamp,
) -> Result<Item, Error> {
    let sql = concat!(
        "UPDATE items SET on_hand = on_hand - $2, reserved = reserved - $2, version = version + 1, \
         updated_at = $3 WHERE id = $1 RETURNING ",
        columns!()
    );
    tx.one(sql, vals![id.as_str(), pieces, now.as_millis()]).await
}
