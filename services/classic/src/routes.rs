//! All routes of `classic`.

mod cart;
mod categories;
mod forms;
mod home;
mod internal;
mod orders;
mod people;
mod products;
mod signed;

use std::collections::BTreeMap;

use axum::extract::DefaultBodyLimit;
use axum::routing::{post, put};
use serde::Serialize;
use utoipa::openapi::schema::{OneOfBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::Classic;

/// The largest form with a picture; the gateway says less, and to whom.
const PICTURE: usize = 32 << 20;

pub(crate) fn routes(classic: Classic) -> OpenApiRouter {
    let picture = DefaultBodyLimit::max(PICTURE);
    OpenApiRouter::new()
        .routes(routes!(people::register))
        .routes(routes!(people::login))
        .routes(routes!(people::logout))
        .routes(routes!(home::info))
        .routes(routes!(home::current))
        .routes(routes!(products::list_classic_products))
        .routes(routes!(products::get_classic_product))
        .routes(routes!(products::search_classic_products))
        .routes(routes!(products::add_product).layer(picture))
        .route("/api/shop/", post(products::add_product).layer(picture))
        .routes(routes!(products::edit_product, products::remove_product).layer(picture))
        .routes(routes!(categories::list_classic_categories, categories::add_category))
        .routes(routes!(categories::list_classic_products_of))
        .routes(routes!(cart::add_to_cart))
        .routes(routes!(cart::remove_from_cart))
        .routes(routes!(cart::empty_cart))
        .routes(routes!(cart::open_cart))
        .routes(routes!(orders::list_classic_orders))
        .routes(routes!(orders::start_order, orders::place_order, orders::list_classic_orders_of))
        .route("/internal/classic/ids", put(internal::put_ids))
        .route("/internal/classic/ids/search", post(internal::find_ids))
        .route("/internal/classic/people", put(internal::put_people))
        .with_state(classic)
}

/// A success: `{"success":true,…}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Yes<T> {
    success: bool,
    #[serde(flatten)]
    body: T,
}

impl<T: Serialize> axum::response::IntoResponse for Yes<T> {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self).into_response()
    }
}

fn yes<T>(body: T) -> Yes<T> {
    Yes { success: true, body }
}

/// A failure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct No {
    success: bool,
    /// A text, or for a registration texts by field.
    #[schema(schema_with = text_or_texts)]
    message: Option<serde_json::Value>,
    /// Of a product form: texts by field.
    #[schema(value_type = BTreeMap<String, String>)]
    errors: Option<serde_json::Value>,
}

/// The schema of either.
fn text_or_texts() -> Schema {
    let texts = BTreeMap::<String, String>::schema();
    OneOfBuilder::new().item(String::schema()).item(texts).into()
}
