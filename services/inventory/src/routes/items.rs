//! Stock items and their levels.

use axum::extract::State;
use emart_http::{Json, Page, PageQuery, Path, Problem, Query, Staff};
use emart_inventory_api::{KeyedPut, StockItemId, StockLevel};
use http::StatusCode;
use serde::Deserialize;

use crate::domain::item::Item;
use crate::error::Error;
use crate::store::items::Filter;
use crate::{Inventory, store};

/// Which items to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemQuery {
    /// Only items that are counted and have at most so many pieces available.
    #[param(minimum = -1_000_000_000, maximum = 1_000_000_000)]
    low: Option<i64>,
    /// Only items with exactly this SKU.
    #[param(max_length = 255)]
    sku: Option<String>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The levels of all items, a page at a time. For staff.
#[utoipa::path(get, path = "/api/v1/inventory/items", operation_id = "list_stock_items",
    tag = "inventory", params(ItemQuery),
    responses((status = 200, body = Page<StockLevel>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_stock_items(
    _: Staff,
    State(inventory): State<Inventory>,
    Query(query): Query<ItemQuery>,
) -> Result<Json<Page<StockLevel>>, Error> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    let after = page.after::<StockItemId>()?.map(String::from);
    let bad = |detail: &str| {
        let title = "The query is not valid";
        Error::Query(Problem::new(StatusCode::BAD_REQUEST, "bad-query", title).detail(detail))
    };
    if query.low.is_some_and(|low| !(-1_000_000_000..=1_000_000_000).contains(&low)) {
        return Err(bad("low: must be from -1000000000 to 1000000000"));
    }
    if query.sku.as_ref().is_some_and(|sku| sku.chars().count() > 255) {
        return Err(bad("sku: at most 255 characters"));
    }
    let filter = Filter { after, low: query.low, sku: query.sku, limit };
    let list = move |tx| async move { store::items::list(&tx, filter).await };
    let items = inventory.db.read(list).await?;
    Ok(Json(Page::from_rows(items, limit, |item| item.id.clone()).map(Item::level)))
}

/// How much there is of an item. For staff.
#[utoipa::path(get, path = "/api/v1/inventory/items/{id}", operation_id = "get_stock_item",
    tag = "inventory", params(("id" = StockItemId, Path)),
    responses((status = 200, body = StockLevel), (status = "4XX", body = Problem)))]
pub(crate) async fn get_stock_item(
    _: Staff,
    State(inventory): State<Inventory>,
    Path(id): Path<StockItemId>,
) -> Result<Json<StockLevel>, Error> {
    let item = inventory.db.read(|tx| async move { store::items::item(&tx, &id).await }).await?;
    Ok(Json(item.ok_or(Error::NotFound)?.level()))
}

/// Makes or changes many items. Internal.
pub(crate) async fn put_items(
    State(inventory): State<Inventory>,
    Json(items): Json<Vec<KeyedPut>>,
) -> Result<StatusCode, Error> {
    inventory.put_items(items).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The levels of many items. Internal.
pub(crate) async fn levels(
    State(inventory): State<Inventory>,
    Json(ids): Json<Vec<StockItemId>>,
) -> Result<Json<Vec<StockLevel>>, Error> {
    let read = |tx| async move {
        let mut ids: Vec<_> = ids.iter().collect();
        ids.sort();
        ids.dedup();
        store::items::items(&tx, &ids).await
    };
    let items = inventory.db.read(read).await?;
    Ok(Json(items.into_iter().map(Item::level).collect()))
}
