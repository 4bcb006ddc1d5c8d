//! Orders that were placed elsewhere. Internal.

use std::collections::HashSet;

use axum::extract::State;
use emart_http::{Caller, Json, Problem};
use emart_orders_api::{MovedOrder, OrderImport, OrderOutcome};
use emart_types::Invalid;

use crate::error::Error;
use crate::{Orders, store};

/// The most at once.
const MOST: usize = 1000;
/// The most lines of an order.
const MOST_LINES: usize = 1000;

/// Takes orders in, in one transaction: nobody is told of them. What is here already stays as it is.
pub(crate) async fn import_orders(
    State(orders): State<Orders>,
    caller: Caller,
    Json(import): Json<OrderImport>,
) -> Result<Json<Vec<OrderOutcome>>, Error> {
    if !caller.is_admin() {
        return Err(Problem::forbidden().into());
    }
    if import.orders.len() > MOST {
        return Err(Invalid::field("/orders", format!("must be at most {MOST}")).into());
    }
    let OrderImport { orders: moved, dry_run } = import;
    let take_in = move |tx| async move {
        let ids: Vec<&str> = moved.iter().map(|moved| moved.order.id.as_str()).collect();
        let mut known = store::known_orders(&tx, &ids).await?;
        let outcomes: Vec<_> = moved.iter().map(|moved| outcome(moved, &mut known)).collect();
        let is_new = |(_, outcome): &(_, &OrderOutcome)| **outcome == OrderOutcome::Created;
        let mut new: Vec<MovedOrder> =
            moved.into_iter().zip(&outcomes).filter(is_new).map(|(moved, _)| moved).collect();
        if !dry_run && !new.is_empty() {
            store::number_orders(&tx, &mut new).await?;
            store::insert_moved_orders(&tx, &new).await?;
        }
        Ok::<_, emart_store::Error>(outcomes)
    };
    let outcomes = orders.db.write(take_in).await?;
    orders.to_index.notify_one();
    Ok(Json(outcomes))
}

fn outcome(moved: &MovedOrder, known: &mut HashSet<String>) -> OrderOutcome {
    let order = &moved.order;
    if !known.insert(order.id.to_string()) {
        return OrderOutcome::Unchanged;
    }
    let refused = |reason: &str| OrderOutcome::Refused { reason: reason.to_owned() };
    let currency = order.total.currency;
    if order.lines.is_empty() || order.lines.len() > MOST_LINES {
        return refused("an order has 1 to 1,000 lines");
    }
    if order.lines.iter().any(|line| line.quantity == 0 || line.total.currency != currency) {
        return refused("a line has no pieces, or is in another currency");
    }
    if order.total.amount_minor < 0 {
        return refused("the total is below 0");
    }
    OrderOutcome::Created
}
