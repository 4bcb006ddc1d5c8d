//! All routes of `orders`.

mod checkouts;
mod orders;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Orders;

pub(crate) fn routes(state: Orders) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(checkouts::create_checkout))
        .routes(routes!(checkouts::get_checkout))
        .routes(routes!(checkouts::continue_checkout))
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::get_order))
        .routes(routes!(orders::get_receipt))
        .with_state(state)
}
