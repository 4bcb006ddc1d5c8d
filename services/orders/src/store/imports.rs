//! Orders that were placed elsewhere, many at once.

use std::collections::HashSet;

use emart_orders_api::MovedOrder;
use emart_store::{Error, Tx, Val, vals};

use super::orders::insert_order;

/// Which of these orders are here.
pub(crate) async fn known_orders(tx: &Tx, ids: &[&str]) -> Result<HashSet<String>, Error> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
    let sql = format!("SELECT id FROM orders WHERE id IN ({})", places.join(", "));
    let values: Vec<Val> = ids.iter().map(|id| Val::from(*id)).collect();
    let rows: Vec<(String,)> = tx.all_dyn(&sql, &values).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Gives them the next order numbers, in their order.
pub(crate) async fn number_orders(tx: &Tx, orders: &mut [MovedOrder]) -> Result<(), Error> {
    let count = i64::try_from(orders.len()).unwrap_or(i64::MAX);
    let sql = "UPDATE counters SET value = value + $1 WHERE name = 'order' RETURNING value";
    let last = tx.one::<(i64,)>(sql, vals![count]).await?.0;
    for (number, moved) in (last - count + 1..).zip(orders) {
        moved.order.number = number;
    }
    Ok(())
}

/// Adds them.
pub(crate) async fn insert_moved_orders(tx: &Tx, orders: &[MovedOrder]) -> Result<(), Error> {
    for MovedOrder { order, checkout_id, customer_id } in orders {
        insert_order(tx, order, checkout_id, customer_id.as_deref()).await?;
    }
    Ok(())
}
