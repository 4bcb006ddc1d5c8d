//! Everything that is sold at once, and the small changes of a product: for facades. Internal.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_catalog_api::{Product, ProductId, ProductPatch};
use emart_http::{Caller, Json, Path, Permission, Query};
use serde::Deserialize;

use crate::Catalog;
use crate::error::Error;

/// What the caller has.
#[derive(Debug, Deserialize)]
pub(crate) struct Known {
    #[serde(default)]
    etag: String,
}

/// Everything that is sold; `null` when the caller has it.
pub(crate) async fn listing(
    State(catalog): State<Arc<Catalog>>,
    Query(known): Query<Known>,
) -> Response {
    let listing = catalog.model.snapshot_full().listing();
    Json((known.etag != listing.etag).then_some(&*listing)).into_response()
}

/// Changes a product. Needs `products:write`.
pub(crate) async fn patch_product(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<ProductId>,
    Json(patch): Json<ProductPatch>,
) -> Result<Json<Product>, Error> {
    caller.require(Permission::ProductsWrite)?;
    catalog.patch_product(&id, patch).await?;
    let snapshot = catalog.model.snapshot();
    let entry = snapshot.product(id.as_str()).ok_or(Error::NotFound)?;
    Ok(Json(entry.product(&snapshot.tree)))
}
