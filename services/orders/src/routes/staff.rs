//! Orders as those who work here see and change them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{
    AuditRecord, Caller, ETag, IdempotencyKey, IfMatch, Json, Path, Permission, Problem,
};
use emart_orders_api::{
    Audited, NewOrderNote, NoteId, OrderDetails, OrderId, OrderNote, OrderPatch, PutOrderTags,
};
use emart_types::Invalid;
use http::{StatusCode, header};

use crate::domain::{input, order, search};
use crate::error::Error;
use crate::routes::key;
use crate::staff::{Change, Guard};
use crate::{Orders, store};

/// An order with all that staff know of it.
#[utoipa::path(get, path = "/api/v1/orders/{id}/details", operation_id = "get_order_details", tag = "orders",
    params(("id" = OrderId, Path)),
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
pub(crate) async fn get_order_details(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersRead)?;
    Ok(answer(orders.details(&id).await?))
}

/// An order with its version.
pub(crate) fn answer(details: OrderDetails) -> Response {
    let etag = ETag::new(details.version).header();
    ([(header::ETAG, etag)], Json(details)).into_response()
}

/// Corrects an order's address, e-mail address or note. The shipping address only before anything is sent, and
/// within its country and region: taxes and shipping were worked out for them.
#[utoipa::path(patch, path = "/api/v1/orders/{id}", operation_id = "update_order", tag = "orders",
    params(("id" = OrderId, Path), ("If-Match" = String, Header, description = "The ETag of the details that were read")),
    request_body = OrderPatch,
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
pub(crate) async fn update_order(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    if_match: IfMatch,
    Json(patch): Json<OrderPatch>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let countries = orders.clients.pricing.countries().await?;
    input::check_patch(&patch, &countries)?;
    let edit = move |kept: &mut store::Kept, now| {
        order::correct(&mut kept.order, patch, now)?;
        Ok(Change { reindex: true, ..Change::default() })
    };
    let changed = orders.change(&id, Guard::Version(if_match), "order.updated", edit);
    Ok(answer(Box::pin(changed).await?))
}

/// Sets an order's tags.
#[utoipa::path(put, path = "/api/v1/orders/{id}/tags", operation_id = "put_order_tags", tag = "orders",
    params(("id" = OrderId, Path)), request_body = PutOrderTags,
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
pub(crate) async fn put_order_tags(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Json(put): Json<PutOrderTags>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let tags = search::tags(&put.tags).map_err(|detail| Invalid::field("/tags", detail))?;
    let edit = move |kept: &mut store::Kept, _| {
        kept.tags = tags;
        Ok(Change { reindex: true, ..Change::default() })
    };
    Ok(answer(orders.change(&id, Guard::Free, "order.tagged", edit).await?))
}

/// Writes a note about an order. Its customer does not see it.
#[utoipa::path(post, path = "/api/v1/orders/{id}/notes", operation_id = "create_order_note", tag = "orders",
    params(("id" = OrderId, Path)), request_body = NewOrderNote,
    responses((status = 201, body = OrderNote), (status = "4XX", body = Problem)))]
pub(crate) async fn create_order_note(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Json(new): Json<NewOrderNote>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let text = new.text.trim().to_owned();
    let plain = !text.chars().any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t');
    if !plain || !(1..=2000).contains(&text.chars().count()) {
        return Err(Invalid::field("/text", "must be 1 to 2000 characters").into());
    }
    let audit = AuditRecord::new("order.noted", id.as_str(), "");
    let author = audit.actor.clone();
    let note = OrderNote { id: NoteId::new(), author, text, at: orders.clock.now() };
    let (outbox, kept) = (orders.outbox.clone(), note.clone());
    let write = orders.db.write(move |tx| async move {
        let order = store::order(&tx, &id).await?.ok_or(Error::NotFound)?;
        store::notes::insert(&tx, &id, &kept).await?;
        let mut audit = audit.change(None, Some(&kept));
        audit.label = format!("Order {}", order.order.number);
        Ok::<_, Error>(outbox.emit(&tx, &Audited(audit)).await?)
    });
    write.await?;
    Ok((StatusCode::CREATED, Json(note)).into_response())
}

/// Has the confirmation of an order sent to its customer once more.
#[utoipa::path(post, path = "/api/v1/orders/{id}/confirmations", operation_id = "resend_order_confirmation", tag = "orders",
    params(("id" = OrderId, Path), ("Idempotency-Key" = String, Header, description = "A key of your own making, the same when you retry")),
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
pub(crate) async fn resend_order_confirmation(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    given: IdempotencyKey,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let key = key(&caller, given, &("confirm", &id));
    let edit = |kept: &mut store::Kept, now| {
        let text = "Confirmation sent once more";
        kept.order.timeline.push(order::entry(now, "confirmation_sent", text));
        Ok(Change { confirm: true, ..Change::default() })
    };
    Ok(answer(orders.change(&id, Guard::Once(key), "order.confirmation_resent", edit).await?))
}
