//! What can go wrong in `inventory`, and how callers see it.

use axum::response::{IntoResponse, Response};
use emart_http::{Problem, problem_response};
use emart_types::{FieldError, Invalid};
use http::StatusCode;

use crate::domain::adjustment::Refusal;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("not enough in stock: {}", describe(.0))]
    OutOfStock(Vec<FieldError>),
    #[error("the reservation {0} has been given up")]
    ReservationReleased(String),
    #[error("the pieces of {0} are sold")]
    ReservationCommitted(String),
    #[error("the reference {0} was used for other lines")]
    ReferenceReused(String),
    #[error(transparent)]
    Adjustment(#[from] Refusal),
    #[error("this Idempotency-Key was used with another body")]
    KeyReused,
    #[error("the delivery has been received or cancelled")]
    DeliveryClosed,
    #[error("the file cannot be read: {0}")]
    File(String),
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Query(#[from] Problem),
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

fn describe(refusals: &[FieldError]) -> String {
    let lines: Vec<_> = refusals.iter().map(|r| format!("{}: {}", r.pointer, r.detail)).collect();
    lines.join("; ")
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let conflict = |slug, title| Self::new(StatusCode::CONFLICT, slug, title).detail(error);
        match error {
            Error::Invalid(invalid) => invalid.clone().into(),
            Error::OutOfStock(refusals) => {
                let mut problem = conflict("out-of-stock", "Out of stock");
                problem.errors.clone_from(refusals);
                problem
            }
            Error::ReservationReleased(_) => {
                conflict("reservation-released", "The reservation has been given up")
            }
            Error::ReservationCommitted(_) => {
                conflict("reservation-committed", "The pieces are sold")
            }
            Error::ReferenceReused(_) => {
                conflict("reference-reused", "The reference was used for something else")
            }
            Error::Adjustment(Refusal::BelowZero(_)) => {
                conflict("stock-below-zero", "There are not as many")
            }
            Error::Adjustment(Refusal::BelowReserved(_)) => {
                conflict("stock-reserved", "Checkouts under way hold these pieces")
            }
            Error::Adjustment(Refusal::TooMany) => {
                Invalid::field("/delta", error.to_string()).into()
            }
            Error::KeyReused => Self::idempotency_key_reused(),
            Error::DeliveryClosed => {
                conflict("delivery-closed", "The delivery is not expected any more")
            }
            Error::File(why) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "unreadable-file", "The file cannot be read").detail(why)
            }
            Error::NotFound => Self::not_found(),
            Error::Query(problem) => problem.clone(),
            Error::Store(error) if error.is_temporary() => Self::unavailable(),
            Error::Store(_) => Self::internal(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        problem_response(&self)
    }
}
