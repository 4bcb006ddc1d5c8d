//! Problem documents (RFC 9457): the one form of every error on the wire.

use axum::response::{IntoResponse, Response};
use emart_types::{FieldError, Invalid};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::Context;

/// How many fields one answer names, and how long its texts are: some of them repeat what was sent.
const MOST_ERRORS: usize = 50;
const LONGEST_TEXT: usize = 200;
const LONGEST_DETAIL: usize = 1000;

/// An error as callers see it: `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema, thiserror::Error)]
#[error("{title}: {}", .detail.as_deref().unwrap_or(kind))]
pub struct Problem {
    /// `/problems/<slug>`: stable, documented in `docs/problems.md`.
    #[serde(rename = "type")]
    #[schema(example = "/problems/out-of-stock")]
    pub kind: String,
    /// The kind of problem in a few words; the same each time.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, for a person to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id of the request, as in the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Which fields are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Seconds after which to try again; also sent as `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
}

impl Problem {
    /// A problem of the kind `/problems/<slug>`.
    #[must_use]
    pub fn new(status: StatusCode, slug: &str, title: &str) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: None,
            instance: None,
            errors: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// Says what happened this time.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "both `detail(&error)` and `detail(\"text\")` read well"
    )]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        let mut detail = detail.to_string();
        shorten(&mut detail, LONGEST_DETAIL);
        self.detail = Some(detail);
        self
    }

    /// Says when to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Whether it is of the kind `/problems/<slug>`.
    #[must_use]
    pub fn is(&self, slug: &str) -> bool {
        self.kind.strip_prefix("/problems/") == Some(slug)
    }

    /// Its status as a type.
    #[must_use]
    pub fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// 404: there is no such thing, or it is not the caller's to know of.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found")
    }

    /// 500: a bug of ours. What it was stands in the log under the request's id, not here.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong")
            .detail("the error has been logged under the id in `instance`")
    }

    /// 401: who are you?
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Sign in first")
    }

    /// 403: known, but not allowed.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed")
    }

    /// 503: not now; try again.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available right now")
            .retry_after(1)
    }

    /// 409: the same `Idempotency-Key` came with another body.
    #[must_use]
    pub fn idempotency_key_reused() -> Self {
        Self::new(StatusCode::CONFLICT, "idempotency-key-reused", "Idempotency-Key reused")
            .detail("this Idempotency-Key was used with another request body; use a new key")
    }
}

/// 422 with what is wrong, field by field. However much that is, the answer stays small: a body of a megabyte is not
/// answered with many.
impl From<Invalid> for Problem {
    fn from(Invalid(mut errors): Invalid) -> Self {
        errors.truncate(MOST_ERRORS);
        for error in &mut errors {
            shorten(&mut error.pointer, LONGEST_TEXT);
            shorten(&mut error.detail, LONGEST_TEXT);
        }
        let invalid = Invalid(errors);
        let title = "The input is not valid";
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title);
        let problem = problem.detail(&invalid);
        Self { errors: invalid.0, ..problem }
    }
}

fn shorten(text: &mut String, longest: usize) {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
        text.push('…');
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        if self.instance.is_none() {
            self.instance = Context::current().map(|context| context.request_id().to_owned());
        }
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
        let mut response = (self.status_code(), json, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED.as_u16() {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// For a service's `Error`: logs a 500 with its whole chain (here and nowhere else), answers the problem.
///
/// ```text
/// impl IntoResponse for Error {
///     fn into_response(self) -> Response { emart_http::problem_response(&self) }
/// }
/// ```
pub fn problem_response<E>(error: &E) -> Response
where
    E: std::error::Error + 'static,
    for<'a> Problem: From<&'a E>,
{
    let problem = Problem::from(error);
    if problem.status == StatusCode::INTERNAL_SERVER_ERROR.as_u16() {
        let context = Context::current().unwrap_or_default();
        let (request_id, trace_id) = (context.request_id(), context.trace().trace_id());
        let mut causes = vec![error.to_string()];
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        causes.dedup();
        let error = causes.join(": ");
        tracing::error!(request_id, trace_id, error, "request failed");
    }
    problem.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_much_is_wrong_the_answer_stays_small() {
        let mut invalid = Invalid::new();
        for at in 0..100_000 {
            invalid.push(format!("/{at}/{}", "é".repeat(1000)), "ü".repeat(1000));
        }
        let problem = Problem::from(invalid);
        assert_eq!(problem.errors.len(), MOST_ERRORS);
        assert!(problem.errors[0].pointer.starts_with("/0/é"));
        assert!(serde_json::to_vec(&problem).unwrap().len() < 32 << 10);
        assert!(Problem::not_found().detail("x".repeat(1 << 20)).detail.unwrap().len() < 1100);
    }
}
