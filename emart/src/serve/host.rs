//! Which host a request is for. HTTP/2 says it in another place than HTTP/1: behind this, both look alike.

use axum::response::{IntoResponse, Response};
use emart_http::Problem;
use http::uri::Authority;
use http::{HeaderValue, Request, StatusCode, Uri, Version, header};

/// Makes sure that a request names one host, and that `Host` says it; `false` when it does not.
pub(super) fn settle<B>(request: &mut Request<B>) -> bool {
    if request.version() == Version::HTTP_2 && !from_authority(request) {
        return false;
    }
    names_one(request)
}

/// Moves `:authority` into `Host` (RFC 9113, section 8.3.1), where everything else looks for it.
fn from_authority<B>(request: &mut Request<B>) -> bool {
    let Some(authority) = request.uri().authority() else { return true };
    let Ok(host) = HeaderValue::from_str(authority.as_str()) else { return false };
    if request.headers().get(header::HOST).is_some_and(|said| said != host) {
        return false;
    }
    let path = request.uri().path_and_query().cloned();
    request.headers_mut().insert(header::HOST, host);
    if let Some(path) = path {
        *request.uri_mut() = Uri::from(path);
    }
    true
}

/// Whether there is one `Host`, and it is one (RFC 9112, section 3.2): where two parties read different hosts out of a
/// request, one of them can be deceived.
fn names_one<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next().map(HeaderValue::as_bytes), hosts.next()) {
        (Some(b""), None) => true,
        (Some(host), None) => Authority::try_from(host).is_ok() && !host.contains(&b'@'),
        (None, _) => request.version() < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// The answer when it does not.
pub(super) fn missing() -> Response {
    let title = "Host is missing or malformed";
    Problem::new(StatusCode::BAD_REQUEST, "bad-host", title).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_one_host() {
        let named = |version: Version, hosts: &[&str]| {
            let mut request = Request::builder().version(version);
            for host in hosts {
                request = request.header(header::HOST, *host);
            }
            settle(&mut request.body(()).unwrap())
        };
        for host in ["shop.example", "shop.example:8080", "[::1]:80", "127.0.0.1", ""] {
            assert!(named(Version::HTTP_11, &[host]), "{host}");
        }
        for host in ["a b", "a/b", "me@shop.example", "shop.example:x:y", "é"] {
            assert!(!named(Version::HTTP_11, &[host]), "{host}");
        }
        assert!(!named(Version::HTTP_11, &[]) && named(Version::HTTP_10, &[]));
        assert!(!named(Version::HTTP_11, &["a", "a"]) && !named(Version::HTTP_10, &["a", "b"]));
    }

    #[test]
    fn over_http_2_the_authority_is_the_host() {
        let settled = |uri: &str, host: &str| {
            let mut request = Request::builder().version(Version::HTTP_2).uri(uri);
            if !host.is_empty() {
                request = request.header(header::HOST, host);
            }
            let mut request = request.body(()).unwrap();
            let fine = settle(&mut request);
            let host =
                request.headers().get(header::HOST).map(|host| host.to_str().unwrap().to_owned());
            fine.then(|| (request.uri().to_string(), host.unwrap_or_default()))
        };
        let there = Some(("/p/tea?a=b".to_owned(), "shop.example".to_owned()));
        assert_eq!(settled("https://shop.example/p/tea?a=b", ""), there);
        assert_eq!(settled("https://shop.example/p/tea?a=b", "shop.example"), there);
        assert_eq!(settled("/p/tea?a=b", "shop.example"), there);
        assert_eq!(settled("https://shop.example/", "evil.example"), None);
        assert_eq!(settled("https://me@shop.example/", ""), None);
        assert_eq!(settled("/p/tea", ""), None);
    }
}
