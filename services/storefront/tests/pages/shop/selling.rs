//! The faked cart and prices: every piece costs the same.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use emart_cart_api::{CartLine, CartView, NewCart, NewCoupon, NewLine};
use emart_http::{Json, Page, Problem};
use emart_pricing_api::{
    Country, Coupon, DeliverySlot, Discount, NewQuote, PromotionId, Quote, QuoteShipping,
    ShippingOption, ShopperQuote, TaxLine,
};
use emart_types::Rate;
use http::StatusCode;

use super::{HOSTILE, Memory, Shop, at, eur};

fn view(lines: &[NewLine], coupons: &[String]) -> CartView {
    let line = |line: &NewLine| CartLine {
        id: emart_cart_api::LineId::new(),
        variant_id: line.variant_id.clone(),
        quantity: line.quantity,
        unit_price: eur(1800),
        total: eur(1800 * i64::from(line.quantity)),
        handle: "mug".to_owned(),
        title: format!("Mug {HOSTILE}"),
        variant_title: "Sand / L".to_owned(),
        sku: None,
        image: None,
        stock_item_id: Some(emart_inventory_api::StockItemId::new()),
        can_be_bought: true,
        notices: vec![emart_cart_api::Notice::PriceChanged { from: eur(1600), to: eur(1800) }],
    };
    let count: u32 = lines.iter().map(|line| line.quantity).sum();
    CartView {
        id: "crt_00000000000000000000000001".parse().unwrap(),
        token: Some("secret".to_owned()),
        lines: lines.iter().map(line).collect(),
        coupons: coupons.to_vec(),
        item_count: count,
        subtotal: eur(1800 * i64::from(count)),
        can_be_bought: !lines.is_empty(),
        version: 1,
        updated_at: at(),
    }
}

fn held(shop: &Memory) -> Json<CartView> {
    Json(view(&shop.lines.lock().unwrap(), &shop.coupons.lock().unwrap()))
}

pub(super) fn cart() -> Router<Arc<Memory>> {
    async fn add(State(shop): Shop, Json(line): Json<NewLine>) -> Response {
        if line.quantity > 10 {
            let problem = Problem::new(StatusCode::CONFLICT, "out-of-stock", "Not enough")
                .detail("only 3 left");
            return problem.into_response();
        }
        let mut lines = shop.lines.lock().unwrap();
        lines.push(line);
        Json(view(&lines, &[])).into_response()
    }
    async fn create(State(shop): Shop, Json(cart): Json<NewCart>) -> Json<CartView> {
        let mut lines = shop.lines.lock().unwrap();
        *lines = cart.lines;
        Json(view(&lines, &[]))
    }
    async fn add_coupon(State(shop): Shop, Json(coupon): Json<NewCoupon>) -> Json<CartView> {
        shop.coupons.lock().unwrap().push(coupon.code);
        held(&shop)
    }
    async fn remove_coupon(
        State(shop): Shop,
        Path((_, code)): Path<(String, String)>,
    ) -> Json<CartView> {
        shop.coupons.lock().unwrap().retain(|held| *held != code);
        held(&shop)
    }
    let show = |State(shop): Shop| async move { held(&shop) };
    Router::new()
        .route("/api/v1/carts", post(create))
        .route("/api/v1/carts/mine", get(show))
        .route("/api/v1/carts/{id}", get(show))
        .route("/api/v1/carts/{id}/lines", post(add))
        .route("/api/v1/carts/{id}/coupons", post(add_coupon))
        .route("/api/v1/carts/{id}/coupons/{code}", delete(remove_coupon))
}

/// `TEN` takes a tenth off; no other code is known.
fn quote(quote: &NewQuote) -> Quote {
    let count: u32 = quote.lines.iter().map(|line| line.quantity).sum();
    let subtotal = 1800 * i64::from(count);
    let known = quote.coupons.iter().any(|code| code == "TEN");
    let off = if known { subtotal / 10 } else { 0 };
    let discount = Discount {
        promotion_id: PromotionId::new(),
        title: format!("Ten off {HOSTILE}"),
        code: Some("TEN".to_owned()),
        amount: eur(off),
        shipping: eur(0),
    };
    let coupon = |code: &String| Coupon {
        code: code.clone(),
        applied: code == "TEN",
        reason: (code != "TEN").then(|| "unknown".to_owned()),
        detail: (code != "TEN").then(|| "We do not know this code.".to_owned()),
    };
    let standard: emart_pricing_api::ShippingMethodId =
        "shm_00000000000000000000000001".parse().unwrap();
    Quote {
        lines: Vec::new(),
        shipping: Some(QuoteShipping {
            method_id: standard.clone(),
            name: "Standard".to_owned(),
            discount: None,
            net: eur(412),
            tax: eur(78),
            total: eur(490),
        }),
        shipping_options: vec![ShippingOption {
            id: standard,
            name: "Standard".to_owned(),
            description: "2 to 4 days".to_owned(),
            price: eur(490),
            full_price: None,
            free_over_missing: Some(eur(1000)),
        }],
        taxes: vec![TaxLine {
            name: "VAT 19 %".to_owned(),
            rate: Rate(190_000),
            base: eur(1),
            amount: eur(365),
        }],
        subtotal: eur(subtotal),
        discount_total: known.then(|| eur(off)),
        discounts: if known { vec![discount] } else { Vec::new() },
        coupons: quote.coupons.iter().map(coupon).collect(),
        tax_total: eur(365),
        total: eur(subtotal - off + 490),
        prices_include_tax: true,
        country: "DE".to_owned(),
    }
}

pub(super) fn pricing() -> Router<Arc<Memory>> {
    let country = |code: &str, name: &str| Country {
        code: code.to_owned(),
        name: name.to_owned(),
        postal_code_required: true,
        regions: Vec::new(),
    };
    let countries = vec![country("DE", "Germany"), country("AT", "Austria")];
    let slot =
        |date: &str, remaining| DeliverySlot { date: date.to_owned(), capacity: 3, remaining };
    let slots = vec![slot("2026-11-24", 0), slot("2026-11-25", 2)];
    Router::new()
        .route(
            "/internal/pricing/shopper-quotes",
            post(|Json(ask): Json<ShopperQuote>| async move { Json(quote(&ask.quote)) }),
        )
        .route(
            "/api/v1/pricing/countries",
            get(move || async move { Json(Page { items: countries, next_cursor: None }) }),
        )
        .route(
            "/api/v1/pricing/delivery-slots",
            get(move || async move { Json(Page { items: slots, next_cursor: None }) }),
        )
}
