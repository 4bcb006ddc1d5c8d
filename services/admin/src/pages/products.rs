//! Products: finding them, changing many, writing one, bringing them in and taking them out; and the category tree.

mod bulk;
pub(crate) mod categories;
mod draft;
mod editor;
mod grid;
mod imports;
mod list;
mod media;
mod preview;
mod save;
mod variants;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::Admin;
use crate::view::Tab;

/// Files of products and pictures; the services behind have their own limits.
const LARGEST_FILE: usize = 64 << 20;

pub(crate) fn routes() -> Router<Admin> {
    let files = Router::new()
        .route("/admin/products/import", get(imports::show).post(imports::send))
        .route("/admin/products/{id}/media", post(media::add))
        .layer(DefaultBodyLimit::max(LARGEST_FILE));
    Router::new()
        .route("/admin/products", get(list::list))
        .route("/admin/products/new", get(editor::new).post(save::create))
        .route("/admin/products/bulk", get(grid::show).post(grid::save))
        .route("/admin/products/do", post(bulk::act))
        .route("/admin/products/export.csv", get(imports::export))
        .route("/admin/products/import/{id}", get(imports::watch))
        .route("/admin/products/import/{id}/apply", post(imports::apply))
        .route("/admin/products/{id}", get(editor::show).post(save::save))
        .route("/admin/products/{id}/quick", post(bulk::quick))
        .route("/admin/products/{id}/media/arrange", post(media::arrange))
        .merge(files)
}

/// What there is beside the list of products.
fn tabs(here: &str) -> Vec<Tab> {
    let tab = |(path, label): (&str, &str)| Tab::new(path, label, path == here);
    [("/admin/products", "Products"), ("/admin/products/import", "Import & export")].map(tab).into()
}
