//! Other sites' scripts at the addresses that were always open to them: the API of the first E-Mart, its pictures and
//! BooksMart. Answers there say who may read them (the Fetch standard's CORS protocol), and never that cookies may come
//! along: whoever calls from elsewhere shows a token.

use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use crate::routes::is_under;

/// What other sites' scripts may read.
const OPEN: [&str; 4] = ["/api/user", "/api/shop", "/images", "/webapi"];
const METHODS: HeaderValue = HeaderValue::from_static("GET,HEAD,PUT,PATCH,POST,DELETE");
/// How long, in seconds, a browser need not ask again whether it may ask.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");

/// Which sites' scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorsConfig {
    /// Origins as browsers write them (`https://client.example`); `*` is all of them, an empty list none.
    pub origins: Vec<String>,
}

impl Default for CorsConfig {
    fn default() -> Self {
        Self { origins: vec!["*".to_owned()] }
    }
}

impl CorsConfig {
    pub(crate) fn check(&self, wrong: &mut Vec<String>) {
        for origin in self.origins.iter().filter(|origin| *origin != "*") {
            let host =
                origin.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
            if host.is_none_or(|(_, host)| host.is_empty() || host.contains(['/', '*', ' '])) {
                wrong.push(format!(
                    "cors.origins: must be like https://client.example, or *, not {origin}"
                ));
            }
        }
    }

    /// Lets the asking site's scripts read the answer, if they may.
    pub(crate) fn open(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        if self.origins.iter().any(|allowed| allowed == "*") {
            answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            return;
        }
        answer.append(header::VARY, HeaderValue::from_name(header::ORIGIN));
        let known = |origin: &&HeaderValue| {
            self.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
        };
        if let Some(origin) = origin.filter(known) {
            answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
    }
}

/// Whether a path is one of those.
pub(crate) fn is_open(path: &str) -> bool {
    OPEN.iter().any(|prefix| is_under(path, prefix))
}

/// What a browser is told that asks whether it may ask.
pub(crate) fn preflight(asked: &HeaderMap) -> Response {
    let wanted: HeaderName = header::ACCESS_CONTROL_REQUEST_HEADERS;
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    headers.insert(header::VARY, HeaderValue::from_name(wanted.clone()));
    if let Some(names) = asked.get(wanted) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    (StatusCode::NO_CONTENT, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_always_open_is() {
        for path in
            ["/api/user", "/api/user/login", "/api/shop/", "/images/ab/cd.webp", "/webapi/books/1"]
        {
            assert!(is_open(path), "{path}");
        }
        for path in ["/", "/api/v1/carts", "/api/users", "/imagesque", "/account", "/internal"] {
            assert!(!is_open(path), "{path}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for (origin, fine) in [
            ("*", true),
            ("https://client.example", true),
            ("http://localhost:4200", true),
            ("client.example", false),
            ("https://client.example/", false),
            ("https://*.example", false),
            ("ftp://client.example", false),
            ("", false),
        ] {
            let mut wrong = Vec::new();
            CorsConfig { origins: vec![origin.to_owned()] }.check(&mut wrong);
            assert_eq!(wrong.is_empty(), fine, "{origin}");
        }
    }
}
