//! The faked checkouts, orders, accounts and cards.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use emart_catalog_api::VariantId;
use emart_http::{Caller, Json, Page, Problem, Role};
use emart_identity_api::{Address, SavedAddress, User};
use emart_orders_api::{
    Checkout, CheckoutFailure, CheckoutState, FulfilmentState, MoneyState, NewCheckout, Order,
    OrderLine, OrderPayment, OrderState, OrderSummary, TimelineEntry,
};
use emart_payments_api::{Card, NewCardToken};
use emart_pricing_api::TaxLine;
use emart_types::Rate;
use http::{HeaderMap, StatusCode};

use super::goods::image;
use super::{HOSTILE, Memory, Shop, at, eur};

pub(super) fn orders() -> Router<Arc<Memory>> {
    Router::new()
        .route("/api/v1/checkouts", post(create_checkout))
        .route("/api/v1/checkouts/{id}", get(running))
        .route("/api/v1/checkouts/{id}/continue", post(failed))
        .route("/api/v1/orders", get(list))
        .route("/api/v1/orders/{id}", get(show))
        .route("/api/v1/orders/{id}/receipt.pdf", get(|| async { "%PDF-" }))
}

async fn create_checkout(
    State(shop): Shop,
    headers: HeaderMap,
    Json(new): Json<NewCheckout>,
) -> Json<Checkout> {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let declined = new.email.starts_with("declined");
    shop.checkouts.lock().unwrap().push((key, new));
    if declined {
        return Json(checkout(CheckoutState::Failed, "card-declined", "the card was declined"));
    }
    Json(Checkout {
        order_id: Some("ord_00000000000000000000000001".parse().unwrap()),
        order_token: Some("ordersecret".to_owned()),
        order_number: Some(1042),
        ..checkout(CheckoutState::Completed, "", "")
    })
}

fn checkout(state: CheckoutState, code: &str, detail: &str) -> Checkout {
    let failure = CheckoutFailure { code: code.to_owned(), detail: detail.to_owned() };
    Checkout {
        id: "chk_00000000000000000000000001".parse().unwrap(),
        state,
        order_id: None,
        order_token: None,
        order_number: None,
        action_path: Some("/api/v1/payments/x/authentication".to_owned()),
        payment_id: Some(emart_payments_api::PaymentId::new()),
        failure: (state == CheckoutState::Failed).then_some(failure),
        created_at: at(),
    }
}

/// A checkout named `…a` waits for its card's holder, `…f` has failed, any other is on its way.
async fn running(Path(id): Path<String>) -> Json<Checkout> {
    let state = match id.chars().last() {
        Some('a') => CheckoutState::RequiresAction,
        Some('f') => CheckoutState::Failed,
        _ => CheckoutState::Running,
    };
    let id = id.parse().unwrap();
    Json(Checkout { id, ..checkout(state, "slot-full", "this day is full") })
}

async fn failed(Path(id): Path<String>) -> Json<Checkout> {
    let id = id.replace('a', "f").parse().unwrap();
    Json(Checkout { id, ..checkout(CheckoutState::Failed, "slot-full", "this day is full") })
}

async fn show(caller: Caller, headers: HeaderMap) -> Response {
    let token = headers.get("order-token").is_some_and(|token| token == "ordersecret");
    if token || caller.user_id().is_some() {
        return Json(order()).into_response();
    }
    Problem::not_found().into_response()
}

async fn list() -> Json<Page<OrderSummary>> {
    let Order { id, number, state, email, total, placed_at, .. } = order();
    let order = OrderSummary {
        id,
        number,
        state,
        email,
        item_count: 2,
        total,
        placed_at,
        payment_state: MoneyState::Paid,
        fulfilment_state: FulfilmentState::Unfulfilled,
        name: "Ada Lovelace".to_owned(),
        tags: Vec::new(),
    };
    Json(Page { items: vec![order], next_cursor: Some("older".to_owned()) })
}

pub(crate) fn address() -> Address {
    Address {
        name: "Ada Lovelace".to_owned(),
        line1: "Linden 1".to_owned(),
        city: "Berlin".to_owned(),
        postal_code: "10117".to_owned(),
        country: "DE".to_owned(),
        ..Address::default()
    }
}

