//! All routes of `cart`.

mod carts;
mod coupons;
mod imports;
mod lines;
mod open;

use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Carts;

pub(crate) fn routes(carts: Carts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(carts::list_carts, carts::create_cart))
        .routes(routes!(carts::get_my_cart))
        .routes(routes!(carts::get_cart))
        .routes(routes!(carts::merge_cart))
        .routes(routes!(coupons::create_coupon))
        .routes(routes!(coupons::delete_coupon))
        .routes(routes!(lines::create_line))
        .routes(routes!(lines::patch_line, lines::delete_line))
        .route("/internal/cart/carts/{id}/consume", post(carts::consume_cart))
        .route("/internal/cart/carts-of/{customer_id}", get(carts::get_cart_of))
        .route("/internal/cart/imports", post(imports::import_carts))
        .with_state(carts)
}
