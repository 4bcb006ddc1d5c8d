//! Thresholds, and stock in three numbers.

use axum::extract::State;
use emart_http::{Caller, Json, Path, Permission, Problem};
use emart_inventory_api::{PutThreshold, StockItem, StockItemId, StockSummary};

use crate::error::Error;
use crate::store::lists::{State as Stock, count};
use crate::{Inventory, store};

/// Says from how many pieces on an item is low. Needs `inventory:write`.
#[utoipa::path(put, path = "/api/v1/inventory/items/{id}/threshold", operation_id = "put_threshold",
    tag = "inventory", params(("id" = StockItemId, Path)), request_body = PutThreshold,
    responses((status = 200, body = StockItem), (status = "4XX", body = Problem)))]
pub(crate) async fn put_threshold(
    caller: Caller,
    State(inventory): State<Inventory>,
    Path(id): Path<StockItemId>,
    Json(put): Json<PutThreshold>,
) -> Result<Json<StockItem>, Error> {
    caller.require(Permission::InventoryWrite)?;
    Ok(Json(inventory.put_threshold(id, put).await?))
}

/// How many items are low or out of stock, and how many deliveries are expected. Needs `inventory:read`.
#[utoipa::path(get, path = "/api/v1/inventory/summary", operation_id = "get_stock_summary",
    tag = "inventory",
    responses((status = 200, body = StockSummary), (status = "4XX", body = Problem)))]
pub(crate) async fn get_stock_summary(
    caller: Caller,
    State(inventory): State<Inventory>,
) -> Result<Json<StockSummary>, Error> {
    caller.require(Permission::InventoryRead)?;
    let read = |tx| async move {
        Ok::<_, emart_store::Error>(StockSummary {
            low: count(&tx, Stock::Low).await?,
            out: count(&tx, Stock::Out).await?,
            incoming: store::incoming::count(&tx).await?,
        })
    };
    Ok(Json(inventory.db.read(read).await?))
}
