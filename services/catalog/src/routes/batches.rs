//! Categories and products that were made elsewhere. Internal.

use std::sync::Arc;

use axum::extract::State;
use emart_catalog_api::{CatalogBatch, CatalogOutcomes};
use emart_http::{Caller, Json, Permission};
use emart_types::Invalid;

use crate::Catalog;
use crate::error::Error;

/// The most of each at once.
const MOST: usize = 1000;

/// Takes a batch in; what is here already stays as it is.
pub(crate) async fn put_batch(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Json(batch): Json<CatalogBatch>,
) -> Result<Json<CatalogOutcomes>, Error> {
    caller.require(Permission::ProductsWrite)?;
    for (pointer, count) in
        [("/categories", batch.categories.len()), ("/products", batch.products.len())]
    {
        if count > MOST {
            return Err(Invalid::field(pointer, format!("must be at most {MOST}")).into());
        }
    }
    Ok(Json(catalog.put_batch(batch).await?))
}
