//! Headers: those that every answer carries, those that no request brings in.

use axum::response::Response;
use http::header::{self, Entry};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::Config;

/// What pages may load and do. Nothing inline, nothing from elsewhere, no frames.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
    base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
const CONTENT_SECURITY_POLICY_TLS: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
    base-uri 'self'; form-action 'self'; frame-ancestors 'none'; upgrade-insecure-requests";

/// What is about the connection a request came by, not about the request (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [HeaderName; 6] = [
    header::CONNECTION,
    header::UPGRADE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    HeaderName::from_static("keep-alive"),
];

/// What services say to each other in headers begins with this.
const OURS: &str = "emart-";
/// What clients may say all the same: it is input, and says nothing about who they are.
const INPUT: [&str; 1] = ["emart-image-alt"];

/// The headers of every answer. A service that sets one of them itself has its reasons.
pub(crate) struct Security(Vec<(HeaderName, HeaderValue)>);

impl Security {
    pub(crate) fn new(config: &Config) -> Self {
        let policy =
            if config.is_https() { CONTENT_SECURITY_POLICY_TLS } else { CONTENT_SECURITY_POLICY };
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
            (
                HeaderName::from_static("permissions-policy"),
                "camera=(), geolocation=(), microphone=(), payment=(self), usb=()",
            ),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (header::X_FRAME_OPTIONS, "DENY"),
        ];
        if config.is_https() {
            headers.push((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
        }
        Self(
            headers
                .into_iter()
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .collect(),
        )
    }

    pub(crate) fn add(&self, headers: &mut HeaderMap) {
        headers.reserve(self.0.len() + 1);
        for (name, value) in &self.0 {
            if let Entry::Vacant(place) = headers.entry(name) {
                place.insert(value.clone());
            }
        }
    }
}

/// An answer to somebody is for nobody else: no cache keeps it, unless its service says how.
pub(crate) fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if let Entry::Vacant(place) = headers.entry(header::CACHE_CONTROL) {
        place.insert(HeaderValue::from_static("private, no-store"));
    }
    response
}

/// Takes away what only services may say, and the credentials, which have been read by now.
pub(crate) fn strip(headers: &mut HeaderMap, session_cookie: Option<&str>) {
    headers.remove(header::AUTHORIZATION);
    strip_hop_by_hop(headers);
    if let Some(name) = session_cookie {
        strip_cookie(headers, name);
    }
    let is_ours = |name: &HeaderName| {
        let name = name.as_str();
        name.starts_with(OURS) && !INPUT.contains(&name)
    };
    if headers.keys().any(is_ours) {
        let ours: Vec<HeaderName> = headers.keys().filter(|name| is_ours(name)).cloned().collect();
        for name in ours {
            headers.remove(name);
        }
    }
}

fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .filter_map(|name| HeaderName::try_from(name.trim()).ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Takes one cookie out, and leaves the others.
fn strip_cookie(headers: &mut HeaderMap, name: &str) {
    if cookie(headers, name).is_none() {
        return;
    }
    let others: Vec<&str> = pairs(headers).filter(|pair| key(pair) != name).collect();
    let line = HeaderValue::try_from(others.join("; ")).ok().filter(|line| !line.is_empty());
    headers.remove(header::COOKIE);
    if let Some(line) = line {
        headers.insert(header::COOKIE, line);
    }
}

/// A request id that someone sent, if it is safe to repeat in logs and answers.
pub(crate) fn safe_request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(emart_http::REQUEST_ID_HEADER)?.to_str().ok()?;
    let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    ((1..=64).contains(&id.len()) && id.bytes().all(safe)).then_some(id)
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pair = pairs(headers).find(|pair| key(pair) == name)?;
    pair.split_once('=').map(|(_, value)| value)
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).map(str::trim)
}

fn key<'a>(pair: &&'a str) -> &'a str {
    pair.split_once('=').map_or("", |(key, _)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_brings_in_what_services_say_to_each_other() {
        let mut headers = HeaderMap::new();
        for name in [
            "emart-caller",
            "emart-session",
            "emart-client-addr",
            "emart-anything",
            "emart-image-alt",
        ] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("admin usr_1"));
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("twice"));
        }
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer x"));
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; session=secret; c=d"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        strip(&mut headers, Some("session"));
        assert_eq!(headers[header::COOKIE], "a=b; c=d");
        let mut left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["accept", "cookie", "emart-image-alt"]);
    }

    #[test]
    fn only_harmless_request_ids_are_repeated() {
        for (id, safe) in [
            ("abc-1.2_3", true),
            ("", false),
            ("a b", false),
            ("a\"b", false),
            (&*"x".repeat(65), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(emart_http::REQUEST_ID_HEADER, HeaderValue::from_str(id).unwrap());
            assert_eq!(safe_request_id(&headers).is_some(), safe, "{id}");
        }
    }
}
