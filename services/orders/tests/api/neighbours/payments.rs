//! Money that is promised and taken once a reference.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use emart_http::{Json, Problem};
use emart_payments_api::{Payment, PaymentId, PaymentState};
use emart_types::Timestamp;
use http::StatusCode;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

use super::{Near, Neighbours};

pub(super) fn routes() -> OpenApiRouter<Arc<Neighbours>> {
    OpenApiRouter::new()
        .route("/internal/payments/payments", post(authorize))
        .route(
            "/internal/payments/references/{reference}",
            get(|State(near): Near, Path(reference): Path<String>| async move {
                let books = near.books.lock().unwrap();
                match books.payments.get(&reference) {
                    Some(payment) => Json(payment.clone()).into_response(),
                    None => Problem::not_found().into_response(),
                }
            }),
        )
        .route(
            "/internal/payments/references/{reference}/cancel",
            post(|State(near): Near, Path(reference): Path<String>| async move {
                near.work("cancel", |books| match books.payments.get_mut(&reference) {
                    Some(payment) if payment.state == PaymentState::Captured => {
                        payment.state = PaymentState::Refunded;
                        books.refunds += 1;
                        Json(payment.clone()).into_response()
                    }
                    Some(payment) => {
                        if payment.state == PaymentState::Authorized
                            || payment.state == PaymentState::Pending
                            || payment.state == PaymentState::RequiresAction
                        {
                            payment.state = PaymentState::Voided;
                        }
                        Json(payment.clone()).into_response()
                    }
                    None => {
                        books.cancelled.insert(reference);
                        Problem::not_found().into_response()
                    }
                })
                .await
            }),
        )
        .route(
            "/internal/payments/payments/{id}/capture",
            post(|State(near): Near, Path(id): Path<String>| async move {
                near.work("capture", |books| {
                    let payment = books
                        .payments
                        .values_mut()
                        .find(|payment| payment.id.as_str() == id)
                        .unwrap();
                    if payment.state == PaymentState::Authorized {
                        payment.state = PaymentState::Captured;
                        books.captures += 1;
                    }
                    let payment = books.payments.values().find(|payment| payment.id.as_str() == id);
                    Json(payment.cloned())
                })
                .await
            }),
        )
}

async fn authorize(State(near): Near, Json(body): Json<Value>) -> Response {
    near.work("authorize", |books| {
        let reference = body["reference"].as_str().unwrap().to_owned();
        if books.cancelled.contains(&reference) {
            let slug = "payment-cancelled";
            return Problem::new(StatusCode::CONFLICT, slug, "Cancelled").into_response();
        }
        let state = books.card.unwrap_or(PaymentState::Authorized);
        let payment = books.payments.entry(reference.clone()).or_insert_with(|| Payment {
            id: PaymentId::new(),
            reference,
            state,
            amount: serde_json::from_value(body["amount"].clone()).unwrap(),
            provider: "test".to_owned(),
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            failure: (state == PaymentState::Failed).then(|| "card_declined".to_owned()),
            gift_card_amount: None,
            gift_card_last4: Vec::new(),
            action_path: (state == PaymentState::RequiresAction).then(|| "/bank".to_owned()),
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        });
        Json(payment.clone()).into_response()
    })
    .await
}
