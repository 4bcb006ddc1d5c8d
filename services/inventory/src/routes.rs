//! All routes of `inventory`.

mod adjustments;
mod availability;
mod items;
mod reservations;

use axum::extract::DefaultBodyLimit;
use axum::routing::{post, put};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Inventory;

/// A batch of 5,000 items with long SKUs.
const BATCH_LIMIT: usize = 8 << 20;

pub(crate) fn routes(inventory: Inventory) -> OpenApiRouter {
    let batch = DefaultBodyLimit::max(BATCH_LIMIT);
    OpenApiRouter::new()
        .routes(routes!(items::list_stock_items))
        .routes(routes!(items::get_stock_item))
        .routes(routes!(adjustments::create_adjustment))
        .routes(routes!(adjustments::list_movements))
        .routes(routes!(availability::list_availability))
        .route("/internal/inventory/items", put(items::put_items).layer(batch))
        .route("/internal/inventory/levels", post(items::levels).layer(batch))
        .route("/internal/inventory/restocks", post(reservations::restock))
        .route("/internal/inventory/reservations", post(reservations::reserve))
        .route("/internal/inventory/reservations/{reference}/commit", post(reservations::commit))
        .route("/internal/inventory/reservations/{reference}/release", post(reservations::release))
        .with_state(inventory)
}
