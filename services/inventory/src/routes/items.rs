//! Stock items and their levels.

use axum::extract::State;
use emart_http::{Caller, Json, Page, PageQuery, Path, Permission, Problem, Query};
use emart_inventory_api::{KeyedPut, StockItem, StockItemId, StockLevel};
use http::StatusCode;
use serde::Deserialize;

use crate::domain::item::Item;
use crate::error::Error;
use crate::ops::stock::seen;
use crate::store::lists::{Filter, Prefix, State as Stock, place};
use crate::{Inventory, store};

/// How much there is of what is looked for.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StockState {
    /// At or below its threshold.
    Low,
    /// None available.
    Out,
}

/// Which items to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemQuery {
    /// Only counted items that are low, or out of stock.
    #[param(inline)]
    state: Option<StockState>,
    /// Only items whose SKU begins so, in any case; in the order of their SKUs.
    #[param(max_length = 255)]
    sku_prefix: Option<String>,
    /// Only items whose title begins so, in any case; in the order of their titles.
    #[param(max_length = 255)]
    title_prefix: Option<String>,
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

impl ItemQuery {
    fn filter(self) -> Result<Filter, Error> {
        let bad = |detail: &str| {
            let title = "The query is not valid";
            let problem = Problem::new(StatusCode::BAD_REQUEST, "bad-query", title);
            Err(Error::Query(problem.detail(detail)))
        };
        let page = PageQuery { limit: self.limit, cursor: self.cursor };
        let (limit, after) = (page.limit()?, page.after()?);
        if self.low.is_some_and(|low| !(-1_000_000_000..=1_000_000_000).contains(&low)) {
            return bad("low: must be from -1000000000 to 1000000000");
        }
        let texts = [&self.sku, &self.sku_prefix, &self.title_prefix];
        if texts.into_iter().flatten().any(|text| text.chars().count() > 255) {
            return bad("sku, sku_prefix, title_prefix: at most 255 characters");
        }
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let prefix = match (given(self.sku_prefix), given(self.title_prefix)) {
            (Some(_), Some(_)) => return bad("say either sku_prefix or title_prefix"),
            (Some(sku), None) => Some(Prefix::Sku(sku)),
            (None, Some(title)) => Some(Prefix::Title(title)),
            (None, None) => None,
        };
        let state = self.state.map(|state| match state {
            StockState::Low => Stock::Low,
            StockState::Out => Stock::Out,
        });
        Ok(Filter { after, state, prefix, low: self.low, sku: self.sku, limit })
    }
}

/// The levels of all items, a page at a time. Needs `inventory:read`.
#[utoipa::path(get, path = "/api/v1/inventory/items", operation_id = "list_stock_items",
    tag = "inventory", params(ItemQuery),
    responses((status = 200, body = Page<StockItem>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_stock_items(
    caller: Caller,
    State(inventory): State<Inventory>,
    Query(query): Query<ItemQuery>,
) -> Result<Json<Page<StockItem>>, Error> {
    caller.require(Permission::InventoryRead)?;
    let filter = query.filter()?;
    let (limit, prefix) = (filter.limit, filter.prefix.clone());
    let list = move |tx| async move {
        let items = store::lists::list(&tx, filter).await?;
        let ids: Vec<_> = items.iter().map(|item| &item.id).collect();
        let incoming = store::incoming::expected(&tx, &ids).await?;
        Ok::<_, emart_store::Error>((items, incoming))
    };
    let (items, incoming) = inventory.db.read(list).await?;
    let page = Page::from_rows(items, limit, |item| place(item, prefix.as_ref()));
    Ok(Json(page.map(|item| {
        let pieces = incoming.get(&item.id).copied().unwrap_or(0);
        item.seen(pieces)
    })))
}

/// How much there is of an item. Needs `inventory:read`.
#[utoipa::path(get, path = "/api/v1/inventory/items/{id}", operation_id = "get_stock_item",
    tag = "inventory", params(("id" = StockItemId, Path)),
    responses((status = 200, body = StockItem), (status = "4XX", body = Problem)))]
pub(crate) async fn get_stock_item(
    caller: Caller,
    State(inventory): State<Inventory>,
    Path(id): Path<StockItemId>,
) -> Result<Json<StockItem>, Error> {
    caller.require(Permission::InventoryRead)?;
    let read = |tx| async move {
        let item = store::items::item(&tx, &id).await?.ok_or(Error::NotFound)?;
        seen(&tx, item).await
    };
    Ok(Json(inventory.db.read(read).await?))
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
