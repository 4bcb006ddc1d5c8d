//! Collections: read by everyone where they are published, written by staff.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_catalog_api::{Collection, CollectionId, PutCollection};
use emart_http::{Caller, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Problem, Query};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::products::is_seen;
use crate::Catalog;
use crate::error::Error;
use crate::model::Snapshot;
use crate::routes::FOR_EVERYONE;

/// Which collections.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CollectionQuery {
    /// Those too that are not published; needs `products:read`.
    #[serde(default)]
    all: bool,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Collections, a page at a time, in the order they were made.
#[utoipa::path(get, path = "/api/v1/catalog/collections", operation_id = "list_collections", tag = "catalog",
    params(CollectionQuery),
    responses((status = 200, body = Page<Collection>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_collections(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Query(query): Query<CollectionQuery>,
) -> Result<Response, Error> {
    if query.all {
        caller.require(Permission::ProductsRead)?;
    }
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, after) = (page.limit()?, page.after::<CollectionId>()?);
    let (snapshot, stock) = (catalog.model.snapshot_full(), catalog.model.stock_state());
    let found = snapshot.collections().iter().filter(|record| {
        (record.published || query.all) && after.as_ref().is_none_or(|after| record.id > *after)
    });
    let shown = found.take(limit + 1).map(|record| snapshot.shown(record, query.all, stock));
    let page =
        Page::from_rows(shown.collect(), limit, |collection: &Collection| collection.id.clone());
    Ok(for_everyone(&caller, Json(page).into_response()))
}

/// A collection by its id or handle. Its products: `GET /api/v1/catalog/products?collection=`.
#[utoipa::path(get, path = "/api/v1/catalog/collections/{id_or_handle}", operation_id = "get_collection",
    tag = "catalog", params(("id_or_handle" = String, Path)),
    responses((status = 200, body = Collection), (status = "4XX", body = Problem)))]
pub(crate) async fn get_collection(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id_or_handle): Path<String>,
) -> Result<Response, Error> {
    let is_whole = caller.may(Permission::ProductsRead);
    let snapshot = catalog.model.snapshot_full();
    let record = snapshot.collection(&id_or_handle).filter(|found| found.published || is_whole);
    let id = record.ok_or(Error::NotFound)?.id.clone();
    let answer = answer(&catalog, &snapshot, &id, (StatusCode::OK, is_whole))?;
    Ok(for_everyone(&caller, answer))
}

/// Makes a collection. Needs `products:write`.
#[utoipa::path(post, path = "/api/v1/catalog/collections", operation_id = "create_collection", tag = "catalog",
    request_body = PutCollection,
    responses((status = 201, body = Collection), (status = "4XX", body = Problem)))]
pub(crate) async fn create_collection(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Json(put): Json<PutCollection>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsWrite)?;
    let id = catalog.create_collection(put).await?;
    answer(&catalog, &catalog.model.snapshot_full(), &id, (StatusCode::CREATED, true))
}

/// Replaces a collection. Needs `products:write`.
#[utoipa::path(put, path = "/api/v1/catalog/collections/{id_or_handle}", operation_id = "replace_collection",
    tag = "catalog", params(("id_or_handle" = CollectionId, Path, description = "the id"), ("If-Match" = String, Header)),
    request_body = PutCollection,
    responses((status = 200, body = Collection), (status = "4XX", body = Problem)))]
pub(crate) async fn replace_collection(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<CollectionId>,
    if_match: Result<IfMatch, Problem>,
    headers: HeaderMap,
    Json(put): Json<PutCollection>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsWrite)?;
    let if_match = if_match?;
    let seen = |version| is_seen(version, &if_match, &headers);
    let done = catalog.replace_collection(&id, put, seen).await;
    let snapshot = catalog.model.snapshot_full();
    if matches!(done, Err(Error::Contended)) {
        let record = snapshot.collection(id.as_str()).ok_or(Error::NotFound)?;
        let current = snapshot.shown(record, true, catalog.model.stock_state());
        return Err(Error::Stale(Box::new(serde_json::to_value(current).unwrap_or_default())));
    }
    done?;
    answer(&catalog, &snapshot, &id, (StatusCode::OK, true))
}

/// Deletes a collection. Its products stay. Needs `products:write`.
#[utoipa::path(delete, path = "/api/v1/catalog/collections/{id_or_handle}", operation_id = "delete_collection",
    tag = "catalog", params(("id_or_handle" = CollectionId, Path, description = "the id")),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_collection(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<CollectionId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::ProductsWrite)?;
    catalog.delete_collection(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(
    catalog: &Catalog,
    snapshot: &Snapshot,
    id: &CollectionId,
    (status, is_whole): (StatusCode, bool),
) -> Result<Response, Error> {
    let record = snapshot.collection(id.as_str()).ok_or(Error::NotFound)?;
    let etag = ETag::new(record.version).header();
    let shown = snapshot.shown(record, is_whole, catalog.model.stock_state());
    Ok((status, [(header::ETAG, etag)], Json(shown)).into_response())
}

/// Staff see more; what others see, everyone may.
fn for_everyone(caller: &Caller, response: Response) -> Response {
    if caller.is_staff() { response } else { ([FOR_EVERYONE], response).into_response() }
}
