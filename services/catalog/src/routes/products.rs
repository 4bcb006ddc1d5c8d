//! Products: read from memory, written by staff.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use emart_catalog_api::{Product, ProductCard, ProductId, ProductQuery, PutProduct, Sort, Status};
use emart_http::{
    Caller, Cursor, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Problem, Query,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Catalog;
use crate::error::Error;
use crate::model::lists::{self, Place};
use crate::model::{Entry, Rendered};
use crate::routes::FOR_EVERYONE;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Kept by whoever likes, asked for again each time: a 304 is cheap.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// A card takes about so many bytes.
const CARD: usize = 1024;

/// Active products, a page at a time; in a category, those in the categories below it too.
#[utoipa::path(get, path = "/api/v1/catalog/products", operation_id = "list_products", tag = "catalog",
    params(ProductQuery),
    responses((status = 200, body = Page<ProductCard>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_products(
    State(catalog): State<Arc<Catalog>>,
    caller: Caller,
    Query(query): Query<ProductQuery>,
) -> Result<Response, Error> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, place) = (page.limit()?, page.after::<Place>()?);
    let sort = query.sort.unwrap_or(Sort::Newest);
    let own_order = query.collection.is_some() && query.sort.is_none();
    if query.collection.is_some() && (query.category.is_some() || query.status.is_some()) {
        return Err(Error::bad_query("collection: goes with neither category nor status"));
    }
    if place.as_ref().is_some_and(|place| !place.fits(sort, own_order)) {
        return Err(Error::bad_query("cursor: belongs to another order"));
    }
    let status = query.status.unwrap_or(Status::Active);
    if status != Status::Active {
        caller.require(Permission::ProductsRead)?;
    }
    let snapshot = catalog.model.snapshot();
    let category = match &query.category {
        Some(slug) => Some(&snapshot.tree.by_slug(slug).ok_or(Error::NotFound)?.id),
        None => None,
    };
    let list = match &query.collection {
        Some(handle) => {
            let collection = snapshot.collection(handle);
            let collection =
                collection.filter(|found| found.published || caller.may(Permission::ProductsRead));
            let order = query.sort.filter(|sort| *sort != Sort::Relevance);
            snapshot.collected(
                collection.ok_or(Error::NotFound)?,
                order,
                catalog.model.stock_state(),
            )
        }
        None => snapshot.list(category, status, sort),
    };
    let from = place.map_or(0, |place| lists::after(&list, &place));
    let entries = &list[from..list.len().min(from + limit)];
    let next_place = |last: &Entry, sort| {
        if own_order { Place::Chosen(from + limit) } else { Place::of(last, sort) }
    };
    let mut json = BytesMut::with_capacity(entries.len() * CARD + 256);
    json.put_slice(b"{\"items\":[");
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 {
            json.put_u8(b',');
        }
        json.put_slice(&entry.card_json().json);
    }
    json.put_slice(b"],\"next_cursor\":");
    match entries.last().filter(|_| from + limit < list.len()) {
        None => json.put_slice(b"null"),
        Some(last) => {
            json.put_u8(b'"');
            json.put_slice(Cursor::encode(&next_place(last, sort)).as_bytes());
            json.put_u8(b'"');
        }
    }
    json.put_u8(b'}');
    let headers = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, REVALIDATE)];
    Ok(for_everyone(&caller, (headers, json.freeze()).into_response()))
}

/// A product by its id or its handle; a former handle answers too. Staff also see what is not active.
#[utoipa::path(get, path = "/api/v1/catalog/products/{id_or_handle}", operation_id = "get_product",
    tag = "catalog", params(("id_or_handle" = String, Path)),
    responses((status = 200, body = Product), (status = 304), (status = "4XX", body = Problem)))]
pub(crate) async fn get_product(
    State(catalog): State<Arc<Catalog>>,
    caller: Caller,
    Path(id_or_handle): Path<String>,
    known: Known,
) -> Result<Response, Error> {
    let snapshot = catalog.model.snapshot();
    let entry = snapshot
        .find(&id_or_handle)
        .filter(|entry| entry.is_active() || caller.may(Permission::ProductsRead));
    let rendered = entry.ok_or(Error::NotFound)?.detail_json(&snapshot.tree);
    if known.has(&rendered.etag) {
        let unchanged = answer(StatusCode::NOT_MODIFIED, &rendered, Bytes::new());
        return Ok(for_everyone(&caller, unchanged));
    }
    Ok(for_everyone(&caller, answer(StatusCode::OK, &rendered, rendered.json.clone())))
}

