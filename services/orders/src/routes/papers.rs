//! What is printed for staff: invoices and packing slips.

use axum::extract::State;
use axum::response::Response;
use emart_http::{Caller, Path, Permission, Problem, Query};
use emart_orders_api::OrderId;
use serde::Deserialize;

use crate::error::Error;
use crate::routes::filter::bad_query;
use crate::routes::orders::pdf;
use crate::{Orders, receipt, store};

/// Slips in one PDF.
const MOST_SLIPS: usize = 100;

/// An order's invoice as a PDF. For staff.
#[utoipa::path(get, path = "/api/v1/orders/{id}/invoice.pdf", operation_id = "get_invoice", tag = "orders",
    params(("id" = OrderId, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
pub(crate) async fn get_invoice(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersRead)?;
    let read = orders.db.read(|tx| async move { store::order(&tx, &id).await });
    let order = read.await?.ok_or(Error::NotFound)?.order;
    let config = orders.config.clone();
    let name = format!("invoice-{}.pdf", order.number);
    pdf(&name, move || receipt::invoice::draw(&order, &config)).await
}

/// Which orders.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SlipsQuery {
    /// Ids of orders with commas between them: 1 to 100.
    #[param(max_length = 4000)]
    ids: String,
}

/// The packing slips of some orders as one PDF, in the order in which they are named. For staff.
#[utoipa::path(get, path = "/api/v1/orders/packing-slips.pdf", operation_id = "get_packing_slips", tag = "orders",
    params(SlipsQuery),
    responses((status = 200, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
pub(crate) async fn get_packing_slips(
    State(orders): State<Orders>,
    caller: Caller,
    Query(query): Query<SlipsQuery>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersRead)?;
    let ids = query.ids.split(',').filter(|id| !id.is_empty()).map(str::parse::<OrderId>);
    let ids: Vec<OrderId> =
        ids.collect::<Result<_, _>>().map_err(|_| bad_query("ids: must be ids of orders"))?;
    if !(1..=MOST_SLIPS).contains(&ids.len()) {
        return Err(bad_query("ids: must be 1 to 100").into());
    }
    let read = orders.db.read(|tx| async move {
        let mut found = Vec::with_capacity(ids.len());
        for id in &ids {
            found.push(store::order(&tx, id).await?.ok_or(Error::NotFound)?.order);
        }
        Ok::<_, Error>(found)
    });
    let found = read.await?;
    let config = orders.config.clone();
    pdf("packing-slips.pdf", move || receipt::slip::draw(&found, &config)).await
}
