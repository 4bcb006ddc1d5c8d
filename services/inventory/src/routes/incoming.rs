//! Deliveries that are expected, and their coming.

use axum::extract::State;
use emart_http::{Caller, IdempotencyKey, Json, Page, PageQuery, Path, Permission, Problem, Query};
use emart_inventory_api::{Incoming, IncomingId, IncomingState, NewIncoming, Receipt};
use http::StatusCode;
use serde::Deserialize;

use super::adjustments::key;
use crate::error::Error;
use crate::{Inventory, store};

/// Which deliveries to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct IncomingQuery {
    /// Where they stand; those that are expected if absent.
    #[param(inline)]
    state: Option<IncomingState>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Deliveries, the earliest day first. Needs `inventory:read`.
#[utoipa::path(get, path = "/api/v1/inventory/incoming", operation_id = "list_incoming",
    tag = "inventory", params(IncomingQuery),
    responses((status = 200, body = Page<Incoming>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_incoming(
    caller: Caller,
    State(inventory): State<Inventory>,
    Query(query): Query<IncomingQuery>,
) -> Result<Json<Page<Incoming>>, Error> {
    caller.require(Permission::InventoryRead)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, after) = (page.limit()?, page.after::<(String, String)>()?);
    let state = query.state.unwrap_or(IncomingState::Open);
    let read = move |tx| async move { store::incoming::list(&tx, state, after, limit).await };
    let rows = inventory.db.read(read).await?;
    let place = |delivery: &Incoming| (delivery.expected_on.clone(), delivery.id.to_string());
    Ok(Json(Page::from_rows(rows, limit, place)))
}

/// Notes a delivery that is expected. The same `Idempotency-Key` again answers the same. Needs `inventory:write`.
#[utoipa::path(post, path = "/api/v1/inventory/incoming", operation_id = "create_incoming",
    tag = "inventory", params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255)),
    request_body = NewIncoming,
    responses((status = 201, body = Incoming), (status = "4XX", body = Problem)))]
pub(crate) async fn create_incoming(
    caller: Caller,
    State(inventory): State<Inventory>,
    idempotency: Result<IdempotencyKey, Problem>,
    Json(new): Json<NewIncoming>,
) -> Result<(StatusCode, Json<Incoming>), Error> {
    caller.require(Permission::InventoryWrite)?;
    let key = key(&caller, idempotency?, &("incoming", &new));
    Ok((StatusCode::CREATED, Json(inventory.expect_delivery(new, key).await?)))
}

/// Takes a delivery into the house: the pieces that came are added to the count. Needs `inventory:write`.
#[utoipa::path(post, path = "/api/v1/inventory/incoming/{id}/receipt", operation_id = "receive_incoming",
    tag = "inventory", params(("id" = IncomingId, Path),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255)),
    request_body = Receipt,
    responses((status = 200, body = Incoming), (status = "4XX", body = Problem)))]
pub(crate) async fn receive_incoming(
    caller: Caller,
    State(inventory): State<Inventory>,
    Path(id): Path<IncomingId>,
    idempotency: Result<IdempotencyKey, Problem>,
    Json(receipt): Json<Receipt>,
) -> Result<Json<Incoming>, Error> {
    caller.require(Permission::InventoryWrite)?;
    let key = key(&caller, idempotency?, &(&id, &receipt));
    Ok(Json(inventory.receive_delivery(id, receipt, key).await?))
}

/// Gives a delivery up that is still expected. Needs `inventory:write`.
#[utoipa::path(delete, path = "/api/v1/inventory/incoming/{id}", operation_id = "cancel_incoming",
    tag = "inventory", params(("id" = IncomingId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn cancel_incoming(
    caller: Caller,
    State(inventory): State<Inventory>,
    Path(id): Path<IncomingId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::InventoryWrite)?;
    inventory.cancel_delivery(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