/// Staff see more; what others see, everyone may.
fn for_everyone(caller: &Caller, mut response: Response) -> Response {
    if !caller.is_staff() {
        let (name, value) = FOR_EVERYONE;
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Makes a product. Needs `products:write`.
#[utoipa::path(post, path = "/api/v1/catalog/products", operation_id = "create_product", tag = "catalog",
    request_body = PutProduct,
    responses((status = 201, body = Product), (status = "4XX", body = Problem)))]
pub(crate) async fn create_product(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Json(put): Json<PutProduct>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsWrite)?;
    may_count(&caller, &put)?;
    let id = catalog.create_product(put).await?;
    let mut response = written(&catalog, &id, StatusCode::CREATED)?;
    if let Ok(location) = HeaderValue::try_from(format!("/api/v1/catalog/products/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Replaces a product with all its variants. Needs `products:write`. Variants that are left out are deleted. A changed handle goes
/// on leading to the product. `If-Match` takes the ETag, or only its part before the dot, which sales do not change.
#[utoipa::path(put, path = "/api/v1/catalog/products/{id_or_handle}", operation_id = "replace_product",
    tag = "catalog", params(("id_or_handle" = ProductId, Path, description = "the id"), ("If-Match" = String, Header)),
    request_body = PutProduct,
    responses((status = 200, body = Product), (status = "4XX", body = Problem)))]
pub(crate) async fn replace_product(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<ProductId>,
    if_match: Result<IfMatch, Problem>,
    headers: HeaderMap,
    Json(put): Json<PutProduct>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsWrite)?;
    may_count(&caller, &put)?;
    let if_match = if_match?;
    let is_seen = |version| is_seen(version, &if_match, &headers);
    match catalog.replace_product(&id, put, is_seen).await {
        Err(Error::Contended) => return Err(catalog.stale_product(&id).await?),
        done => done?,
    }
    written(&catalog, &id, StatusCode::OK)
}

/// Deletes a product. Needs `products:write`.
#[utoipa::path(delete, path = "/api/v1/catalog/products/{id_or_handle}", operation_id = "delete_product",
    tag = "catalog", params(("id_or_handle" = ProductId, Path, description = "the id")),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_product(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<ProductId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::ProductsWrite)?;
    catalog.delete_product(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who says how many there are changes stock.
fn may_count(caller: &Caller, put: &PutProduct) -> Result<(), Problem> {
    if put.variants.iter().any(|variant| variant.on_hand.is_some()) {
        caller.require(Permission::InventoryWrite)?;
    }
    Ok(())
}

/// The product as it is after a write.
fn written(catalog: &Catalog, id: &ProductId, status: StatusCode) -> Result<Response, Error> {
    let snapshot = catalog.model.snapshot();
    let entry = snapshot.product(id.as_str()).ok_or(Error::NotFound)?;
    let rendered = entry.detail_json(&snapshot.tree);
    Ok(answer(status, &rendered, rendered.json.clone()))
}

fn answer(status: StatusCode, rendered: &Rendered, body: Bytes) -> Response {
    let etag = rendered.etag.clone();
    let headers =
        [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, REVALIDATE), (header::ETAG, etag)];
    (status, headers, body).into_response()
}

/// What the caller has already, by `If-None-Match`. Not all headers: copying those costs more than the answer.
pub(crate) struct Known(HeaderMap);

impl Known {
    fn has(&self, etag: &HeaderValue) -> bool {
        !self.0.is_empty() && etag.to_str().is_ok_and(|etag| ETag::new(etag).is_known_to(&self.0))
    }
}

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut known = HeaderMap::new();
        for value in parts.headers.get_all(header::IF_NONE_MATCH) {
            known.append(header::IF_NONE_MATCH, value.clone());
        }
        Ok(Self(known))
    }
}

/// The ETag's part before the dot is the version: a sale in between is no conflict.
pub(super) fn is_seen(version: i64, if_match: &IfMatch, headers: &HeaderMap) -> Result<(), Error> {
    let current = version.to_string();
    let values = headers.get_all(header::IF_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags =
        values.flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_matches('"'));
    if tags.any(|tag| tag.split('.').next() == Some(&current)) {
        return Ok(());
    }
    if_match.check(&ETag::new(current)).map_err(|_| Error::Contended)
}
