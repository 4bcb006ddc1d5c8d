//! What can go wrong in `pricing`, and how callers see it.

use axum::response::{IntoResponse, Response};
use emart_catalog_api::VariantId;
use emart_http::{Problem, problem_response};
use emart_mesh::CallError;
use emart_types::{Invalid, MoneyError};
use http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("there is no variant {0}")]
    UnknownVariant(VariantId),
    #[error("{0} is not sold any more")]
    NotForSale(String),
    #[error("there is no such way to send things")]
    UnknownShippingMethod,
    #[error("{0}")]
    CannotShipThere(String),
    #[error("{0} has no place left; choose another day")]
    SlotFull(String),
    #[error("{0} is not a day of delivery; choose one of the list")]
    SlotClosed(String),
    #[error("the booking was given back before it was made")]
    BookingReleased,
    #[error("there is a rate for this country and region already")]
    RateExists,
    #[error("another promotion has this code")]
    CodeTaken,
    #[error("{0} is used up")]
    CouponUsedUp(String),
    #[error("an offer in this cart is over")]
    CouponEnded,
    #[error("the claim was given back before it was made")]
    ClaimReleased,
    #[error("changed by someone else in this very moment")]
    Moved,
    #[error(transparent)]
    Refused(#[from] Problem),
    #[error("not found")]
    NotFound,
    #[error("catalog: {0}")]
    Catalog(#[from] CallError),
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

impl From<MoneyError> for Error {
    fn from(error: MoneyError) -> Self {
        Self::Invalid(Invalid::field("/lines", error.to_string()))
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let new = |status, slug, title| Self::new(status, slug, title).detail(error);
        match error {
            Error::Invalid(invalid) => invalid.clone().into(),
            Error::UnknownVariant(_) => {
                new(StatusCode::UNPROCESSABLE_ENTITY, "unknown-variant", "No such variant")
            }
            Error::NotForSale(_) => new(StatusCode::CONFLICT, "not-for-sale", "Not for sale"),
            Error::UnknownShippingMethod => {
                let title = "No such shipping method";
                new(StatusCode::UNPROCESSABLE_ENTITY, "unknown-shipping-method", title)
            }
            Error::CannotShipThere(_) => {
                let title = "It cannot be sent there";
                new(StatusCode::CONFLICT, "cannot-ship-there", title)
            }
            Error::SlotFull(_) => new(StatusCode::CONFLICT, "slot-full", "The day is full"),
            Error::SlotClosed(_) => {
                new(StatusCode::CONFLICT, "slot-closed", "No delivery on this day")
            }
            Error::BookingReleased => {
                new(StatusCode::CONFLICT, "booking-released", "The booking was given back")
            }
            Error::RateExists => new(StatusCode::CONFLICT, "tax-rate-exists", "Rate exists"),
            Error::CodeTaken => new(StatusCode::CONFLICT, "coupon-code-taken", "Code is taken"),
            Error::CouponUsedUp(_) => {
                new(StatusCode::CONFLICT, "coupon-used-up", "The offer is used up")
            }
            Error::CouponEnded => new(StatusCode::CONFLICT, "coupon-ended", "The offer is over"),
            Error::ClaimReleased => {
                new(StatusCode::CONFLICT, "booking-released", "The claim was given back")
            }
            Error::Moved => {
                let title = "Changed by someone else meanwhile";
                new(StatusCode::PRECONDITION_FAILED, "version-conflict", title)
            }
            Error::Refused(problem) => problem.clone(),
            Error::NotFound => Self::not_found(),
            Error::Catalog(CallError::Timeout | CallError::Unreachable(_)) => Self::unavailable(),
            Error::Catalog(_) => Self::internal(),
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
