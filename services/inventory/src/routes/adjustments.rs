//! Changes of stock by people, and the ledger of all changes.

use axum::extract::State;
use emart_http::{Fingerprint, IdempotencyKey, Json, Page, PageQuery, Path, Problem, Query, Staff};
use emart_inventory_api::{Movement, NewAdjustment, StockItemId, StockLevel};

use crate::error::Error;
use crate::store::adjustments::Key;
use crate::{Inventory, store};

/// Changes the count of an item, by a difference or to a number. The same `Idempotency-Key` again answers the same.
/// For staff.
#[utoipa::path(post, path = "/api/v1/inventory/items/{id}/adjustments",
    operation_id = "create_adjustment", tag = "inventory",
    params(("id" = StockItemId, Path), ("Idempotency-Key" = String, Header,
        description = "A key of your own making; the same one when you retry.",
        min_length = 1, max_length = 255)),
    request_body = NewAdjustment,
    responses((status = 200, body = StockLevel), (status = "4XX", body = Problem)))]
pub(crate) async fn create_adjustment(
    Staff(caller): Staff,
    State(inventory): State<Inventory>,
    Path(id): Path<StockItemId>,
    IdempotencyKey(key): IdempotencyKey,
    Json(new): Json<NewAdjustment>,
) -> Result<Json<StockLevel>, Error> {
    let Fingerprint(fingerprint) = Fingerprint::of(&(&id, &new));
    let key = Key { caller: caller.to_string(), key, fingerprint };
    Ok(Json(inventory.adjust(id, new, key).await?))
}

/// Every change of an item, the newest first. For staff.
#[utoipa::path(get, path = "/api/v1/inventory/items/{id}/movements",
    operation_id = "list_movements", tag = "inventory",
    params(("id" = StockItemId, Path), PageQuery),
    responses((status = 200, body = Page<Movement>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_movements(
    _: Staff,
    State(inventory): State<Inventory>,
    Path(id): Path<StockItemId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Movement>>, Error> {
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
