//! What can go wrong in `catalog`, and how callers see it.

use axum::response::{IntoResponse, Response};
use emart_http::{Problem, problem_response};
use emart_types::Invalid;
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::import::Unreadable;
use crate::media::Refused;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("another product has the handle {0}")]
    HandleTaken(String),
    #[error("another category has the slug {0}")]
    SlugTaken(String),
    #[error("there are categories below it; move or delete them first")]
    CategoryNotEmpty,
    #[error("this Idempotency-Key was used with another body")]
    KeyReused,
    #[error("only a preview that is done can be applied, and only once")]
    NotAPreview,
    #[error("somebody else has changed it meanwhile; `current` is what there is now")]
    Stale(Box<Value>),
    #[error("not found")]
    NotFound,
    #[error("someone else changed it at the same moment")]
    Contended,
    #[error(transparent)]
    Picture(#[from] Refused),
    #[error(transparent)]
    File(#[from] Unreadable),
    #[error("the files of pictures: {0}")]
    Disk(#[from] std::io::Error),
    #[error(transparent)]
    Query(#[from] Problem),
    #[error("inventory: {0}")]
    Inventory(#[from] emart_mesh::CallError),
    #[error(transparent)]
    Store(#[from] emart_store::Error),
}

impl Error {
    /// A query that will not do.
    pub(crate) fn bad_query(detail: &str) -> Self {
        let title = "The query is not valid";
        Self::Query(Problem::new(StatusCode::BAD_REQUEST, "bad-query", title).detail(detail))
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let conflict = |slug, title| Self::new(StatusCode::CONFLICT, slug, title).detail(error);
        match error {
            Error::Invalid(invalid) => invalid.clone().into(),
            Error::HandleTaken(_) => conflict("handle-taken", "The handle is taken"),
            Error::SlugTaken(_) => conflict("slug-taken", "The slug is taken"),
            Error::CategoryNotEmpty => conflict("category-not-empty", "The category is not empty"),
            Error::KeyReused => Self::idempotency_key_reused(),
            Error::NotAPreview => conflict("not-a-preview", "The import is no preview"),
            Error::Stale(_) => {
                let title = "Changed by someone else meanwhile";
                Self::new(StatusCode::PRECONDITION_FAILED, "version-conflict", title).detail(error)
            }
            Error::NotFound => Self::not_found(),
            Error::Contended => {
                let title = "Changed by someone else meanwhile";
                Self::new(StatusCode::PRECONDITION_FAILED, "version-conflict", title).detail(error)
            }
            Error::Picture(refused) => picture(refused),
            Error::File(unreadable) => {
                let status = match unreadable {
                    Unreadable::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                Self::new(status, "unreadable-file", "The file cannot be read").detail(error)
            }
            Error::Query(problem) => problem.clone(),
            Error::Disk(_) => Self::unavailable(),
            Error::Inventory(_) => Self::unavailable(),
            Error::Store(error) if error.is_temporary() => Self::unavailable(),
            Error::Store(error) if error.is_foreign_key_violation() => {
                conflict("changed-meanwhile", "Something it refers to is gone")
            }
            Error::Store(_) => Self::internal(),
        }
    }
}

fn picture(refused: &Refused) -> Problem {
    let (status, slug, title) = match refused {
        Refused::NotAPicture => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-a-picture", "Not a picture")
        }
        Refused::TooManyBytes(_) | Refused::TooManyPixels { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, "picture-too-large", "The picture is too large")
        }
        Refused::Damaged(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "damaged-picture", "The picture cannot be read")
        }
    };
    Problem::new(status, slug, title).detail(refused)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        // A 503 says too little to whoever has to mend the disk.
        if let Self::Disk(error) = &self {
            tracing::error!(%error, "a file could not be read or written");
        }
        if let Self::Stale(current) = &self {
            return with_current(&self, current);
        }
        problem_response(&self)
    }
}

/// The problem with what is there now, as RFC 9457 lets a problem say more.
fn with_current(error: &Error, current: &Value) -> Response {
    let mut body = json!(Problem::from(error));
    body["current"] = current.clone();
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::PRECONDITION_FAILED, kind, body.to_string()).into_response()
}
