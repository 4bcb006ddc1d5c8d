//! All routes of `inventory`.

mod adjustments;
mod availability;
mod incoming;
mod items;
mod reservations;
mod stock_takes;
mod summary;

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
        .routes(routes!(adjustments::list_all_movements))
        .routes(routes!(summary::put_threshold))
        .routes(routes!(summary::get_stock_summary))
        .routes(routes!(incoming::list_incoming, incoming::create_incoming))
        .routes(routes!(incoming::cancel_incoming))
        .routes(routes!(incoming::receive_incoming))
        .routes(routes!(stock_takes::take_stock))
        .routes(routes!(availability::list_availability))
        .route("/internal/inventory/items", put(items::put_items).layer(batch))
        .route("/internal/inventory/levels", post(items::levels).layer(batch))
        .route("/internal/inventory/restocks", post(reservations::restock))
        .route("/internal/inventory/reservations", post(reservations::reserve))
        .route("/internal/inventory/reservations/{reference}/commit", post(reservations::commit))
        .route("/internal/inventory/reservations/{reference}/release", post(reservations::release))
        .with_state(inventory)
}
