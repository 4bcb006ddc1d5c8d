//! Products for those who look after them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_catalog_api::{
    BulkEdit, BulkResult, DeskProduct, DeskQuery, ProductForEdit, ProductId, PutMedia, StockFilter,
};
use emart_http::{
    Caller, Cursor, ETag, Fingerprint, IdempotencyKey, IfMatch, Json, Page, PageQuery, Path,
    Permission, Problem, Query,
};
use http::{HeaderMap, StatusCode, header};

use super::products::is_seen;
use crate::Catalog;
use crate::error::Error;
use crate::model::desk::DeskPlace;
use crate::store::bulk_keys::Key;

/// The longest text that is looked for.
const LONGEST_QUERY: usize = 200;

/// Products in every status, a page at a time. Needs `products:read`.
#[utoipa::path(get, path = "/api/v1/catalog/desk/products", operation_id = "list_desk_products", tag = "catalog",
    params(DeskQuery),
    responses((status = 200, body = Page<DeskProduct>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_desk_products(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Query(query): Query<DeskQuery>,
) -> Result<Json<Page<DeskProduct>>, Error> {
    caller.require(Permission::ProductsRead)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, place) = (page.limit()?, page.after::<DeskPlace>()?);
    let sort = query.sort.unwrap_or_default();
    if place.as_ref().is_some_and(|place| !place.fits(sort)) {
        return Err(Error::bad_query("cursor: belongs to another order"));
    }
    let text = query.q.unwrap_or_default();
    if text.chars().count() > LONGEST_QUERY {
        return Err(Error::bad_query("q: at most 200 characters"));
    }
    let snapshot = catalog.model.snapshot_full();
    let category = match &query.category {
        Some(slug) => Some(snapshot.tree.by_slug(slug).ok_or(Error::NotFound)?.id.clone()),
        None => None,
    };
    let collected = match &query.collection {
        Some(handle) => {
            let record = snapshot.collection(handle).ok_or(Error::NotFound)?;
            Some(snapshot.is_collected(record, catalog.config.currency))
        }
        None => None,
    };
    let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
    let is = |wanted: &Option<String>, has: Option<&str>| {
        wanted.as_ref().is_none_or(|wanted| has.is_some_and(|has| same(has, wanted)))
    };
    let found = snapshot.desk_page((sort, place.as_ref()), limit, |entry| {
        let product = entry.fixed();
        entry.has_status(query.status)
            && entry.has_words(&words)
            && is(&query.vendor, product.vendor.as_deref())
            && query.tag.as_ref().is_none_or(|tag| product.tags.iter().any(|has| same(has, tag)))
            && query.stock.is_none_or(|stock| (stock == StockFilter::InStock) == entry.in_stock())
            && category.as_ref().is_none_or(|id| snapshot.is_in(entry, id))
            && collected.as_ref().is_none_or(|is_collected| is_collected(entry))
    });
    let more = found.get(limit).is_some();
    let last = found.get(limit.saturating_sub(1)).filter(|_| more);
    let next_cursor = last.map(|last| Cursor::encode(&DeskPlace::of(last, sort)));
    let items = found.iter().take(limit).filter_map(|entry| entry.desk()).collect();
    Ok(Json(Page { items, next_cursor }))
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || one.to_lowercase() == other.to_lowercase()
}

/// A product as it was written: what `PUT` takes, and the version that `If-Match` takes. Needs `products:read`.
#[utoipa::path(get, path = "/api/v1/catalog/desk/products/{id}", operation_id = "get_desk_product",
    tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductForEdit), (status = "4XX", body = Problem)))]
pub(crate) async fn get_desk_product(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<ProductId>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsRead)?;
    answer(&catalog, &id, StatusCode::OK).await
}

/// Makes a draft like a product, with stock of its own and without SKUs and barcodes. Needs `products:write`.
#[utoipa::path(post, path = "/api/v1/catalog/desk/products/{id}/duplicate", operation_id = "duplicate_product",
    tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 201, body = ProductForEdit), (status = "4XX", body = Problem)))]
pub(crate) async fn duplicate_product(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<ProductId>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsWrite)?;
    let copy = catalog.duplicate_product(&id).await?;
    answer(&catalog, &copy, StatusCode::CREATED).await
}

/// Says which pictures a product has, in which order and with which texts. Needs `products:write`.
#[utoipa::path(put, path = "/api/v1/catalog/desk/products/{id}/media", operation_id = "put_product_media",
    tag = "catalog", params(("id" = ProductId, Path), ("If-Match" = String, Header)), request_body = PutMedia,
    responses((status = 200, body = ProductForEdit), (status = "4XX", body = Problem)))]
pub(crate) async fn put_product_media(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<ProductId>,
    if_match: Result<IfMatch, Problem>,
    headers: HeaderMap,
    Json(put): Json<PutMedia>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsWrite)?;
    let if_match = if_match?;
    let is_seen = |version| is_seen(version, &if_match, &headers);
    match catalog.put_media(&id, put, is_seen).await {
        Err(Error::Contended) => Err(catalog.stale_product(&id).await?),
        done => {
            done?;
            answer(&catalog, &id, StatusCode::OK).await
        }
    }
}

/// Changes many products: each is changed whole or not at all. The same `Idempotency-Key` again answers the same. Needs
/// `products:write`, and `inventory:write` where it sets counts.
#[utoipa::path(post, path = "/api/v1/catalog/desk/products/bulk", operation_id = "bulk_edit_products",
    tag = "catalog", params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255)),
    request_body = BulkEdit,
    responses((status = 200, body = BulkResult), (status = "4XX", body = Problem)))]
pub(crate) async fn bulk_edit_products(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    idempotency: Result<IdempotencyKey, Problem>,
    Json(edit): Json<BulkEdit>,
) -> Result<Json<BulkResult>, Error> {
    caller.require(Permission::ProductsWrite)?;
    let mut variants = edit.products.iter().flat_map(|product| &product.variants);
    if variants.any(|variant| variant.on_hand.is_some()) {
        caller.require(Permission::InventoryWrite)?;
    }
    let IdempotencyKey(key) = idempotency?;
    let Fingerprint(fingerprint) = Fingerprint::of(&edit);
    let caller = caller.user_id().map_or_else(|| caller.to_string(), ToOwned::to_owned);
    Ok(Json(catalog.bulk_edit(edit, Key { caller, key, fingerprint }).await?))
}

async fn answer(catalog: &Catalog, id: &ProductId, status: StatusCode) -> Result<Response, Error> {
    let product = catalog.product_for_edit(id).await?;
    let etag = ETag::new(product.version).header();
    Ok((status, [(header::ETAG, etag)], Json(product)).into_response())
}

impl Catalog {
    /// The refusal of a change to a version that is not there any more, with what there is.
    pub(crate) async fn stale_product(&self, id: &ProductId) -> Result<Error, Error> {
        let current = self.product_for_edit(id).await?;
        Ok(Error::Stale(Box::new(serde_json::to_value(current).unwrap_or_default())))
    }
}
