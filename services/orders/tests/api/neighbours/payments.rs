//! Money that is promised and taken once a reference.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use emart_http::{Json, Problem};
use emart_payments_api::{
    NewPaymentRefund, Payment, PaymentId, PaymentState, Refund, RefundId, RefundState,
};
use emart_types::Timestamp;
use http::StatusCode;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

use super::{Near, Neighbours};

pub(super) fn routes() -> OpenApiRouter<Arc<Neighbours>> {
    OpenApiRouter::new()
        .route("/internal/payments/payments", post(authorize))
        .route("/internal/payments/manual", post(record_manual))
        .route("/internal/payments/payments/{id}/refunds", post(refund))
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

async fn refund(
    State(near): Near,
    Path(id): Path<String>,
    Json(body): Json<NewPaymentRefund>,
) -> Response {
    near.work("refund", |books| {
        let payment = books.payments.values().find(|payment| payment.id.as_str() == id).unwrap();
        let known = books.given_back.get(&body.reference).copied().unwrap_or_default();
        let sum: i64 = books.given_back.values().sum();
        if sum - known + body.amount.amount_minor > payment.amount.amount_minor {
            let slug = "refund-too-large";
            return Problem::new(StatusCode::CONFLICT, slug, "Too much").into_response();
        }
        books.given_back.insert(body.reference.clone(), body.amount.amount_minor);
        Json(Refund {
            id: RefundId::new(),
            reference: body.reference.clone(),
            payment_id: payment.id.clone(),
            state: RefundState::Succeeded,
            amount: body.amount,
            failure: None,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        })
        .into_response()
    })
    .await
}

async fn record_manual(State(near): Near, Json(body): Json<Value>) -> Response {
    near.work("manual", |books| {
        let reference = body["reference"].as_str().unwrap().to_owned();
        let payment = books.payments.entry(reference.clone()).or_insert_with(|| Payment {
            id: PaymentId::new(),
            reference,
            state: PaymentState::Captured,
            amount: serde_json::from_value(body["amount"].clone()).unwrap(),
            provider: "manual".to_owned(),
            brand: body["method"].as_str().unwrap().to_owned(),
            last4: String::new(),
            failure: None,
            gift_card_amount: None,
            gift_card_last4: Vec::new(),
            action_path: None,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            refunded: None,
        });
        Json(payment.clone()).into_response()
    })
    .await
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
            refunded: None,
        });
        Json(payment.clone()).into_response()
    })
    .await
}
