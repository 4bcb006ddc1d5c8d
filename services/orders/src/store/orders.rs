//! Orders, and the counter that numbers them.

use emart_orders_api::{CheckoutId, Order, OrderId, OrderState, OrderSummary, OwnedOrder};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use crate::store::json;

/// The next order number. Numbers have no gaps: one that is not committed is given again.
pub(crate) async fn next_number(tx: &Tx) -> Result<i64, Error> {
    let sql = "UPDATE counters SET value = value + 1 WHERE name = 'order' RETURNING value";
    Ok(tx.one::<(i64,)>(sql, vals![]).await?.0)
}

/// Adds an order.
pub(crate) async fn insert_order(
    tx: &Tx,
    order: &Order,
    checkout_id: &CheckoutId,
    customer_id: Option<&str>,
) -> Result<(), Error> {
    let sql = "INSERT INTO orders (id, number, checkout_id, customer_id, email, state, item_count, body, \
               placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let pieces: u32 = order.lines.iter().map(|line| line.quantity).sum();
    let values = vals![
        order.id.as_str(),
        order.number,
        checkout_id.as_str(),
        customer_id.map(ToOwned::to_owned),
        order.email.to_lowercase(),
        state(order.state),
        i64::from(pieces),
        json(order)?,
        order.placed_at.as_millis(),
    ];
    tx.exec(sql, values).await.map(|_| ())
}

/// Writes an order's new state.
pub(crate) async fn update_order(tx: &Tx, order: &Order) -> Result<(), Error> {
    let sql = "UPDATE orders SET state = $2, body = $3 WHERE id = $1";
    let values = vals![order.id.as_str(), state(order.state), json(order)?];
    tx.exec(sql, values).await.map(|_| ())
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

/// An order and whose it is.
pub(crate) async fn order(tx: &Tx, id: &OrderId) -> Result<Option<(Order, Option<String>)>, Error> {
    let sql = "SELECT body, customer_id FROM orders WHERE id = $1";
    let Some((body, customer_id)) =
        tx.opt::<(String, Option<String>)>(sql, vals![id.as_str()]).await?
    else {
        return Ok(None);
    };
    let order = serde_json::from_str(&body)
        .map_err(|_| Error::Database(format!("order {id} cannot be read")))?;
    Ok(Some((order, customer_id)))
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
        let order = serde_json::from_str(&body)
            .map_err(|_| Error::Database("an order cannot be read".to_owned()))?;
        Ok(OwnedOrder { order, customer_id })
    };
    rows.into_iter().map(owned).collect()
}

/// How many orders there are. Their numbers have no gaps, but they may begin anywhere.
pub(crate) async fn count_orders(tx: &Tx) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>("SELECT COUNT(*) FROM orders", vals![]).await?.0)
}

/// A row of the list.
struct SummaryRow(OrderSummary);

impl FromRow for SummaryRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let body: String = row.get(0)?;
        let order: Order = serde_json::from_str(&body)
            .map_err(|_| Error::Database("an order cannot be read".to_owned()))?;
        Ok(Self(OrderSummary {
            id: order.id,
            number: order.number,
            state: order.state,
            email: order.email,
            item_count: row.get(1)?,
            total: order.total,
            placed_at: Timestamp::from_millis(row.get(2)?),
        }))
    }
}

/// Which orders to list.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Only this customer's.
    pub(crate) customer_id: Option<String>,
    /// Only those bought with this e-mail address, however it was written.
    pub(crate) email: Option<String>,
    pub(crate) number: Option<i64>,
    pub(crate) state: Option<OrderState>,
    /// Only those placed before this one.
    pub(crate) before: Option<String>,
    pub(crate) limit: usize,
}

/// Orders, newest first.
pub(crate) async fn orders(tx: &Tx, filter: Filter) -> Result<Vec<OrderSummary>, Error> {
    let conditions = [
        ("customer_id =", filter.customer_id.map(Val::from)),
        ("email =", filter.email.map(|email| Val::from(email.to_lowercase()))),
        ("number =", filter.number.map(Val::from)),
        ("state =", filter.state.map(|wanted| Val::from(state(wanted)))),
        ("id <", filter.before.map(Val::from)),
    ];
    let mut sql = "SELECT body, item_count, placed_at FROM orders".to_owned();
    let mut values = Vec::new();
    for (condition, value) in conditions {
        let Some(value) = value else { continue };
        let word = if values.is_empty() { "WHERE" } else { "AND" };
        values.push(value);
        sql.push_str(&format!(" {word} {condition} ${}", values.len()));
    }
    values.push(Val::from(i64::try_from(filter.limit).unwrap_or(i64::MAX)));
    sql.push_str(&format!(" ORDER BY id DESC LIMIT ${}", values.len()));
    let rows: Vec<SummaryRow> = tx.all_dyn(&sql, &values).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

const fn state(state: OrderState) -> &'static str {
    match state {
        OrderState::Placed => "placed",
        OrderState::Confirmed => "confirmed",
        OrderState::Cancelled => "cancelled",
    }
}
