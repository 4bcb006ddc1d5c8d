//! Stock-takes from a file.

use axum::body::Bytes;
use axum::extract::State;
use emart_http::{Caller, IdempotencyKey, Json, Permission, Problem, Query};
use emart_inventory_api::StockTake;
use emart_types::Invalid;
use serde::Deserialize;

use super::adjustments::key;
use crate::Inventory;
use crate::domain::{delivery, sheet};
use crate::error::Error;

/// How to take a file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TakeQuery {
    /// Writes nothing and says what it would do.
    #[serde(default)]
    dry_run: bool,
    /// What the ledger calls it: at most 100 characters.
    #[serde(default)]
    #[param(max_length = 100)]
    reference: String,
}

/// Compares a CSV file with the columns `SKU` and `Counted` (at most 5,000 rows) with the books, and sets these right. A
/// row that cannot be taken is reported and left out. The same `Idempotency-Key` again answers the same; a dry run needs
/// none. Needs `inventory:write`.
#[utoipa::path(post, path = "/api/v1/inventory/stock-takes", operation_id = "take_stock", tag = "inventory",
    params(TakeQuery, ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255)),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = StockTake), (status = "4XX", body = Problem)))]
pub(crate) async fn take_stock(
    caller: Caller,
    State(inventory): State<Inventory>,
    Query(query): Query<TakeQuery>,
    idempotency: Result<IdempotencyKey, Problem>,
    body: Bytes,
) -> Result<Json<StockTake>, Error> {
    caller.require(Permission::InventoryWrite)?;
    let mut invalid = Invalid::new();
    let reference = delivery::reference(&mut invalid, &query.reference);
    invalid.finish()?;
    let rows = sheet::read(&body).map_err(Error::File)?;
    if query.dry_run {
        return Ok(Json(inventory.preview_take(rows).await?));
    }
    let text = String::from_utf8_lossy(&body);
    let key = key(&caller, idempotency?, &("stock-take", &reference, text));
    Ok(Json(inventory.take_stock(rows, &reference, key).await?))
}
