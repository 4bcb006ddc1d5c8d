//! What anybody may know of stock.

use axum::extract::State;
use emart_http::{Json, Page, Problem, Query};
use emart_inventory_api::{Availability, StockItemId, WhenOut};
use http::StatusCode;
use serde::Deserialize;

use crate::domain::item::Item;
use crate::error::Error;
use crate::{Inventory, store};

const MOST_ITEMS: usize = 100;
/// Enough for "only 3 left"; how much there is beyond is the shop's own affair.
const MOST_SHOWN: i64 = 10;

/// Which items to ask about.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AvailabilityQuery {
    /// An item; say it several times for several.
    #[serde(default)]
    #[param(min_items = 1, max_items = 100)]
    item: Vec<StockItemId>,
}

/// Whether items can be bought now. Unknown ones are left out.
#[utoipa::path(get, path = "/api/v1/inventory/availability", operation_id = "list_availability",
    tag = "inventory", params(AvailabilityQuery),
    responses((status = 200, body = Page<Availability>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_availability(
    State(inventory): State<Inventory>,
    Query(query): Query<AvailabilityQuery>,
) -> Result<Json<Page<Availability>>, Error> {
    if !(1..=MOST_ITEMS).contains(&query.item.len()) {
        let title = "The query is not valid";
        let problem = Problem::new(StatusCode::BAD_REQUEST, "bad-query", title);
        return Err(Error::Query(problem.detail("item: say it 1 to 100 times")));
    }
    let read = |tx| async move {
        let mut ids: Vec<_> = query.item.iter().collect();
        ids.sort();
        ids.dedup();
        store::items::items(&tx, &ids).await
    };
    let items = inventory.db.read(read).await?;
    let items = items.into_iter().map(availability).collect();
    Ok(Json(Page { items, next_cursor: None }))
}

fn availability(item: Item) -> Availability {
    let limited = item.tracked && item.when_out == WhenOut::Deny;
    let pieces = item.available().clamp(0, MOST_SHOWN);
    Availability {
        in_stock: item.has(1),
        back_order: item.tracked && item.when_out == WhenOut::Continue && item.available() < 1,
        available: limited.then_some(pieces),
        item_id: item.id,
    }
}
