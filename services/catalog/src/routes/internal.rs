//! What other services ask.

use std::sync::Arc;

use axum::extract::State;
use emart_catalog_api::VariantInfo;
use emart_http::{Json, Query};
use serde::Deserialize;

use crate::Catalog;
use crate::error::Error;

/// Variants in one question.
const MOST: usize = 500;

#[derive(Debug, Deserialize)]
pub(crate) struct Ids {
    #[serde(default)]
    ids: String,
}

/// Variants by id; unknown ones are left out. Internal.
pub(crate) async fn variants(
    State(catalog): State<Arc<Catalog>>,
    Query(query): Query<Ids>,
) -> Result<Json<Vec<VariantInfo>>, Error> {
    let ids = query.ids.split(',').filter(|id| !id.is_empty());
    if ids.clone().nth(MOST).is_some() {
        return Err(Error::bad_query("ids: at most 500"));
    }
    let snapshot = catalog.model.snapshot();
    let known = ids.filter_map(|id| snapshot.variant(id));
    Ok(Json(known.filter_map(|(entry, place)| entry.variant_info(place, &snapshot.tree)).collect()))
}
