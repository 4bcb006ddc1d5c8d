//! What can go wrong in `cart`, and how callers see it.

use axum::response::{IntoResponse, Response};
use emart_catalog_api::VariantId;
use emart_http::{Problem, problem_response};
use emart_mesh::CallError;
use emart_types::{Invalid, MoneyError};
use http::StatusCode;

use crate::domain::Refusal;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("there is no variant {0}")]
    UnknownVariant(VariantId),
    #[error("{0} is not sold any more")]
    NotForSale(String),
    #[error("{0} is sold out")]
    SoldOut(String),
    #[error("only {available} of {title} left")]
    NotEnough { title: String, available: i64 },
    #[error(transparent)]
    Forbidden(#[from] Problem),
    #[error("not found")]
    NotFound,
    #[error("sign in first")]
    Unauthorized,
    #[error("the cart was changed at the same time, again and again")]
    Contended,
    #[error("catalog: {0}")]
    Catalog(#[from] CallError),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let conflict = |slug, title| Self::new(StatusCode::CONFLICT, slug, title).detail(error);
        match error {
            Error::Invalid(invalid) => invalid.clone().into(),
            Error::Refused(_) => conflict("cart-full", "The cart is full"),
            Error::UnknownVariant(_) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "unknown-variant", "No such variant").detail(error)
            }
            Error::NotForSale(_) => conflict("not-for-sale", "Not for sale"),
            Error::SoldOut(_) => conflict("sold-out", "Sold out"),
            Error::NotEnough { .. } => conflict("not-enough-stock", "Not enough left"),
            Error::Forbidden(problem) => problem.clone(),
            Error::NotFound => Self::not_found(),
            Error::Unauthorized => Self::unauthorized(),
            Error::Contended => Self::unavailable(),
            Error::Catalog(CallError::Timeout | CallError::Unreachable(_)) => Self::unavailable(),
            Error::Money(_) => Self::from(Invalid::field("/lines", error.to_string())),
            Error::Store(error) if error.is_temporary() => Self::unavailable(),
            Error::Catalog(_) | Error::Store(_) => Self::internal(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        problem_response(&self)
    }
}
