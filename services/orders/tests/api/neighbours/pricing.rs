//! Prices, and days of delivery.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use emart_http::{Json, Problem};
use emart_pricing_api::{PromotionClaim, PromotionId, ShopperQuote};
use http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

use super::{Near, Neighbours};

pub(super) fn routes() -> OpenApiRouter<Arc<Neighbours>> {
    OpenApiRouter::new()
        .route("/api/v1/pricing/countries", get(countries))
        .route("/internal/pricing/shopper-quotes", post(quote))
        .route(
            "/internal/pricing/promotion-claims",
            post(|State(near): Near, Json(body): Json<PromotionClaim>| async move {
                near.work("promotions", |books| {
                    if !*books.claims.entry(body.reference).or_insert(true) {
                        let slug = "booking-released";
                        return Problem::new(StatusCode::CONFLICT, slug, "Given up")
                            .into_response();
                    }
                    StatusCode::NO_CONTENT.into_response()
                })
                .await
            }),
        )
        .route(
            "/internal/pricing/promotion-claims/{reference}",
            delete(|State(near): Near, Path(reference): Path<String>| async move {
                near.work("release promotions", |books| {
                    books.claims.insert(reference, false);
                    StatusCode::NO_CONTENT
                })
                .await
            }),
        )
        .route(
            "/internal/pricing/slot-bookings",
            post(|State(near): Near, Json(body): Json<Value>| async move {
                near.work("slot", |books| {
                    let reference = body["reference"].as_str().unwrap().to_owned();
                    if !*books.slots.entry(reference.clone()).or_insert(true) {
                        let slug = "slot-released";
                        return Problem::new(StatusCode::CONFLICT, slug, "Given up")
                            .into_response();
                    }
                    Json(json!({"reference": reference, "date": "2026-11-24"})).into_response()
                })
                .await
            }),
        )
        .route(
            "/internal/pricing/slot-bookings/{reference}",
            delete(|State(near): Near, Path(reference): Path<String>| async move {
                near.work("release slot", |books| {
                    books.slots.insert(reference, false);
                    StatusCode::NO_CONTENT
                })
                .await
            }),
        )
}

async fn countries() -> Json<Value> {
    let region = json!({"code": "CA", "name": "California"});
    Json(json!({"next_cursor": null, "items": [
        {"code": "DE", "name": "Germany", "postal_code_required": true, "regions": []},
        {"code": "US", "name": "United States", "postal_code_required": true, "regions": [region]},
    ]}))
}

async fn quote(State(near): Near, Json(asked): Json<ShopperQuote>) -> Response {
    let eur = |minor: i64| json!({"amount_minor": minor, "currency": "EUR"});
    near.work("quote", |books| {
        let coupon = |code: &String| {
            let applied = code == "TEN";
            let reason = (!applied).then_some("ended");
            json!({"code": code, "applied": applied, "reason": reason, "detail": "This offer is over."})
        };
        let coupons: Vec<Value> = asked.quote.coupons.iter().map(coupon).collect();
        let discount = json!({
            "promotion_id": PromotionId::new(), "title": "Welcome", "code": null,
            "amount": eur(100), "shipping": eur(0),
        });
        let discounts = if books.promoted { vec![discount] } else { Vec::new() };
        let lines: Vec<Value> = asked
            .quote
            .lines
            .iter()
            .map(|line| {
                json!({
                    "variant_id": line.variant_id, "quantity": line.quantity, "unit_price": eur(500),
                    "subtotal": eur(1000), "net": eur(840), "tax": eur(160), "total": eur(1000),
                    "tax_rate": 190_000,
                })
            })
            .collect();
        let method = emart_pricing_api::ShippingMethodId::new();
        Json(json!({
            "lines": lines,
            "shipping": {"method_id": method, "name": "Standard", "net": eur(412), "tax": eur(78), "total": eur(490)},
            "discounts": discounts, "coupons": coupons,
            "shipping_options": [], "taxes": [], "subtotal": eur(1000), "tax_total": eur(238),
            "total": eur(1490), "prices_include_tax": true, "country": "DE",
        }))
    }).await
}
