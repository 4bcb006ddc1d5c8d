//! All routes of `payments`.

mod card_tokens;
mod gift_cards;
mod imports;
mod payments;
mod refunds;

use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Payments;

pub(crate) fn routes(payments: Payments) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(card_tokens::create_card_token))
        .routes(routes!(gift_cards::list_gift_cards, gift_cards::create_gift_card))
        .routes(routes!(gift_cards::get_gift_card, gift_cards::put_gift_card))
        .routes(routes!(gift_cards::adjust_gift_card))
        .routes(routes!(gift_cards::list_gift_card_entries))
        .routes(routes!(gift_cards::create_gift_card_token))
        .routes(routes!(payments::get_payment))
        .routes(routes!(payments::authenticate_payment))
        .routes(routes!(refunds::list_payment_refunds))
        .route("/internal/payments/gift-cards/balances", post(gift_cards::gift_card_balances))
        .route("/internal/payments/payments", post(payments::authorize))
        .route("/internal/payments/manual", post(refunds::record_manual))
        .route("/internal/payments/payments/{id}/refunds", post(refunds::refund))
        .route("/internal/payments/payments/{id}/capture", post(payments::capture))
        .route("/internal/payments/references/{reference}", get(payments::by_reference))
        .route("/internal/payments/references/{reference}/cancel", post(payments::cancel))
        .route("/internal/payments/imports", post(imports::import_payments))
        .with_state(payments)
}
