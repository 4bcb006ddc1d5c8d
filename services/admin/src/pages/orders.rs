//! Orders: the list, an order, what is done to it, what is printed of it.

mod act;
mod bulk;
mod change;
mod failed;
mod form;
mod list;
mod order;
mod papers;
mod said;
mod views;

use axum::Router;
use axum::routing::{get, post};

use crate::Admin;

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/orders", get(list::show))
        .route("/admin/orders/bulk", post(bulk::chosen))
        .route("/admin/orders/views", get(views::ask).post(views::keep))
        .route("/admin/orders/views/{id}/delete", post(views::forget))
        .route("/admin/orders/packing-slips.pdf", get(papers::slips))
        .route("/admin/orders/failed-payments", get(failed::show))
        .route("/admin/orders/{id}", get(order::show))
        .route("/admin/orders/{id}/{paper}", get(papers::paper))
        .route("/admin/orders/{id}/notes", post(change::note))
        .route("/admin/orders/{id}/tags", post(change::tags))
        .route("/admin/orders/{id}/confirmation", post(change::confirmation))
        .route("/admin/orders/{id}/correct", get(change::ask).post(change::correct))
        .route("/admin/orders/{id}/fulfil", get(act::ask_fulfil).post(act::fulfil))
        .route("/admin/orders/{id}/parcels/{parcel}/{what}", post(act::parcel))
        .route("/admin/orders/{id}/refund", get(act::ask_refund).post(act::refund))
        .route("/admin/orders/{id}/edit", get(act::ask_edit).post(act::edit))
        .route("/admin/orders/{id}/cancel", get(act::ask_cancel).post(act::cancel))
}
