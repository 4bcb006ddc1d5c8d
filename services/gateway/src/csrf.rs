//! Requests that another site makes a visitor's browser send are refused, without tokens: browsers say themselves where
//! a request comes from (`Sec-Fetch-Site`, and before that `Origin`). The scheme is that of Go 1.25's
//! `CrossOriginProtection`.

use http::request::Parts;
use http::{HeaderMap, Uri, header};

/// Whether a request that changes something, or opens a WebSocket (which no browser keeps to the pages of one site), may
/// come from where it comes from.
pub(crate) fn is_welcome(parts: &Parts, own_origin: &str) -> bool {
    let origin = parts.headers.get(header::ORIGIN).map(header::HeaderValue::as_bytes);
    if origin == Some(own_origin.as_bytes()) {
        return true;
    }
    match parts.headers.get("sec-fetch-site").map(header::HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => true,
        Some(_) => false,
        // No browser, or one too old for `Sec-Fetch-Site`, which sends `Origin` at least.
        None => origin.is_none_or(|origin| is_host(origin, &parts.headers, &parts.uri)),
    }
}

fn is_host(origin: &[u8], headers: &HeaderMap, uri: &Uri) -> bool {
    let host = match uri.authority() {
        Some(authority) => Some(authority.as_str().as_bytes()),
        None => headers.get(header::HOST).map(header::HeaderValue::as_bytes),
    };
    let authority = origin.windows(3).position(|w| w == b"://").map(|at| &origin[at + 3..]);
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn welcome(method: &str, headers: &[(&str, &str)]) -> bool {
        let mut request =
            Request::builder().method(method).uri("/cart").header("host", "shop.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_welcome(&request.body(()).unwrap().into_parts().0, "https://shop.example")
    }

    #[test]
    fn other_sites_may_link_but_not_post() {
        for site in ["cross-site", "same-site"] {
            assert!(!welcome("POST", &[("sec-fetch-site", site)]));
            assert!(!welcome(
                "DELETE",
                &[("sec-fetch-site", site), ("origin", "https://evil.example")]
            ));
        }
    }

    #[test]
    fn the_shops_own_pages_and_programs_may() {
        assert!(welcome("POST", &[("sec-fetch-site", "same-origin")]));
        assert!(welcome("POST", &[("sec-fetch-site", "none")]));
        assert!(welcome("POST", &[("origin", "https://shop.example")]));
        assert!(welcome("POST", &[]));
    }

    #[test]
    fn old_browsers_are_held_to_their_origin() {
        assert!(!welcome("POST", &[("origin", "https://evil.example")]));
        assert!(!welcome("POST", &[("origin", "null")]));
        assert!(!welcome("POST", &[("origin", "https://shop.example.evil.example")]));
        assert!(welcome("POST", &[("origin", "http://shop.example")]));
    }
}
