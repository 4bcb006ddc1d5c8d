//! Stock: what there is, what is low, what moved, what is on its way, and counting it.

mod incoming;
mod item;
mod levels;
mod movements;
mod take;

use axum::Router;
use axum::routing::{get, post};

use crate::Admin;
use crate::view::Tab;

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/inventory", get(levels::list))
        .route("/admin/inventory/movements", get(movements::list))
        .route("/admin/inventory/incoming", get(incoming::list))
        .route("/admin/inventory/incoming/{id}/receive", post(incoming::receive))
        .route("/admin/inventory/incoming/{id}/cancel", post(incoming::cancel))
        .route("/admin/inventory/stock-take", get(take::show).post(take::preview))
        .route("/admin/inventory/stock-take/apply", post(take::apply))
        .route("/admin/inventory/items/{id}", get(item::show))
        .route("/admin/inventory/items/{id}/adjust", post(item::adjust))
        .route("/admin/inventory/items/{id}/threshold", post(item::threshold))
        .route("/admin/inventory/items/{id}/incoming", post(incoming::expect))
}

/// The pages of stock.
fn tabs(here: &str) -> Vec<Tab> {
    let tab = |(path, label): (&str, &str)| Tab::new(path, label, path == here);
    [
        ("/admin/inventory", "Levels"),
        ("/admin/inventory/movements", "History"),
        ("/admin/inventory/incoming", "Incoming"),
        ("/admin/inventory/stock-take", "Stock-take"),
    ]
    .map(tab)
    .into()
}
