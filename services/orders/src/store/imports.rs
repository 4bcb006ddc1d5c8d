//! Orders that were placed elsewhere, many at once.

use std::collections::HashSet;

use emart_orders_api::MovedOrder;
use emart_store::{Error, Tx, Val, vals};

use super::{index, json};

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

/// Adds them. Their terms and days follow by the job that indexes orders: a thousand orders have thirty thousand terms.
pub(crate) async fn insert_moved_orders(tx: &Tx, orders: &[MovedOrder]) -> Result<(), Error> {
    let sql = "INSERT INTO orders (id, number, checkout_id, customer_id, email, state, item_count, body, \
               placed_at, status, total_minor, is_indexed) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, FALSE)";
    let row = |MovedOrder { order, checkout_id, customer_id }: &MovedOrder| {
        let pieces: u32 = order.lines.iter().map(|line| line.quantity).sum();
        let values = vals![
            order.id.as_str(),
            order.number,
            checkout_id.as_str(),
            customer_id.clone(),
            order.email.to_lowercase(),
            index::state_word(order.state),
            i64::from(pieces),
            json(order)?,
            order.placed_at.as_millis(),
            index::status(order),
            order.total.amount_minor,
        ];
        Ok::<_, Error>(values.to_vec())
    };
    let rows = orders.iter().map(row).collect::<Result<Vec<_>, Error>>()?;
    tx.exec_many(sql, &rows).await.map(|_| ())
}
