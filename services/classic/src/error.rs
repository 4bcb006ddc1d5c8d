//! What can go wrong, and how it looks on the original's wire: `{"success":false,"message":…}`.

use axum::response::{IntoResponse, Response};
use emart_http::Problem;
use emart_mesh::CallError;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::domain::fields::Errors;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// One of the original's texts.
    #[error("{1}")]
    Said(StatusCode, String),
    /// Texts by field, under this key.
    #[error("the form is not in order")]
    Form(&'static str, Errors),
    /// Nobody is signed in.
    #[error("Unauthorized request")]
    Unauthorized,
    #[error("You are not allowed to do this")]
    Forbidden,
    #[error("Too many attempts, try again in {0} seconds")]
    TooMany(u64),
    /// For other services, as they expect it.
    #[error(transparent)]
    Refused(#[from] Problem),
    #[error("a neighbour failed: {0}")]
    Neighbour(#[from] CallError),
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

impl Error {
    /// The original's usual answer to what cannot be done.
    pub(crate) fn not_found(said: impl Into<String>) -> Self {
        Self::Said(StatusCode::NOT_FOUND, said.into())
    }

    /// Its answer to a form.
    pub(crate) fn bad_request(said: impl Into<String>) -> Self {
        Self::Said(StatusCode::BAD_REQUEST, said.into())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Said(status, _) => *status,
            Self::Form(..) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused(problem) => problem.status_code(),
            Self::Neighbour(CallError::Timeout | CallError::Unreachable(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Neighbour(error) if error.is("unavailable") => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(error) if error.is_temporary() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Neighbour(_) | Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A neighbour's refusal is one of the original's failures; whatever else it says is its own failure.
pub(crate) fn refused(said: &'static str) -> impl Fn(CallError) -> Error {
    move |error| if error.is_refusal() { Error::not_found(said) } else { error.into() }
}

/// What the caller has sent and cannot be read.
pub(crate) fn unreadable(said: &str) -> Error {
    Error::bad_request(said)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Refused(problem) = self {
            return problem.into_response();
        }
        let status = self.status();
        let body = match &self {
            Self::Form(key, errors) => json!({"success": false, *key: errors}),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => said("Not available right now"),
            _ if status.is_server_error() => {
                tracing::error!(error = %self, "request failed");
                said("Something went wrong")
            }
            error => said(&error.to_string()),
        };
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::TooMany(seconds) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}

fn said(text: &str) -> Value {
    json!({"success": false, "message": text})
}
