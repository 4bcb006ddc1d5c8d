//! Payments that failed, for those who look after the orders.

use std::time::Duration;

use axum::extract::State;
use emart_http::{Caller, Json, Page, PageQuery, Permission, Problem, Query};
use emart_orders_api::FailedPayment;
use emart_types::Timestamp;

use crate::error::Error;
use crate::store::sagas::Place;
use crate::{Orders, store};

/// How far back failed payments are told of: somebody may still want to buy.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// When the failed payments that are told of begin.
pub(super) fn since(orders: &Orders) -> Timestamp {
    orders.clock.now().minus(WEEK)
}

/// Payments that failed in the last 7 days, the latest first: who wanted what, why it failed, and the order that came of it
/// after all, if one did. For staff.
#[utoipa::path(get, path = "/api/v1/orders/failed-payments", operation_id = "list_failed_payments", tag = "orders",
    params(PageQuery),
    responses((status = 200, body = Page<FailedPayment>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_failed_payments(
    State(orders): State<Orders>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FailedPayment>>, Error> {
    caller.require(Permission::OrdersRead)?;
    let (limit, before) = (page.limit()?, page.after::<Place>()?);
    let since = since(&orders);
    let read = orders
        .db
        .read(|tx| async move { store::failed::list(&tx, since, before.as_ref(), limit).await });
    let place =
        |failed: &FailedPayment| (failed.failed_at.as_millis(), failed.checkout_id.to_string());
    Ok(Json(Page::from_rows(read.await?, limit, place)))
}
