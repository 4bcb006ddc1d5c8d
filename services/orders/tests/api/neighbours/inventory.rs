//! Stock that is claimed once a reference.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use emart_http::{Json, Problem};
use http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

use super::{Near, Neighbours};

pub(super) fn routes() -> OpenApiRouter<Arc<Neighbours>> {
    let answer = |reference: &str, state: &str| {
        Json(json!({
            "reference": reference, "state": state, "lines": [], "expires_at": "2026-11-23T12:15:00.000Z",
        }))
    };
    OpenApiRouter::new()
        .route(
            "/internal/inventory/restocks",
            post(|State(near): Near, Json(body): Json<Value>| async move {
                near.work("restock", |books| {
                    let reference = body["reference"].as_str().unwrap().to_owned();
                    let pieces = body["lines"].as_array().unwrap().iter();
                    let pieces = pieces.map(|line| line["quantity"].as_u64().unwrap()).sum();
                    books.restocked.insert(reference, pieces);
                    StatusCode::NO_CONTENT
                })
                .await
            }),
        )
        .route(
            "/internal/inventory/reservations",
            post(move |State(near): Near, Json(body): Json<Value>| async move {
                near.work("reserve", |books| {
                    let reference = body["reference"].as_str().unwrap();
                    match *books.stock.entry(reference.to_owned()).or_insert("held") {
                        "released" => released(),
                        state => answer(reference, state).into_response(),
                    }
                })
                .await
            }),
        )
        .route(
            "/internal/inventory/reservations/{reference}/commit",
            post(move |State(near): Near, Path(reference): Path<String>| async move {
                near.work("commit", |books| {
                    if books.stock.get(&reference) == Some(&"released") {
                        return released();
                    }
                    books.stock.insert(reference.clone(), "committed");
                    answer(&reference, "committed").into_response()
                })
                .await
            }),
        )
        .route(
            "/internal/inventory/reservations/{reference}/release",
            post(|State(near): Near, Path(reference): Path<String>| async move {
                near.work("release", |books| {
                    if books.stock.get(&reference) == Some(&"committed") {
                        let slug = "reservation-committed";
                        return Problem::new(StatusCode::CONFLICT, slug, "Sold").into_response();
                    }
                    books.stock.insert(reference, "released");
                    StatusCode::NO_CONTENT.into_response()
                })
                .await
            }),
        )
}

fn released() -> Response {
    Problem::new(StatusCode::CONFLICT, "reservation-released", "Given up").into_response()
}
