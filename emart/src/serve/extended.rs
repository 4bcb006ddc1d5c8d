//! WebSockets over HTTP/2 (RFC 8441): what a client asks for by CONNECT is asked of the services in the words of HTTP/1.1,
//! and their consent is told in those of HTTP/2. What is said afterwards is the same.

use axum::response::Response;
use http::{HeaderValue, Method, Request, StatusCode, header};
use hyper::ext::Protocol;

/// Over HTTP/2 a client sends no riddle, and looks at no solution. Whoever speaks HTTP/1.1 wants one; it is there to keep
/// caches out, of which there are none between here and the services (RFC 6455, section 10.3).
const RIDDLE: HeaderValue = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");

/// Rewrites a request for a WebSocket; `false` when it is for something else.
pub(super) fn translate<B>(request: &mut Request<B>) -> bool {
    let protocol = request.extensions().get::<Protocol>().map(Protocol::as_str);
    if *request.method() != Method::CONNECT || protocol != Some("websocket") {
        return false;
    }
    *request.method_mut() = Method::GET;
    let headers = request.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_KEY, RIDDLE);
    true
}

/// Rewrites the answer; says whether it was yes.
pub(super) fn answer(response: &mut Response) -> bool {
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        // There is nothing to be said on a stream that was not opened: a yes without consent would open it.
        if response.status().is_success() {
            *response.status_mut() = StatusCode::BAD_REQUEST;
        }
        return false;
    }
    *response.status_mut() = StatusCode::OK;
    for name in [header::CONNECTION, header::UPGRADE, header::SEC_WEBSOCKET_ACCEPT] {
        response.headers_mut().remove(name);
    }
    true
}
