//! All routes of `orders`.

mod checkouts;
mod imports;
mod orders;
mod whole;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Orders;

/// The largest body of an import.
const IMPORT: usize = 64 << 20;

pub(crate) fn routes(state: Orders) -> OpenApiRouter {
    let import = DefaultBodyLimit::max(IMPORT);
    OpenApiRouter::new()
        .routes(routes!(checkouts::create_checkout))
        .routes(routes!(checkouts::get_checkout))
        .routes(routes!(checkouts::continue_checkout))
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::get_order))
        .routes(routes!(orders::get_receipt))
        .route("/internal/orders/checkouts", post(checkouts::create_checkout_on_terms))
        .route("/internal/orders/imports", post(imports::import_orders).layer(import))
        .route("/internal/orders/search", post(whole::whole_orders))
        .route("/internal/orders/count", get(whole::count))
        .with_state(state)
}
