//! What can go wrong in `notifications`, and how callers see it.

use axum::response::{IntoResponse, Response};
use emart_http::{Problem, problem_response};
use emart_types::Invalid;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Refused(#[from] Problem),
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Invalid(invalid) => invalid.clone().into(),
            Error::NotFound => Self::not_found(),
            Error::Refused(problem) => problem.clone(),
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
