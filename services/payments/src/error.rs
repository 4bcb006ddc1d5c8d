//! What can go wrong in `payments`, and how callers see it.

use axum::response::{IntoResponse, Response};
use emart_http::{Problem, problem_response};
use emart_payments_api::PaymentState;
use emart_types::{Invalid, Money};
use http::StatusCode;

use crate::providers::ProviderError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("the body is not a card")]
    NotACard(Box<Problem>),
    #[error(
        "the card has to be entered again: it was used for another payment, or more than 30 minutes ago"
    )]
    TokenInvalid,
    #[error("the reference {0} was used for another amount or card")]
    ReferenceReused(String),
    #[error("the payment of {0} was cancelled before it began")]
    Cancelled(String),
    #[error("the payment is {0:?}")]
    NotCapturable(PaymentState),
    #[error("no gift card has this code")]
    GiftCardUnknown,
    #[error("the gift card cannot be used: {0}")]
    GiftCardUnusable(&'static str),
    #[error("{0} is on the gift card; that is all that can be taken off")]
    GiftCardTooLittle(Money),
    #[error("the gift card pays another amount than before: {0} is left to be paid by card")]
    GiftCardChanged(Money),
    #[error("{0} is left to be paid: enter a card")]
    CardRequired(Money),
    #[error("{0} can still be given back of this payment")]
    RefundTooLarge(Money),
    #[error("the payment is {0:?}")]
    NotRefundable(PaymentState),
    #[error("the payment provider refused: {0}")]
    RefundRefused(String),
    #[error(transparent)]
    Refused(#[from] Problem),
    #[error("nobody waits for an answer")]
    NoAuthenticationDue,
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let conflict = |slug, title| Self::new(StatusCode::CONFLICT, slug, title).detail(error);
        match error {
            Error::Invalid(invalid) => invalid.clone().into(),
            Error::NotACard(problem) => (**problem).clone(),
            Error::TokenInvalid => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "card-token-invalid", "Enter the card again").detail(error)
            }
            Error::ReferenceReused(_) => {
                conflict("reference-reused", "The reference was used for something else")
            }
            Error::Cancelled(_) => conflict("payment-cancelled", "The payment was cancelled"),
            Error::NotCapturable(_) => {
                conflict("payment-not-capturable", "The money cannot be taken")
            }
            Error::GiftCardUnknown => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "gift-card-unknown", "No such gift card").detail(error)
            }
            Error::GiftCardUnusable(_) => {
                conflict("gift-card-unusable", "The gift card cannot be used")
            }
            Error::GiftCardTooLittle(_) => {
                conflict("gift-card-too-little", "There is less on the gift card")
            }
            Error::GiftCardChanged(_) => {
                conflict("gift-card-changed", "The gift card pays another amount")
            }
            Error::CardRequired(_) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "card-required", "A card is needed").detail(error)
            }
            Error::RefundTooLarge(_) => conflict("refund-too-large", "More than can be given back"),
            Error::NotRefundable(_) => {
                conflict("payment-not-refundable", "The payment cannot be given back")
            }
            Error::RefundRefused(_) => conflict("refund-refused", "The refund was refused"),
            Error::Refused(problem) => problem.clone(),
            Error::NoAuthenticationDue => {
                conflict("no-authentication-due", "The payment does not wait for an answer")
            }
            Error::NotFound => Self::not_found(),
            Error::Provider(_) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let title = "The payment provider does not answer";
                Self::new(status, "provider-unavailable", title).detail(error).retry_after(1)
            }
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
