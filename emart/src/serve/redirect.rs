//! The plain address beside TLS: it sends visitors on, and does nothing else.

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri, header};

/// A router that sends everyone to the same address under `to` (`https://shop.example`). Not to the host that they name:
/// nobody else's link leads through the store to elsewhere.
pub(super) fn router(to: &str) -> Router {
    let to = to.trim_end_matches('/').to_owned();
    Router::new().fallback(move |uri: Uri| {
        let answer = send_on(&to, &uri);
        async move { answer }
    })
}

fn send_on(to: &str, uri: &Uri) -> Response {
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    // 308: a form that was sent is sent again as it was.
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, format!("{to}{path}"))]).into_response()
}
