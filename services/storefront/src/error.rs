//! What can go wrong on the way to a page, and its one translation into a `Problem`. The outermost layer turns
//! problems into pages for people.

use axum::response::{IntoResponse, Redirect, Response};
use emart_http::{Problem, problem_response};
use emart_mesh::CallError;
use http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no such page")]
    NotFound,
    /// To be signed in first; the path is where to go on afterwards.
    #[error("sign in first")]
    SignIn(String),
    #[error("this is for staff")]
    Forbidden,
    #[error("a service did not do its part")]
    Call(#[from] CallError),
    #[error("a page could not be rendered")]
    Render(#[from] askama::Error),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::SignIn(_) => Self::unauthorized(),
            Error::Forbidden => Self::forbidden(),
            Error::Call(CallError::Timeout | CallError::Unreachable(_)) => Self::unavailable(),
            Error::Call(CallError::Problem(problem)) => translated(problem),
            Error::Call(CallError::Malformed(_)) | Error::Render(_) => Self::internal(),
        }
    }
}

/// A neighbour's refusal in the storefront's own words: its detail was written for the caller, not the visitor.
fn translated(problem: &Problem) -> Problem {
    match problem.status {
        404 => Problem::not_found(),
        401 => Problem::unauthorized(),
        403 => Problem::forbidden(),
        400 | 422 => Problem::new(StatusCode::BAD_REQUEST, "bad-query", "The address is not valid"),
        429 => {
            let title = "Too many tries";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", title)
                .retry_after(problem.retry_after_seconds.unwrap_or(30))
        }
        503 => Problem::unavailable(),
        _ => Problem::internal(),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::SignIn(next) = &self {
            let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            return Redirect::to(&format!("/sign-in?next={query}")).into_response();
        }
        problem_response(&self)
    }
}

/// What a refusal says to the person who caused it, when it is theirs to mend.
pub(crate) fn spoken(error: &CallError) -> Option<String> {
    let problem = error.problem().filter(|problem| problem.status < 500)?;
    let first = problem.errors.first().map(|field| sentence(&field.detail));
    let text = first.or_else(|| problem.detail.as_deref().map(sentence));
    Some(text.unwrap_or_else(|| sentence(&problem.title)))
}

/// `only 3 left` as `Only 3 left.`
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.trim().chars();
    let mut sentence: String =
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
