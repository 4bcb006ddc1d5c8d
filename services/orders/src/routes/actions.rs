//! What gives money back: previewed, then done once a key.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{Caller, IdempotencyKey, Json, Path, Permission, Problem};
use emart_orders_api::{
    ActionState, NewCancellation, NewEdit, NewRefund, OrderAction, OrderId, RefundPreview,
};
use http::StatusCode;

use crate::Orders;
use crate::actions::Ask;
use crate::domain::refund::{self, Asked};
use crate::error::Error;
use crate::routes::key;
use crate::store::actions::Key;

fn refund_of(new: NewRefund) -> Ask {
    Box::new(move |_| Ok(Asked::from(new)))
}

fn cancellation_of(new: NewCancellation) -> Ask {
    Box::new(move |_| Ok(Asked::from(new)))
}

fn edit_of(new: NewEdit) -> Ask {
    Box::new(move |kept| refund::edit(new, &kept.order))
}

/// What a refund would do now.
#[utoipa::path(post, path = "/api/v1/orders/{id}/refunds/preview", operation_id = "preview_refund", tag = "orders",
    params(("id" = OrderId, Path)), request_body = NewRefund,
    responses((status = 200, body = RefundPreview), (status = "4XX", body = Problem)))]
pub(crate) async fn preview_refund(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Json(new): Json<NewRefund>,
) -> Result<Json<RefundPreview>, Error> {
    preview(&orders, &caller, id, refund_of(new)).await
}

/// Gives money back, with or without pieces: once a key. 201: done. 202: written down and on its way.
#[utoipa::path(post, path = "/api/v1/orders/{id}/refunds", operation_id = "create_refund", tag = "orders",
    params(("id" = OrderId, Path), ("Idempotency-Key" = String, Header, description = "A key of your own making, the same when you retry")),
    request_body = NewRefund,
    responses((status = 201, body = OrderAction), (status = 202, body = OrderAction), (status = "4XX", body = Problem)))]
pub(crate) async fn create_refund(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    given: IdempotencyKey,
    Json(new): Json<NewRefund>,
) -> Result<Response, Error> {
    let key = key(&caller, given, &("refund", &id, &new));
    act(&orders, &caller, id, key, refund_of(new)).await
}

/// What a cancellation would do now.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancellation/preview", operation_id = "preview_cancellation", tag = "orders",
    params(("id" = OrderId, Path)), request_body = NewCancellation,
    responses((status = 200, body = RefundPreview), (status = "4XX", body = Problem)))]
pub(crate) async fn preview_cancellation(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Json(new): Json<NewCancellation>,
) -> Result<Json<RefundPreview>, Error> {
    preview(&orders, &caller, id, cancellation_of(new)).await
}

/// Calls an order off before anything is sent: everything that was paid goes back. Once a key.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancellation", operation_id = "cancel_order", tag = "orders",
    params(("id" = OrderId, Path), ("Idempotency-Key" = String, Header, description = "A key of your own making, the same when you retry")),
    request_body = NewCancellation,
    responses((status = 201, body = OrderAction), (status = 202, body = OrderAction), (status = "4XX", body = Problem)))]
pub(crate) async fn cancel_order(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    given: IdempotencyKey,
    Json(new): Json<NewCancellation>,
) -> Result<Response, Error> {
    let key = key(&caller, given, &("cancel", &id, &new));
    act(&orders, &caller, id, key, cancellation_of(new)).await
}

/// What an edit would do now.
#[utoipa::path(post, path = "/api/v1/orders/{id}/edits/preview", operation_id = "preview_edit", tag = "orders",
    params(("id" = OrderId, Path)), request_body = NewEdit,
    responses((status = 200, body = RefundPreview), (status = "4XX", body = Problem)))]
pub(crate) async fn preview_edit(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Json(new): Json<NewEdit>,
) -> Result<Json<RefundPreview>, Error> {
    preview(&orders, &caller, id, edit_of(new)).await
}

/// Takes pieces off an order before they are sent, and gives back what they cost. Once a key.
#[utoipa::path(post, path = "/api/v1/orders/{id}/edits", operation_id = "edit_order", tag = "orders",
    params(("id" = OrderId, Path), ("Idempotency-Key" = String, Header, description = "A key of your own making, the same when you retry")),
    request_body = NewEdit,
    responses((status = 201, body = OrderAction), (status = 202, body = OrderAction), (status = "4XX", body = Problem)))]
pub(crate) async fn edit_order(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    given: IdempotencyKey,
    Json(new): Json<NewEdit>,
) -> Result<Response, Error> {
    let key = key(&caller, given, &("edit", &id, &new));
    act(&orders, &caller, id, key, edit_of(new)).await
}

async fn preview(
    orders: &Orders,
    caller: &Caller,
    id: OrderId,
    ask: Ask,
) -> Result<Json<RefundPreview>, Error> {
    caller.require(Permission::OrdersRefund)?;
    let (plan, says) = orders.preview(id, ask).await?;
    Ok(Json(RefundPreview { plan, says }))
}

async fn act(
    orders: &Orders,
    caller: &Caller,
    id: OrderId,
    key: Key,
    ask: Ask,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersRefund)?;
    let action = orders.act(id, key, ask).await?.view();
    match (action.state, &action.failure) {
        (ActionState::Done, _) => Ok((StatusCode::CREATED, Json(action)).into_response()),
        (ActionState::Running, _) => Ok((StatusCode::ACCEPTED, Json(action)).into_response()),
        (ActionState::Failed, failure) => {
            Err(Error::ActionFailed(failure.clone().unwrap_or_default()))
        }
    }
}
