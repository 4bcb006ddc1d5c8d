//! What can go wrong on the way to a page, and its one translation into a `Problem`. `guard` turns problems into pages.

use axum::response::{IntoResponse, Response};
use emart_http::{Problem, problem_response};
use emart_mesh::CallError;
use http::StatusCode;

use crate::forms::{FormProblem, Problems};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no such page")]
    NotFound,
    #[error("a service did not do its part")]
    Call(#[from] CallError),
    #[error("a page could not be rendered")]
    Render(#[from] askama::Error),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Call(CallError::Timeout | CallError::Unreachable(_)) => Self::unavailable(),
            Error::Call(CallError::Problem(problem)) => translated(problem),
            Error::Call(CallError::Malformed(_)) | Error::Render(_) => Self::internal(),
        }
    }
}

/// A refusal in words for whoever works here. They know the trade: what the service says helps them.
fn translated(problem: &Problem) -> Problem {
    match problem.status {
        404 => Problem::not_found(),
        401 => Problem::unauthorized(),
        403 => Problem::forbidden(),
        429 => {
            let title = "Too many tries";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", title)
                .retry_after(problem.retry_after_seconds.unwrap_or(30))
        }
        status @ 400..=499 => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            Problem::new(status, "refused", "It cannot be done like this").detail(said(problem))
        }
        503 => Problem::unavailable(),
        _ => Problem::internal(),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        problem_response(&self)
    }
}

/// What a service says about a form, field by field; an error that is no form's fault stays one.
pub(crate) fn form_problems(error: CallError) -> Result<Problems, Error> {
    let CallError::Problem(problem) = &error else { return Err(error.into()) };
    if !matches!(problem.status, 400 | 409 | 413 | 415 | 422 | 428) {
        return Err(error.into());
    }
    if problem.errors.is_empty() {
        return Ok(Problems(vec![FormProblem::whole(said(problem))]));
    }
    let field = |error: &emart_types::FieldError| FormProblem {
        field: error.pointer.trim_start_matches('/').replace('/', "."),
        text: sentence(&error.detail),
    };
    Ok(Problems(problem.errors.iter().map(field).collect()))
}

/// What a refusal says, to be shown beside a button or on top of a page; an error that is no refusal stays one.
pub(crate) fn refusal(error: CallError) -> Result<String, Error> {
    match &error {
        CallError::Problem(problem)
            if matches!(problem.status, 400 | 404 | 409 | 410 | 412 | 422) =>
        {
            Ok(said(problem))
        }
        _ => Err(error.into()),
    }
}

/// Whether somebody else changed it meanwhile: time for `pages::conflict`.
pub(crate) fn is_conflict(error: &CallError) -> bool {
    error.problem().is_some_and(|problem| problem.status == 412)
}

fn said(problem: &Problem) -> String {
    let first = problem.errors.first().map(|field| sentence(&field.detail));
    let text = first.or_else(|| problem.detail.as_deref().map(sentence));
    text.unwrap_or_else(|| sentence(&problem.title))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_a_field_stands_beside_it_and_an_outage_is_no_forms_fault() {
        let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Not valid");
        problem.errors.push(emart_types::FieldError {
            pointer: "/address/city".to_owned(),
            detail: "must not be empty".to_owned(),
        });
        let problems = form_problems(CallError::Problem(Box::new(problem))).unwrap();
        assert_eq!(problems.of("address.city"), Some("Must not be empty."));
        assert!(form_problems(CallError::Timeout).is_err());
    }
}
