//! What orders are found by: their status as a number, and their terms. Orders of a version that knew neither are
//! indexed by a job, a few at a time.

use emart_orders_api::{FulfilmentState, MoneyState, Order, OrderState};
use emart_store::{Error, Tx, vals};

use crate::domain::days::Days;
use crate::domain::search;
use crate::store::days;
use crate::store::orders::read;

const STATES: [OrderState; 3] = [OrderState::Placed, OrderState::Confirmed, OrderState::Cancelled];
const MONEY: [MoneyState; 4] =
    [MoneyState::Pending, MoneyState::Paid, MoneyState::PartiallyRefunded, MoneyState::Refunded];
const FULFILMENT: [FulfilmentState; 3] =
    [FulfilmentState::Unfulfilled, FulfilmentState::Partial, FulfilmentState::Fulfilled];

/// The word of a state in its column.
pub(super) const fn state_word(state: OrderState) -> &'static str {
    match state {
        OrderState::Placed => "placed",
        OrderState::Confirmed => "confirmed",
        OrderState::Cancelled => "cancelled",
    }
}

/// Where an order stands, as one number.
pub(super) const fn status(order: &Order) -> i64 {
    code(order.state, order.payment_state, order.fulfilment_state)
}

/// The numbers are kept: they never change.
const fn code(state: OrderState, money: MoneyState, fulfilment: FulfilmentState) -> i64 {
    let state = match state {
        OrderState::Placed => 0,
        OrderState::Confirmed => 1,
        OrderState::Cancelled => 2,
    };
    let money = match money {
        MoneyState::Pending => 0,
        MoneyState::Paid => 1,
        MoneyState::PartiallyRefunded => 2,
        MoneyState::Refunded => 3,
    };
    let fulfilment = match fulfilment {
        FulfilmentState::Unfulfilled => 0,
        FulfilmentState::Partial => 1,
        FulfilmentState::Fulfilled => 2,
    };
    100 * state + 10 * money + fulfilment
}

/// All numbers that mean what is wanted.
pub(crate) fn statuses(
    state: Option<OrderState>,
    money: Option<MoneyState>,
    fulfilment: Option<FulfilmentState>,
) -> Vec<i64> {
    let mut codes = Vec::new();
    for known_state in STATES.into_iter().filter(|s| state.is_none_or(|wanted| wanted == *s)) {
        for known_money in MONEY.into_iter().filter(|m| money.is_none_or(|wanted| wanted == *m)) {
            for known in FULFILMENT.into_iter().filter(|f| fulfilment.is_none_or(|w| w == *f)) {
                codes.push(code(known_state, known_money, known));
            }
        }
    }
    codes
}

/// Adds an order's terms.
pub(super) async fn insert_terms(tx: &Tx, order: &Order, tags: &[String]) -> Result<(), Error> {
    let sql = "INSERT INTO order_terms (term, number) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let terms = search::terms(order, tags);
    let rows: Vec<_> = terms.iter().map(|term| vals![term, order.number].to_vec()).collect();
    tx.exec_many(sql, &rows).await.map(|_| ())
}

/// Brings an order's terms up to date.
pub(crate) async fn update_terms(tx: &Tx, order: &Order, tags: &[String]) -> Result<(), Error> {
    let sql = "DELETE FROM order_terms WHERE number = $1";
    tx.exec(sql, vals![order.number]).await?;
    insert_terms(tx, order, tags).await
}

/// Indexes some orders that never were; returns how many.
pub(crate) async fn index_some(tx: &Tx, zone: &Days, limit: i64) -> Result<usize, Error> {
    let sql = "SELECT id, body, tags FROM orders WHERE NOT is_indexed ORDER BY number LIMIT $1 {{skip_locked}}";
    let found: Vec<(String, String, String)> = tx.all(sql, vals![limit]).await?;
    for (id, body, tags) in &found {
        let order = read(body)?;
        let tags: Vec<String> = serde_json::from_str(tags)
            .map_err(|_| Error::Database("the tags of an order cannot be read".to_owned()))?;
        let sql =
            "UPDATE orders SET status = $2, total_minor = $3, is_indexed = TRUE WHERE id = $1";
        tx.exec(sql, vals![id, status(&order), order.total.amount_minor]).await?;
        insert_terms(tx, &order, &tags).await?;
        days::add_order(tx, &order, &zone.of(order.placed_at).to_string()).await?;
    }
    Ok(found.len())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_status_is_a_number_of_its_own() {
        let all = statuses(None, None, None);
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 36);
        assert_eq!(
            statuses(Some(OrderState::Confirmed), Some(MoneyState::Paid), None),
            [110, 111, 112]
        );
    }
}
