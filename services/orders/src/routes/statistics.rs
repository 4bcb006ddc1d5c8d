//! How the shop is doing. No order is read for it.

use axum::extract::State;
use emart_http::{Caller, Json, Permission, Problem};
use emart_orders_api::{FulfilmentState, MoneyState, OrderState, OrderStatistics, WaitingOrders};

use crate::Orders;
use crate::domain::days::back;
use crate::domain::statistics::Book;
use crate::error::Error;
use crate::routes::failed;
use crate::store::list::MOST_COUNTED;
use crate::store::{self, index};

/// Days of the chart, and of the longest period.
const MONTH: i64 = 30;
const TOP: i64 = 10;

/// How the shop is doing: today, 7 and 30 days against as many before them, day by day, what waits, what sells.
#[utoipa::path(get, path = "/api/v1/orders/statistics", operation_id = "get_order_statistics", tag = "orders",
    responses((status = 200, body = OrderStatistics), (status = "4XX", body = Problem)))]
pub(crate) async fn get_order_statistics(
    State(orders): State<Orders>,
    caller: Caller,
) -> Result<Json<OrderStatistics>, Error> {
    caller.require(Permission::OrdersRead)?;
    let today = orders.days.of(orders.clock.now());
    let currency = orders.config.currency;
    let failed_since = failed::since(&orders);
    let read = orders.db.read(|tx| async move {
        let first = back(today, 2 * MONTH - 1).to_string();
        let days = store::days::days_since(&tx, &first).await?.into_iter().collect();
        let first = back(today, MONTH - 1).to_string();
        let top_products = store::days::top_products(&tx, &first, currency, TOP).await?;
        let most = i64::from(MOST_COUNTED);
        let to_fulfil = store::days::count_with(&tx, &to_fulfil(), most).await?;
        let placed = index::statuses(Some(OrderState::Placed), None, None);
        let to_pay = store::days::count_with(&tx, &placed, most).await?;
        let book = Book { today, days, currency };
        let payments_failed = store::failed::count(&tx, failed_since, most).await?;
        let waiting = WaitingOrders { to_fulfil, to_pay, payments_failed };
        Ok::<_, Error>((book, top_products, waiting))
    });
    let (book, top_products, waiting) = read.await?;
    Ok(Json(OrderStatistics {
        time_zone: orders.days.name().to_owned(),
        today: book.period(1),
        week: book.period(7),
        month: book.period(MONTH),
        days: book.by_day(MONTH),
        waiting,
        top_products,
    }))
}

/// Confirmed orders that have something to be sent, whatever part of their money was given back.
fn to_fulfil() -> Vec<i64> {
    let states = [FulfilmentState::Unfulfilled, FulfilmentState::Partial];
    let money = [MoneyState::Paid, MoneyState::PartiallyRefunded, MoneyState::Refunded];
    let all = states.into_iter().flat_map(|state| money.map(|money| (state, money)));
    all.flat_map(|(state, money)| {
        index::statuses(Some(OrderState::Confirmed), Some(money), Some(state))
    })
    .collect()
}
