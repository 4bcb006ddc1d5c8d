//! The gateway's own pages, and what it answers when it cannot pass a request on: a problem document for programs, a
//! small page for people.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use emart_http::{Context, Problem};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::config::Config;

/// Why the gateway itself answers.
#[derive(Debug)]
pub(crate) struct Refusal {
    problem: Box<Problem>,
    /// What else the answer's head says.
    headers: Option<Box<HeaderMap>>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), headers: None }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    shop: &'a str,
    title: &'a str,
    status: u16,
    text: &'a str,
    request_id: &'a str,
}

impl Refusal {
    /// One whose head says more.
    pub(crate) fn with(problem: Problem, headers: HeaderMap) -> Self {
        Self { problem: Box::new(problem), headers: Some(Box::new(headers)) }
    }

    /// Whether the credentials were no good.
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.problem.status == StatusCode::UNAUTHORIZED.as_u16()
    }

    /// The answer.
    pub(crate) fn into_response(
        mut self,
        html: bool,
        context: &Context,
        config: &Config,
    ) -> Response {
        let headers = self.headers.take();
        let mut response = self.say(html, context, config);
        for (name, value) in headers.into_iter().flat_map(|headers| *headers) {
            if let Some(name) = name {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn say(self, html: bool, context: &Context, config: &Config) -> Response {
        let mut problem = self.problem;
        problem.instance = Some(context.request_id().to_owned());
        if !html {
            return problem.into_response();
        }
        let (title, text) = words(problem.status);
        let page = ErrorPage {
            shop: &config.shop_name,
            title,
            status: problem.status,
            text,
            request_id: context.request_id(),
        };
        let Ok(page) = page.render() else { return problem.into_response() };
        let mut response = (problem.status_code(), Html(page)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = problem.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Whether a service's answer would be a riddle to a person: an error that is no page.
pub(crate) fn is_a_riddle(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    response.status().is_server_error()
        && !content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// The page that goes instead.
pub(crate) fn instead_of(response: &Response) -> Refusal {
    let problem = Problem::new(response.status(), "unavailable", "Part of the store does not work");
    let mut headers = HeaderMap::new();
    if let Some(value) = response.headers().get(header::RETRY_AFTER) {
        headers.insert(header::RETRY_AFTER, value.clone());
    }
    Refusal::with(problem, headers)
}

/// Whether a person is looking: a browser that follows a link or sends a form, outside the API.
pub(crate) fn wants_html(parts: &Parts) -> bool {
    let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
        && !parts.uri.path().starts_with("/api/")
}

fn words(status: u16) -> (&'static str, &'static str) {
    match status {
        403 => (
            "This page is not yours to see",
            "It is for the people who run the shop. If you are one of them, sign in with that account.",
        ),
        404 => ("There is nothing here", "The link may be old, or mistyped."),
        408 => (
            "That took too long to arrive",
            "The connection was too slow for what it had to carry. Please try again.",
        ),
        413 => (
            "That is too much at once",
            "What was sent is larger than the shop takes. Please send less, or a smaller file.",
        ),
        429 => (
            "One moment, please",
            "There were too many requests in a short time. Please wait a little and try again.",
        ),
        502..=504 => (
            "We will be right back",
            "Part of the shop does not answer at the moment. Nothing you did is lost; please try again in a minute.",
        ),
        400..=499 => ("That did not come through", "Please go back and try again."),
        _ => (
            "Something went wrong here",
            "It is not your fault, and it has been noted. Please try again.",
        ),
    }
}

/// Too many requests are under way.
pub(crate) fn overloaded() -> Refusal {
    Problem::unavailable().detail("too many requests are under way; try again in a moment").into()
}

/// Another site made a visitor's browser send this.
pub(crate) fn cross_site() -> Refusal {
    let title = "This request came from another site";
    Problem::new(StatusCode::FORBIDDEN, "cross-site-request", title)
        .detail("what changes something has to be sent from the shop's own pages, or by a program with an access token")
        .into()
}

/// The service did not answer in time.
pub(crate) fn too_late() -> Refusal {
    let title = "The answer took too long";
    let detail = "it may still be carried out; look before you try again";
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", title).detail(detail).into()
}

/// The service cannot be reached, or does not speak its part.
pub(crate) fn bad_gateway() -> Refusal {
    let title = "Part of the store does not answer";
    Problem::new(StatusCode::BAD_GATEWAY, "bad-gateway", title).into()
}

/// The body is larger than this path takes.
pub(crate) fn too_large(limit: usize) -> Refusal {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large")
        .detail(format!("at most {limit} bytes are taken here"))
        .into()
}

/// The body did not come to its end.
pub(crate) fn broken_body() -> Refusal {
    let title = "The body could not be read";
    Problem::new(StatusCode::BAD_REQUEST, "malformed-body", title)
        .detail("it ended early or was sent in a form that HTTP does not know")
        .into()
}

/// The body came too slowly.
pub(crate) fn slow_body() -> Refusal {
    let title = "The body took too long to arrive";
    Problem::new(StatusCode::REQUEST_TIMEOUT, "request-timeout", title).into()
}
