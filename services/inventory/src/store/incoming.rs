//! Deliveries that are expected.

use std::collections::HashMap;

use emart_inventory_api::{Incoming, IncomingState, StockItemId};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use super::damaged;

const STATES: [(IncomingState, &str); 3] = [
    (IncomingState::Open, "open"),
    (IncomingState::Received, "received"),
    (IncomingState::Cancelled, "cancelled"),
];

macro_rules! columns {
    () => {
        "SELECT d.id, d.item_id, i.sku, i.title, d.quantity, d.expected_on, d.reference, d.state, d.received, \
         d.created_at, d.closed_at FROM incoming d JOIN items i ON i.id = d.item_id "
    };
}

/// A delivery as it is read.
struct Kept(Incoming);

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, item_id, state): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(7)?);
        let state = STATES.iter().find(|(_, word)| *word == state).map(|(state, _)| *state);
        let closed_at: Option<i64> = row.get(10)?;
        Ok(Self(Incoming {
            id: id.parse().map_err(|_| damaged("the id of a delivery"))?,
            item_id: item_id.parse().map_err(|_| damaged("the item of a delivery"))?,
            sku: row.get(2)?,
            title: row.get(3)?,
            quantity: row.get(4)?,
            expected_on: row.get(5)?,
            reference: row.get(6)?,
            state: state.ok_or_else(|| damaged("the state of a delivery"))?,
            received: row.get(8)?,
            created_at: Timestamp::from_millis(row.get(9)?),
            closed_at: closed_at.map(Timestamp::from_millis),
        }))
    }
}

fn word(state: IncomingState) -> &'static str {
    STATES.iter().find(|(known, _)| *known == state).map_or("open", |(_, word)| *word)
}

/// A delivery.
pub(crate) async fn incoming(tx: &Tx, id: &str) -> Result<Option<Incoming>, Error> {
    let kept: Option<Kept> = tx.opt(concat!(columns!(), "WHERE d.id = $1"), vals![id]).await?;
    Ok(kept.map(|Kept(incoming)| incoming))
}

/// Adds one.
pub(crate) async fn insert(tx: &Tx, new: &Incoming) -> Result<(), Error> {
    let sql = "INSERT INTO incoming (id, item_id, quantity, expected_on, reference, state, created_at) \
               VALUES ($1, $2, $3, $4, $5, 'open', $6)";
    let values = vals![
        new.id.as_str(),
        new.item_id.as_str(),
        new.quantity,
        new.expected_on.as_str(),
        new.reference.as_str(),
        new.created_at.as_millis(),
    ];
    tx.exec(sql, values).await.map(|_| ())
}

/// Ends one that is open; `false` when it is not.
pub(crate) async fn close(
    tx: &Tx,
    id: &str,
    (state, received): (IncomingState, i64),
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE incoming SET state = $2, received = $3, closed_at = $4 \
               WHERE id = $1 AND state = 'open'";
    let values = vals![id, word(state), received, now.as_millis()];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Deliveries in a state after a place, the earliest day first; up to one more than the limit.
pub(crate) async fn list(
    tx: &Tx,
    state: IncomingState,
    after: Option<(String, String)>,
    limit: usize,
) -> Result<Vec<Incoming>, Error> {
    let sql = concat!(
        columns!(),
        "WHERE d.state = $1 AND (d.expected_on, d.id) > ($2, $3) ORDER BY d.expected_on, d.id LIMIT $4"
    );
    let (day, id) = after.unwrap_or_default();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let kept: Vec<Kept> = tx.all(sql, vals![word(state), day, id, limit]).await?;
    Ok(kept.into_iter().map(|Kept(incoming)| incoming).collect())
}

/// How many are expected, up to 1,000.
pub(crate) async fn count(tx: &Tx) -> Result<i64, Error> {
    let sql =
        "SELECT count(*) FROM (SELECT id FROM incoming WHERE state = 'open' LIMIT 1000) AS found";
    tx.one(sql, &[]).await
}

/// Pieces on their way, by item; a page of items at most.
pub(crate) async fn expected(
    tx: &Tx,
    ids: &[&StockItemId],
) -> Result<HashMap<StockItemId, i64>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<_> = (1..=ids.len()).map(|at| format!("${at}")).collect();
    let sql = format!(
        "SELECT item_id, CAST(sum(quantity) AS BIGINT) FROM incoming \
         WHERE state = 'open' AND item_id IN ({}) GROUP BY item_id",
        places.join(", ")
    );
    let values: Vec<Val> = ids.iter().map(|id| id.as_str().into()).collect();
    let rows: Vec<(String, i64)> = tx.all_dyn(&sql, &values).await?;
    let pair = |(id, pieces): (String, i64)| {
        Ok((id.parse().map_err(|_| damaged("the item of a delivery"))?, pieces))
    };
    rows.into_iter().map(pair).collect()
}
