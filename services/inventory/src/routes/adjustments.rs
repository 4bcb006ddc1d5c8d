//! Changes of stock by people, and the ledger of all changes.

use axum::extract::State;
use emart_http::{
    Caller, Fingerprint, IdempotencyKey, Json, Page, PageQuery, Path, Permission, Problem, Query,
};
use emart_inventory_api::{Movement, MovementKind, NewAdjustment, StockItem, StockItemId};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::store::adjustments::Key;
use crate::store::movements::Which;
use crate::{Inventory, store};

/// A key is one person's, whatever they may do when they try again.
pub(super) fn key(
    caller: &Caller,
    IdempotencyKey(key): IdempotencyKey,
    asked: &impl Serialize,
) -> Key {
    let Fingerprint(fingerprint) = Fingerprint::of(asked);
    let caller = caller.user_id().map_or_else(|| caller.to_string(), ToOwned::to_owned);
    Key { caller, key, fingerprint }
}

/// Changes the count of an item, by a difference or to a number. The same `Idempotency-Key` again answers the same.
/// Needs `inventory:write`.
#[utoipa::path(post, path = "/api/v1/inventory/items/{id}/adjustments",
    operation_id = "create_adjustment", tag = "inventory",
    params(("id" = StockItemId, Path), ("Idempotency-Key" = String, Header,
        description = "A key of your own making; the same one when you retry.",
        min_length = 1, max_length = 255)),
    request_body = NewAdjustment,
    responses((status = 200, body = StockItem), (status = "4XX", body = Problem)))]
pub(crate) async fn create_adjustment(
    caller: Caller,
    State(inventory): State<Inventory>,
    Path(id): Path<StockItemId>,
    idempotency: Result<IdempotencyKey, Problem>,
    Json(new): Json<NewAdjustment>,
) -> Result<Json<StockItem>, Error> {
    caller.require(Permission::InventoryWrite)?;
    let key = key(&caller, idempotency?, &(&id, &new));
    Ok(Json(inventory.adjust(id, new, key).await?))
}

/// Every change of an item, the newest first. Needs `inventory:read`.
#[utoipa::path(get, path = "/api/v1/inventory/items/{id}/movements",
    operation_id = "list_movements", tag = "inventory",
    params(("id" = StockItemId, Path), PageQuery),
    responses((status = 200, body = Page<Movement>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_movements(
    caller: Caller,
    State(inventory): State<Inventory>,
    Path(id): Path<StockItemId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Movement>>, Error> {
    caller.require(Permission::InventoryRead)?;
    let (limit, before) = (page.limit()?, page.after::<i64>()?);
    let read = |tx| async move {
        if store::items::item(&tx, &id).await?.is_none() {
            return Err(Error::NotFound);
        }
        Ok(store::movements::list(&tx, &id, before, limit).await?)
    };
    let rows = inventory.db.read(read).await?;
    let page = Page::from_rows(rows, limit, |listed| listed.version);
    Ok(Json(page.map(|listed| listed.movement)))
}

/// Which movements to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MovementQuery {
    /// Only of this kind.
    #[param(inline)]
    kind: Option<MovementKind>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Every change of every item, the newest first. Needs `inventory:read`.
#[utoipa::path(get, path = "/api/v1/inventory/movements", operation_id = "list_all_movements",
    tag = "inventory", params(MovementQuery),
    responses((status = 200, body = Page<Movement>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_all_movements(
    caller: Caller,
    State(inventory): State<Inventory>,
    Query(query): Query<MovementQuery>,
) -> Result<Json<Page<Movement>>, Error> {
    caller.require(Permission::InventoryRead)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<(i64, String)>()?);
    let which = Which { kind: query.kind, before, limit };
    let read = move |tx| async move { store::movements::latest(&tx, which).await };
    let rows = inventory.db.read(read).await?;
    let place = |listed: &store::movements::Listed| {
        (listed.movement.at.as_millis(), listed.movement.id.to_string())
    };
    Ok(Json(Page::from_rows(rows, limit, place).map(|listed| listed.movement)))
}
