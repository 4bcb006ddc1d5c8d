//! All routes of `orders`.

mod actions;
mod checkouts;
mod drafts;
mod failed;
mod filter;
mod fulfilments;
mod imports;
mod orders;
mod papers;
mod personal;
mod sagas;
mod staff;
mod statistics;
mod views;
mod whole;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use emart_http::{Caller, Fingerprint, IdempotencyKey};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Orders;
use crate::store::actions::Key;

/// The largest body of an import.
const IMPORT: usize = 64 << 20;

pub(crate) fn routes(state: Orders) -> OpenApiRouter {
    let import = DefaultBodyLimit::max(IMPORT);
    OpenApiRouter::new()
        .routes(routes!(checkouts::create_checkout))
        .routes(routes!(checkouts::get_checkout))
        .routes(routes!(checkouts::continue_checkout))
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::count_orders))
        .routes(routes!(orders::get_order))
        .routes(routes!(orders::get_receipt))
        .routes(routes!(drafts::list_drafts, drafts::create_draft))
        .routes(routes!(drafts::get_draft, drafts::put_draft, drafts::delete_draft))
        .routes(routes!(drafts::get_payable_draft))
        .routes(routes!(drafts::pay_draft))
        .routes(routes!(drafts::mark_draft_paid))
        .routes(routes!(papers::get_invoice))
        .routes(routes!(papers::get_packing_slips))
        .routes(routes!(staff::get_order_details))
        .routes(routes!(staff::update_order))
        .routes(routes!(staff::put_order_tags))
        .routes(routes!(staff::create_order_note))
        .routes(routes!(staff::resend_order_confirmation))
        .routes(routes!(fulfilments::create_fulfilment))
        .routes(routes!(fulfilments::put_tracking))
        .routes(routes!(fulfilments::deliver_fulfilment))
        .routes(routes!(fulfilments::cancel_fulfilment))
        .routes(routes!(actions::preview_refund))
        .routes(routes!(actions::create_refund))
        .routes(routes!(actions::preview_cancellation))
        .routes(routes!(actions::cancel_order))
        .routes(routes!(actions::preview_edit))
        .routes(routes!(actions::edit_order))
        .routes(routes!(failed::list_failed_payments))
        .routes(routes!(sagas::list_sagas))
        .routes(routes!(sagas::retry_saga))
        .routes(routes!(statistics::get_order_statistics))
        .routes(routes!(views::list_order_views, views::create_order_view))
        .routes(routes!(views::delete_order_view))
        .route("/internal/orders/checkouts", post(checkouts::create_checkout_on_terms))
        .route("/internal/orders/imports", post(imports::import_orders).layer(import))
        .route("/internal/orders/personal-data", post(personal::personal_orders))
        .route("/internal/orders/search", post(whole::whole_orders))
        .route("/internal/orders/count", get(whole::count))
        .with_state(state)
}

/// The key under which a caller asks for something once.
fn key<T: Serialize>(caller: &Caller, IdempotencyKey(key): IdempotencyKey, asked: &T) -> Key {
    let Fingerprint(fingerprint) = Fingerprint::of(asked);
    let who = caller.user_id().unwrap_or("service").to_owned();
    Key { caller: who, key, fingerprint }
}
