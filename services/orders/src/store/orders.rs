//! Orders, and the counter that numbers them.

use emart_orders_api::{CheckoutId, Order, OrderId, OwnedOrder};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};

use crate::domain::days::Days;
use crate::domain::order::settle_states;
use crate::store::{days, index, json};

/// An order with what only staff see.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) order: Order,
    pub(crate) customer_id: Option<String>,
    pub(crate) checkout_id: CheckoutId,
    pub(crate) tags: Vec<String>,
    pub(crate) version: i64,
}

macro_rules! columns {
    () => {
        "body, customer_id, checkout_id, tags, version"
    };
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (body, checkout, tags): (String, String, String) =
            (row.get(0)?, row.get(2)?, row.get(3)?);
        Ok(Self {
            order: read(&body)?,
            customer_id: row.get(1)?,
            checkout_id: checkout.parse().map_err(|_| damaged())?,
            tags: serde_json::from_str(&tags).map_err(|_| damaged())?,
            version: row.get(4)?,
        })
    }
}

/// An order from its body. What can be worked out is: older versions did not keep it.
pub(super) fn read(body: &str) -> Result<Order, Error> {
    let mut order = serde_json::from_str(body).map_err(|_| damaged())?;
    settle_states(&mut order);
    Ok(order)
}

fn damaged() -> Error {
    Error::Database("an order cannot be read".to_owned())
}

/// The next order number. Numbers have no gaps: one that is not committed is given again.
pub(crate) async fn next_number(tx: &Tx) -> Result<i64, Error> {
    let sql = "UPDATE counters SET value = value + 1 WHERE name = 'order' RETURNING value";
    Ok(tx.one::<(i64,)>(sql, vals![]).await?.0)
}

/// Adds an order, its terms, and what it means to its day.
pub(crate) async fn insert_order(
    tx: &Tx,
    order: &Order,
    checkout_id: &CheckoutId,
    customer_id: Option<&str>,
    days: &Days,
) -> Result<(), Error> {
    let sql = "INSERT INTO orders (id, number, checkout_id, customer_id, email, state, item_count, body, \
               placed_at, status, total_minor, is_indexed) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, TRUE)";
    let pieces: u32 = order.lines.iter().map(|line| line.quantity).sum();
    let values = vals![
        order.id.as_str(),
        order.number,
        checkout_id.as_str(),
        customer_id.map(ToOwned::to_owned),
        order.email.to_lowercase(),
        index::state_word(order.state),
        i64::from(pieces),
        json(order)?,
        order.placed_at.as_millis(),
        index::status(order),
        order.total.amount_minor,
    ];
    tx.exec(sql, values).await?;
    index::insert_terms(tx, order, &[]).await?;
    days::add_order(tx, order, &days.of(order.placed_at).to_string()).await
}

/// Writes an order that was read with [`order_to_change`]; returns its new version.
pub(crate) async fn update_order(tx: &Tx, kept: &mut Kept) -> Result<(), Error> {
    settle_states(&mut kept.order);
    let sql = "UPDATE orders SET state = $3, status = $4, email = $5, body = $6, tags = $7, \
               version = version + 1 WHERE id = $1 AND version = $2";
    let order = &kept.order;
    let values = vals![
        order.id.as_str(),
        kept.version,
        index::state_word(order.state),
        index::status(order),
        order.email.to_lowercase(),
        json(order)?,
        json(&kept.tags)?,
    ];
    if tx.exec(sql, values).await? == 0 {
        return Err(Error::Serialization("the order changed while it was locked".to_owned()));
    }
    kept.version += 1;
    Ok(())
}

/// Gives the orders that were placed with this address, by nobody who was signed in, to a customer; returns how many.
pub(crate) async fn give_guest_orders(
    tx: &Tx,
    email: &str,
    customer_id: &str,
) -> Result<u64, Error> {
    let sql = "UPDATE orders SET customer_id = $2 WHERE email = $1 AND customer_id IS NULL";
    tx.exec(sql, vals![email.to_lowercase(), customer_id]).await
}

/// An order.
pub(crate) async fn order(tx: &Tx, id: &OrderId) -> Result<Option<Kept>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM orders WHERE id = $1");
    tx.opt(sql, vals![id.as_str()]).await
}

/// An order that nobody else changes until the transaction ends.
pub(crate) async fn order_to_change(tx: &Tx, id: &OrderId) -> Result<Option<Kept>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM orders WHERE id = $1 {{for_update}}");
    tx.opt(sql, vals![id.as_str()]).await
}

/// Whole orders, newest first.
pub(crate) async fn whole_orders(
    tx: &Tx,
    customer_id: Option<String>,
    before: Option<OrderId>,
    limit: u32,
) -> Result<Vec<OwnedOrder>, Error> {
    let conditions = [
        ("customer_id =", customer_id.map(Val::from)),
        ("id <", before.map(|id| Val::from(id.as_str()))),
    ];
    let mut sql = "SELECT body, customer_id FROM orders".to_owned();
    let mut values = Vec::new();
    for (condition, value) in conditions {
        let Some(value) = value else { continue };
        let word = if values.is_empty() { "WHERE" } else { "AND" };
        values.push(value);
        sql.push_str(&format!(" {word} {condition} ${}", values.len()));
    }
    values.push(Val::from(i64::from(limit)));
    sql.push_str(&format!(" ORDER BY id DESC LIMIT ${}", values.len()));
    let rows: Vec<(String, Option<String>)> = tx.all_dyn(&sql, &values).await?;
    let owned = |(body, customer_id): (String, Option<String>)| {
        Ok(OwnedOrder { order: read(&body)?, customer_id })
    };
    rows.into_iter().map(owned).collect()
}

/// How many orders there are. Their numbers have no gaps, but they may begin anywhere.
pub(crate) async fn count_orders(tx: &Tx) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>("SELECT COUNT(*) FROM orders", vals![]).await?.0)
}
