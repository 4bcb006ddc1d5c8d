//! Prices, and days of delivery.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use emart_http::{Json, Problem};
use emart_pricing_api::NewQuote;
use http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

use super::{Near, Neighbours};

pub(super) fn routes() -> OpenApiRouter<Arc<Neighbours>> {
    OpenApiRouter::new()
        .route("/api/v1/pricing/countries", get(countries))
        .route("/api/v1/pricing/quotes", post(quote))
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

async fn quote(State(near): Near, Json(asked): Json<NewQuote>) -> Response {
    let eur = |minor: i64| json!({"amount_minor": minor, "currency": "EUR"});
    near.work("quote", |_| {
        let lines: Vec<Value> = asked
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
            "shipping_options": [], "taxes": [], "subtotal": eur(1000), "tax_total": eur(238),
            "total": eur(1490), "prices_include_tax": true, "country": "DE",
        }))
    }).await
}
