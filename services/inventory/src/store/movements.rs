//! The ledger: rows are added, never changed.

use emart_inventory_api::{Movement, MovementId, MovementKind, StockItemId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::damaged;
use crate::domain::item::Item;

/// A movement that is being made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moved {
    pub(crate) kind: MovementKind,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
}

/// Writes movements of items, which are given as they are afterwards.
pub(crate) async fn insert(
    tx: &Tx,
    moved: &[(&Item, Moved)],
    reference: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO movements \
               (item_id, version, id, kind, on_hand_delta, reserved_delta, reference, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let rows: Vec<_> = moved
        .iter()
        .map(|(item, moved)| {
            vals![
                item.id.as_str(),
                item.version,
                MovementId::new().as_str(),
                word(moved.kind),
                moved.on_hand,
                moved.reserved,
                reference,
                now.as_millis(),
            ]
            .to_vec()
        })
        .collect();
    tx.exec_many(sql, &rows).await.map(|_| ())
}

/// A movement with its place in the list.
pub(crate) struct Listed {
    pub(crate) version: i64,
    pub(crate) movement: Movement,
}

impl FromRow for Listed {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, item_id, kind): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let movement = Movement {
            id: id.parse().map_err(|_| damaged("the id of a movement"))?,
            item_id: item_id.parse().map_err(|_| damaged("the item of a movement"))?,
            kind: kind_of(&kind).ok_or_else(|| damaged("the kind of a movement"))?,
            on_hand_delta: row.get(4)?,
            reserved_delta: row.get(5)?,
            reference: row.get(6)?,
            at: Timestamp::from_millis(row.get(7)?),
            sku: row.get(8)?,
            title: row.get(9)?,
        };
        Ok(Self { version: row.get(0)?, movement })
    }
}

macro_rules! columns {
    () => {
        "SELECT m.version, m.id, m.item_id, m.kind, m.on_hand_delta, m.reserved_delta, m.reference, m.at, \
         i.sku, i.title FROM movements m LEFT JOIN items i ON i.id = m.item_id "
    };
}

/// The movements of an item, newest first, from before a version; up to one more than the limit.
pub(crate) async fn list(
    tx: &Tx,
    item_id: &StockItemId,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Listed>, Error> {
    let sql = concat!(
        columns!(),
        "WHERE m.item_id = $1 AND m.version < $2 ORDER BY m.version DESC LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    tx.all(sql, vals![item_id.as_str(), before.unwrap_or(i64::MAX), limit]).await
}

/// Which movements of the whole house.
#[derive(Debug, Default)]
pub(crate) struct Which {
    pub(crate) kind: Option<MovementKind>,
    /// Before this one.
    pub(crate) before: Option<(i64, String)>,
    pub(crate) limit: usize,
}

/// The movements of all items, newest first; up to one more than the limit.
pub(crate) async fn latest(tx: &Tx, which: Which) -> Result<Vec<Listed>, Error> {
    let (at, id) = which.before.unwrap_or((i64::MAX, String::new()));
    let limit = i64::try_from(which.limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut values = vals![at, id, limit].to_vec();
    let mut sql = concat!(columns!(), "WHERE (m.at, m.id) < ($1, $2)").to_owned();
    if let Some(kind) = which.kind {
        values.push(word(kind).into());
        sql += " AND m.kind = $4";
    }
    sql += " ORDER BY m.at DESC, m.id DESC LIMIT $3";
    tx.all_dyn(&sql, &values).await
}

const KINDS: [(MovementKind, &str); 6] = [
    (MovementKind::Adjusted, "adjusted"),
    (MovementKind::Reserved, "reserved"),
    (MovementKind::Released, "released"),
    (MovementKind::Sold, "sold"),
    (MovementKind::Returned, "returned"),
    (MovementKind::Received, "received"),
];

fn word(kind: MovementKind) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("adjusted", |(_, word)| *word)
}

fn kind_of(word: &str) -> Option<MovementKind> {
    KINDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
}
