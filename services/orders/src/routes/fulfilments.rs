//! Parcels of an order.

use axum::extract::State;
use axum::response::Response;
use emart_http::{Caller, IdempotencyKey, Json, Path, Permission, Problem};
use emart_orders_api::{FulfilmentId, NewFulfilment, OrderDetails, OrderId, Tracking};

use crate::domain::fulfilment;
use crate::error::Error;
use crate::routes::key;
use crate::routes::staff::answer;
use crate::staff::{Change, Guard};
use crate::{Orders, store};

/// Sends a parcel: all that was not sent yet, or the lines that are named.
#[utoipa::path(post, path = "/api/v1/orders/{id}/fulfilments", operation_id = "create_fulfilment", tag = "orders",
    params(("id" = OrderId, Path), ("Idempotency-Key" = String, Header, description = "A key of your own making, the same when you retry")),
    request_body = NewFulfilment,
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
pub(crate) async fn create_fulfilment(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    given: IdempotencyKey,
    Json(new): Json<NewFulfilment>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let key = key(&caller, given, &("fulfil", &id, &new));
    let edit = move |kept: &mut store::Kept, now| {
        let notify = new.notify;
        let parcel = fulfilment::send(&mut kept.order, new, now)?;
        Ok(Change { reindex: true, shipped: Some((parcel, notify)), ..Change::default() })
    };
    Ok(answer(Box::pin(orders.change(&id, Guard::Once(key), "order.fulfilled", edit)).await?))
}

/// Corrects how a parcel is followed.
#[utoipa::path(put, path = "/api/v1/orders/{id}/fulfilments/{fulfilment_id}/tracking", operation_id = "put_tracking", tag = "orders",
    params(("id" = OrderId, Path), ("fulfilment_id" = FulfilmentId, Path)),
    request_body = Tracking,
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
pub(crate) async fn put_tracking(
    State(orders): State<Orders>,
    caller: Caller,
    Path((id, parcel)): Path<(OrderId, FulfilmentId)>,
    Json(tracking): Json<Tracking>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let edit = move |kept: &mut store::Kept, _| {
        fulfilment::track(&mut kept.order, &parcel, tracking)?;
        Ok(Change { reindex: true, ..Change::default() })
    };
    Ok(answer(Box::pin(orders.change(&id, Guard::Free, "order.tracking_changed", edit)).await?))
}

/// Notes that a parcel has arrived.
#[utoipa::path(post, path = "/api/v1/orders/{id}/fulfilments/{fulfilment_id}/delivered", operation_id = "deliver_fulfilment", tag = "orders",
    params(("id" = OrderId, Path), ("fulfilment_id" = FulfilmentId, Path)),
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
pub(crate) async fn deliver_fulfilment(
    State(orders): State<Orders>,
    caller: Caller,
    Path((id, parcel)): Path<(OrderId, FulfilmentId)>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let edit = move |kept: &mut store::Kept, now| {
        fulfilment::deliver(&mut kept.order, &parcel, now)?;
        Ok(Change::default())
    };
    Ok(answer(Box::pin(orders.change(&id, Guard::Free, "order.delivered", edit)).await?))
}

/// Calls a parcel off that never left: its pieces are to be sent again.
#[utoipa::path(post, path = "/api/v1/orders/{id}/fulfilments/{fulfilment_id}/cancel", operation_id = "cancel_fulfilment", tag = "orders",
    params(("id" = OrderId, Path), ("fulfilment_id" = FulfilmentId, Path)),
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
pub(crate) async fn cancel_fulfilment(
    State(orders): State<Orders>,
    caller: Caller,
    Path((id, parcel)): Path<(OrderId, FulfilmentId)>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let edit = move |kept: &mut store::Kept, now| {
        fulfilment::call_off(&mut kept.order, &parcel, now)?;
        Ok(Change::default())
    };
    Ok(answer(Box::pin(orders.change(&id, Guard::Free, "order.fulfilment_cancelled", edit)).await?))
}
