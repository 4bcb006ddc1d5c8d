//! What can go wrong in `orders`, and how callers see it.

use axum::response::{IntoResponse, Response};
use emart_http::{Problem, problem_response};
use emart_mesh::CallError;
use emart_orders_api::{CheckoutFailure, CheckoutId};
use emart_types::Invalid;
use http::StatusCode;

use crate::domain::{fulfilment, refund, saga};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Refused(#[from] Problem),
    #[error("there is no such cart, or it is not yours")]
    UnknownCart,
    #[error("the cart is empty")]
    EmptyCart,
    #[error("{0}")]
    NotForSale(String),
    #[error("this cart is being bought, or was bought, by checkout {0}")]
    CartAlreadyBought(CheckoutId),
    #[error("this cart is being bought")]
    CartBusy,
    #[error("{}", .0.detail)]
    Failed(CheckoutFailure),
    #[error("not found")]
    NotFound,
    #[error("money of this order is on its way back just now; try again in a moment")]
    OrderBusy,
    #[error("the payment provider refused, and nothing was changed: {0}")]
    ActionFailed(String),
    #[error(transparent)]
    Refund(#[from] refund::Refusal),
    #[error(transparent)]
    Fulfilment(#[from] fulfilment::Refusal),
    #[error("something was sent already: the address cannot be changed any more")]
    AddressSent,
    #[error("the draft is an order already, or is being paid just now")]
    DraftTaken,
    #[error("{0}")]
    DraftIncomplete(String),
    #[error(transparent)]
    Saga(#[from] saga::Refusal),
    #[error("at most 50 lists can be kept; forget one first")]
    TooManyViews,
    #[error("the Idempotency-Key was used with another body")]
    KeyReused,
    /// Another driver has the checkout; it is as good as ours.
    #[error("the checkout is driven elsewhere")]
    DrivenElsewhere,
    #[error("a neighbour failed: {0}")]
    Neighbour(#[from] CallError),
    #[error("{0}")]
    Unexpected(&'static str),
    #[error("the receipt could not be drawn: {0}")]
    Receipt(String),
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let conflict = |slug, title| Self::new(StatusCode::CONFLICT, slug, title).detail(error);
        let invalid =
            |slug, title| Self::new(StatusCode::UNPROCESSABLE_ENTITY, slug, title).detail(error);
        match error {
            Error::Invalid(found) => found.clone().into(),
            Error::Refused(problem) => problem.clone(),
            Error::UnknownCart => invalid("unknown-cart", "No such cart"),
            Error::EmptyCart => invalid("empty-cart", "The cart is empty"),
            Error::NotForSale(_) => conflict("not-for-sale", "Not for sale"),
            Error::CartAlreadyBought(_) | Error::CartBusy => {
                conflict("cart-already-bought", "This cart was bought already")
            }
            Error::Failed(failure) => failed(failure),
            Error::OrderBusy => conflict("order-busy", "The order is being changed"),
            Error::ActionFailed(_) => conflict("refund-failed", "No money was given back"),
            Error::Refund(refusal) => refund_refused(refusal),
            Error::Fulfilment(refusal) => fulfilment_refused(refusal),
            Error::AddressSent => conflict("already-sent", "It is on its way"),
            Error::DraftTaken => conflict("draft-taken", "The draft cannot be changed or paid"),
            Error::DraftIncomplete(_) => invalid("draft-incomplete", "Something is missing"),
            Error::Saga(_) => conflict("saga-not-stuck", "It cannot be tried now"),
            Error::TooManyViews => conflict("too-many-views", "No more lists can be kept"),
            Error::NotFound => Self::not_found(),
            Error::KeyReused => Self::idempotency_key_reused(),
            Error::DrivenElsewhere => Self::unavailable(),
            Error::Neighbour(CallError::Timeout | CallError::Unreachable(_)) => Self::unavailable(),
            Error::Neighbour(call) if call.is("unavailable") => Self::unavailable(),
            Error::Store(error) if error.is_temporary() => Self::unavailable(),
            Error::Neighbour(_) | Error::Store(_) | Error::Unexpected(_) | Error::Receipt(_) => {
                Self::internal()
            }
        }
    }
}

fn refund_refused(refusal: &refund::Refusal) -> Problem {
    let conflict = |slug, title| Problem::new(StatusCode::CONFLICT, slug, title).detail(refusal);
    match refusal {
        refund::Refusal::Invalid(invalid) => invalid.clone().into(),
        refund::Refusal::NotReady => conflict("order-not-ready", "Not paid yet"),
        refund::Refusal::Cancelled => conflict("order-cancelled", "The order is cancelled"),
        refund::Refusal::Sent => conflict("already-sent", "It is on its way"),
        refund::Refusal::TooMuch(_) => conflict("refund-too-large", "More than can be given back"),
    }
}

fn fulfilment_refused(refusal: &fulfilment::Refusal) -> Problem {
    let conflict = |slug, title| Problem::new(StatusCode::CONFLICT, slug, title).detail(refusal);
    match refusal {
        fulfilment::Refusal::Invalid(invalid) => invalid.clone().into(),
        fulfilment::Refusal::NotConfirmed => conflict("order-not-ready", "It cannot be sent"),
        fulfilment::Refusal::NothingLeft => conflict("already-sent", "It is on its way"),
        fulfilment::Refusal::Unknown => Problem::not_found(),
        fulfilment::Refusal::Moved(_) => conflict("fulfilment-moved", "The parcel has moved on"),
    }
}

/// Why nothing was bought, as a problem of its own kind.
fn failed(failure: &CheckoutFailure) -> Problem {
    let (status, slug, title) = match failure.code.as_str() {
        "card-declined" => (402, "card-declined", "The card was declined"),
        "insufficient-funds" => (402, "insufficient-funds", "The card does not cover it"),
        "authentication-failed" => (402, "authentication-failed", "The bank did not confirm it"),
        "authentication-expired" => (402, "authentication-expired", "Not confirmed in time"),
        "payment-unavailable" => (402, "payment-unavailable", "The payment did not work"),
        "payment-cancelled" => (402, "payment-cancelled", "The payment was cancelled"),
        "card-token-invalid" => (402, "card-token-invalid", "Enter the card again"),
        "out-of-stock" => (409, "out-of-stock", "Out of stock"),
        "price-changed" => (409, "price-changed", "The price has changed"),
        "slot-full" => (409, "slot-full", "The day is full"),
        "slot-closed" => (409, "slot-closed", "No delivery on this day"),
        "cannot-ship-there" => (409, "cannot-ship-there", "It cannot be sent there"),
        "not-for-sale" | "unknown-variant" => (409, "not-for-sale", "Not for sale"),
        "unknown-shipping-method" => (422, "unknown-shipping-method", "No such shipping method"),
        "coupon-refused" => (409, "coupon-refused", "A code does not count"),
        "coupon-used-up" => (409, "coupon-used-up", "An offer is used up"),
        "coupon-ended" => (409, "coupon-ended", "An offer is over"),
        "gift-card-changed" => (409, "gift-card-changed", "The gift card pays another amount"),
        "gift-card-unknown" => (409, "gift-card-unknown", "No such gift card"),
        "gift-card-unusable" => (409, "gift-card-unusable", "The gift card cannot be used"),
        "card-required" => (409, "card-required", "A card is needed"),
        "unavailable" => (503, "unavailable", "Not available right now"),
        _ => (409, "checkout-failed", "Nothing was bought"),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
    let problem = Problem::new(status, slug, title).detail(&failure.detail);
    if slug == "unavailable" { problem.retry_after(5) } else { problem }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        problem_response(&self)
    }
}
