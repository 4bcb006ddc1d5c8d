//! A cart that is bought.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use emart_http::Json;
use http::StatusCode;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

use super::{Near, Neighbours};

pub(super) fn routes() -> OpenApiRouter<Arc<Neighbours>> {
    OpenApiRouter::new()
        .route(
            "/api/v1/carts/{id}",
            get(|State(near): Near| async move {
                let mut cart = near.cart.clone();
                let books = near.books.lock().unwrap();
                cart.version = books.cart_version;
                cart.coupons.clone_from(&books.coupons);
                cart.lines.truncate(books.lines as usize);
                for line in &mut cart.lines {
                    line.quantity = books.quantity;
                }
                Json(cart)
            }),
        )
        .route(
            "/internal/cart/carts/{id}/consume",
            post(|State(near): Near, Json(body): Json<Value>| async move {
                near.work("consume", |books| {
                    let reference = body["reference"].as_str().unwrap().to_owned();
                    if !books.consumed.contains(&reference) {
                        books.consumed.push(reference);
                        for line in body["lines"].as_array().unwrap() {
                            let variant = line["variant_id"].as_str().unwrap().to_owned();
                            books.taken.push((variant, line["quantity"].as_u64().unwrap()));
                        }
                        books.cart_version += 1;
                    }
                    StatusCode::NO_CONTENT
                })
                .await
            }),
        )
}
