//! What can go wrong in `content`, and how callers see it.

use axum::response::{IntoResponse, Response};
use emart_http::{Problem, problem_response};
use emart_types::Invalid;
use http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("another page has this address")]
    HandleTaken,
    #[error(transparent)]
    Refused(#[from] Problem),
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Invalid(invalid) => invalid.clone().into(),
            Error::HandleTaken => {
                Self::new(StatusCode::CONFLICT, "page-handle-taken", "Address taken").detail(error)
            }
            Error::Refused(problem) => problem.clone(),
            Error::NotFound => Self::not_found(),
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