fn order_line() -> OrderLine {
    OrderLine {
        variant_id: VariantId::new(),
        handle: "mug".to_owned(),
        title: format!("Mug {HOSTILE}"),
        variant_title: "Sand / L".to_owned(),
        sku: None,
        image: Some(image("mug")),
        quantity: 2,
        unit_price: eur(1800),
        subtotal: eur(3600),
        discount: None,
        tax: eur(575),
        total: eur(3600),
        tax_rate: Rate(190_000),
        fulfilled: 0,
        removed: 0,
        returned: 0,
    }
}

fn order() -> Order {
    let vat = TaxLine {
        name: "VAT 19 %".to_owned(),
        rate: Rate(190_000),
        base: eur(3437),
        amount: eur(653),
    };
    let payment = OrderPayment {
        id: emart_payments_api::PaymentId::new(),
        brand: "visa".to_owned(),
        last4: "4242".to_owned(),
        captured: true,
        gift_card_amount: None,
        gift_card_last4: Vec::new(),
    };
    let event = |kind: &str, text: &str| TimelineEntry {
        at: at(),
        kind: kind.to_owned(),
        text: text.to_owned(),
    };
    Order {
        id: "ord_00000000000000000000000001".parse().unwrap(),
        number: 1042,
        state: OrderState::Confirmed,
        email: "ada@example.com".to_owned(),
        lines: vec![order_line()],
        shipping_address: address(),
        billing_address: address(),
        shipping_method: Some("Standard".to_owned()),
        delivery_date: Some("2026-11-25".to_owned()),
        subtotal: eur(3600),
        discounts: Vec::new(),
        discount_total: None,
        shipping_total: eur(490),
        taxes: vec![vat],
        tax_total: eur(653),
        total: eur(4090),
        prices_include_tax: true,
        payment,
        note: None,
        timeline: vec![
            event("placed", "Order placed"),
            event("payment_captured", "Payment received"),
        ],
        placed_at: at(),
        payment_state: MoneyState::Paid,
        fulfilment_state: FulfilmentState::Unfulfilled,
        fulfilments: Vec::new(),
        refunds: Vec::new(),
    }
}

pub(super) fn identity() -> Router<Arc<Memory>> {
    let user = User {
        id: "usr_00000000000000000000000001".parse().unwrap(),
        email: "ada@example.com".to_owned(),
        name: None,
        role: Role::Customer,
        created_at: at(),
    };
    let id = "adr_00000000000000000000000001".parse().unwrap();
    let saved = SavedAddress { id, address: address(), is_default: true };
    let book = Page { items: vec![saved], next_cursor: None };
    let refuse =
        |status, slug: &'static str| move || async move { Problem::new(status, slug, "No") };
    Router::new()
        .route(
            "/api/v1/identity/sessions",
            post(refuse(StatusCode::UNAUTHORIZED, "wrong-credentials")),
        )
        .route("/api/v1/identity/registrations", post(register))
        .route(
            "/api/v1/identity/registrations/confirm",
            post(refuse(StatusCode::NOT_FOUND, "unknown-token")),
        )
        .route("/api/v1/identity/setup", post(refuse(StatusCode::NOT_FOUND, "unknown-token")))
        .route("/api/v1/identity/me", get(move || async move { Json(user) }))
        .route("/api/v1/identity/me/password", put(refuse(StatusCode::FORBIDDEN, "wrong-password")))
        .route("/api/v1/identity/me/addresses", get(move || async move { Json(book) }))
        .route("/api/v1/identity/me/addresses/{id}", delete(|| async { StatusCode::NO_CONTENT }))
}

async fn register(State(shop): Shop) -> StatusCode {
    shop.registrations.fetch_add(1, Ordering::Relaxed);
    StatusCode::ACCEPTED
}

pub(super) fn payments() -> Router<Arc<Memory>> {
    let settled = || async { Problem::new(StatusCode::CONFLICT, "payment-settled", "Settled") };
    Router::new()
        .route("/api/v1/payments/card-tokens", post(create_card_token))
        .route("/api/v1/payments/{id}/authentication", post(settled))
}

async fn create_card_token(State(shop): Shop, Json(card): Json<NewCardToken>) -> Json<Card> {
    shop.card_tokens.fetch_add(1, Ordering::Relaxed);
    Json(Card {
        token: emart_payments_api::CardToken::new(),
        brand: "visa".to_owned(),
        last4: card.number.chars().skip(card.number.len() - 4).collect(),
        expires_at: at(),
    })
}
