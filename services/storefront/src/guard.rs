//! The outermost layer: a problem document that a browser would show as raw JSON becomes a page.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use emart_http::{Context, Problem};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, Limited};

use crate::Storefront;
use crate::frame::{self, Visitor};
use crate::pages::error::ErrorPage;

/// Lets people see pages where scripts get problems.
pub(crate) async fn guard(
    State(storefront): State<Storefront>,
    request: Request,
    next: Next,
) -> Response {
    let context = Context::of(request.extensions(), request.headers());
    let headers = request.headers().clone();
    let response = next.run(request).await;
    if !is_problem(response.headers()) || frame::wants_json(&headers) {
        return response;
    }
    let visitor = Visitor { caller: context.caller().clone(), headers };
    context.scope(page(&storefront, &visitor, response)).await
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value == "application/problem+json")
}

async fn page(storefront: &Storefront, visitor: &Visitor, response: Response) -> Response {
    let (head, body) = response.into_parts();
    let problem = read(body).await;
    let request_id = problem.and_then(|problem| problem.instance).unwrap_or_default();
    let (heading, text) = words(head.status);
    let page = ErrorPage {
        layout: storefront.private(visitor, heading, "/").await,
        status: head.status.as_u16(),
        heading,
        text,
        request_id: if head.status.is_server_error() { request_id } else { String::new() },
    };
    let mut response = match frame::html(&page) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    *response.status_mut() = head.status;
    for name in [http::header::RETRY_AFTER, http::header::ALLOW] {
        if let Some(value) = head.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

async fn read(body: Body) -> Option<Problem> {
    let bytes = Limited::new(body, 64 << 10).collect().await.ok()?.to_bytes();
    serde_json::from_slice(&bytes).ok()
}

fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "This page is not here",
            "It may have been sold for good, it may have moved, or the link has a typo. The search finds the rest.",
        ),
        StatusCode::FORBIDDEN => (
            "This page is not yours to see",
            "Sign in with another account, or go back to the shop.",
        ),
        StatusCode::UNAUTHORIZED => ("Please sign in", "This page belongs to an account."),
        StatusCode::TOO_MANY_REQUESTS => (
            "That was a bit much",
            "There were too many tries in a short time. Please wait a moment and try again.",
        ),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT | StatusCode::BAD_GATEWAY => {
            (
                "We will be right back",
                "Part of the shop does not answer at the moment. Nothing is lost; please try again in a minute.",
            )
        }
        status if status.is_client_error() => (
            "That did not come through",
            "The browser sent something that cannot be read here. Please go back and try again.",
        ),
        _ => (
            "Something went wrong here",
            "It is not your fault, and we have been told. Please try again.",
        ),
    }
}
