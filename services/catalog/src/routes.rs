//! All routes of `catalog`.

mod batches;
mod categories;
mod collections;
mod desk;
mod imports;
mod internal;
mod listing;
pub(crate) mod media;
mod products;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, patch, post};
use emart_events::Tasks;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::Catalog;
use crate::search::routes as search;

/// The largest file that a command on this machine may import.
const LOCAL_FILE: usize = 1 << 30;

/// What is the same for everyone but staff: the gateway's cache, and no other, may show it for a day while this
/// service cannot be asked.
pub(crate) const FOR_EVERYONE: (&str, &str) =
    ("emart-cache-control", "max-age=1, stale-if-error=86400");

pub(crate) fn routes(catalog: Arc<Catalog>, tasks: &Tasks) -> OpenApiRouter {
    let picture = DefaultBodyLimit::max(catalog.media.most_bytes());
    let file = DefaultBodyLimit::max(catalog.config.import_mib << 20);
    let run_file = DefaultBodyLimit::max(catalog.config.import_mib << 20);
    let local = DefaultBodyLimit::max(LOCAL_FILE);
    let locally = OpenApiRouter::new()
        .route("/internal/catalog/imports", post(imports::import_locally).layer(local))
        .with_state((Arc::clone(&catalog), tasks.clone()));
    let batches = OpenApiRouter::new()
        .route("/internal/catalog/batches", post(batches::put_batch).layer(local));
    OpenApiRouter::new()
        .routes(routes!(products::list_products, products::create_product))
        .routes(routes!(products::get_product, products::replace_product, products::delete_product))
        .routes(routes!(categories::list_categories, categories::create_category))
        .routes(routes!(
            categories::get_category,
            categories::replace_category,
            categories::delete_category
        ))
        .routes(routes!(media::create_image).layer(picture))
        .routes(routes!(media::get_image))
        .routes(routes!(imports::import_products).layer(file))
        .routes(routes!(imports::start_import).layer(run_file))
        .routes(routes!(imports::get_import))
        .routes(routes!(imports::apply_import))
        .routes(routes!(imports::export_products))
        .routes(routes!(desk::list_desk_products))
        .routes(routes!(desk::get_desk_product))
        .routes(routes!(desk::duplicate_product))
        .routes(routes!(desk::put_product_media))
        .routes(routes!(desk::bulk_edit_products))
        .routes(routes!(collections::list_collections, collections::create_collection))
        .routes(routes!(
            collections::get_collection,
            collections::replace_collection,
            collections::delete_collection
        ))
        .routes(routes!(search::search))
        .routes(routes!(search::suggestions))
        .route("/internal/catalog/variants", get(internal::variants))
        .route("/internal/catalog/listing", get(listing::listing))
        .route("/internal/catalog/products/{id}", patch(listing::patch_product))
        .merge(batches)
        .route("/internal/catalog/categories", post(imports::import_categories))
        .with_state(catalog)
        .merge(locally)
}
