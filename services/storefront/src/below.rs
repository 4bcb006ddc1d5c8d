//! The shop's pages below `/`: at `https://shop.example/store` when another client stands at the root. Everything else
//! here speaks of `/cart` and `/p/…`; this moves requests, and what the answers point to, as a whole.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use emart_http::Problem;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Uri};
use tower::ServiceExt;

/// What belongs to others and stays where it is.
const ELSEWHERE: [&str; 5] = ["admin", "api", "docs", "images", "webapi"];
/// The attributes with which pages point to something.
const POINTERS: [&str; 3] = ["href=\"", "action=\"", "src=\""];

/// Moves all pages below a path.
pub(crate) fn below(base: &str, pages: Router) -> Router {
    let base: Arc<str> = base.into();
    Router::new().fallback(move |request: Request| {
        let (base, pages) = (Arc::clone(&base), pages.clone());
        async move {
            let Ok(response) = pages.oneshot(without(&base, request)).await;
            moved(&base, response).await
        }
    })
}

/// The request as the pages know it.
fn without(base: &str, mut request: Request) -> Request {
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    let Some(rest) = asked.strip_prefix(base) else { return request };
    let inner = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    if let Ok(uri) = Uri::try_from(inner) {
        *request.uri_mut() = uri;
    }
    request
}

async fn moved(base: &str, response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    move_location(base, &mut head.headers);
    // They name addresses that are another's now.
    head.headers.remove(HeaderName::from_static("speculation-rules"));
    let html = head.headers.get(header::CONTENT_TYPE);
    if !html.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return Response::from_parts(head, body);
    }
    // A page of ours is in memory already.
    let page = to_bytes(body, usize::MAX).await.ok();
    let Some(page) = page.and_then(|page| String::from_utf8(page.into()).ok()) else {
        return Problem::internal().into_response();
    };
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(move_links(base, &page)))
}

fn move_location(base: &str, headers: &mut HeaderMap) {
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location.filter(|path| path.starts_with('/') && is_ours(base, path))
    else {
        return;
    };
    if let Ok(location) = HeaderValue::try_from(format!("{base}{location}")) {
        headers.insert(header::LOCATION, location);
    }
}

/// What a visitor's words put on a page has its quotes escaped: only our own templates can write `href="/`.
fn move_links(base: &str, page: &str) -> String {
    let mut moved = String::with_capacity(page.len() + page.len() / 16);
    let mut rest = page;
    while let Some(at) = rest.find("=\"/") {
        let (before, path) = rest.split_at(at + 2);
        moved.push_str(before);
        if POINTERS.iter().any(|pointer| before.ends_with(pointer)) && is_ours(base, path) {
            moved.push_str(base);
        }
        rest = path;
    }
    moved.push_str(rest);
    moved
}

/// Whether a path is a page of ours that has not been moved.
fn is_ours(base: &str, path: &str) -> bool {
    let first = path[1..].split(['/', '?', '#', '"']).next().unwrap_or_default();
    !path.starts_with("//") && !ELSEWHERE.contains(&first) && Some(first) != base.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_to_a_page_of_ours_moves_and_nothing_else() {
        for (before, after) in [
            (r#"<a href="/">"#, r#"<a href="/store/">"#),
            (r#"<a href="/p/tea?variant=1">"#, r#"<a href="/store/p/tea?variant=1">"#),
            (r#"<form action="/search">"#, r#"<form action="/store/search">"#),
            (r#"<button formaction="/cart">"#, r#"<button formaction="/store/cart">"#),
            (r#"<script src="/static/a.js">"#, r#"<script src="/store/static/a.js">"#),
            (r#"<img src="/images/a.webp">"#, r#"<img src="/images/a.webp">"#),
            (r#"<a href="/admin">"#, r#"<a href="/admin">"#),
            (r#"<a href="//elsewhere.example/">"#, r#"<a href="//elsewhere.example/">"#),
            (r#"<a href="/store/cart">"#, r#"<a href="/store/cart">"#),
            (r#"<input value="/cart">"#, r#"<input value="/cart">"#),
            (r##"<a href="#main">"##, r##"<a href="#main">"##),
            ("href=&quot;/cart", "href=&quot;/cart"),
        ] {
            assert_eq!(move_links("/store", before), after);
        }
    }
}
