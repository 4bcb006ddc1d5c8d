//! Which requests may be answered from memory, and what is then asked of the service: nothing in it says who asks, so
//! nothing in the answer can be about them.

use std::sync::Arc;

use bytes::Bytes;
use emart_http::{Caller, Context};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};

use crate::backend::Backend;
use crate::routes;

/// All of a request's header lines that reach the service: a page may be in the visitor's language, if it says so
/// in `Vary`.
const PASSED_ON: [HeaderName; 1] = [header::ACCEPT_LANGUAGE];
/// Requests that want something else than the whole answer.
const PARTICULAR: [HeaderName; 4] =
    [header::RANGE, header::IF_RANGE, header::IF_MATCH, header::IF_UNMODIFIED_SINCE];
/// What the shop's own cookies have in their names.
const OUR_COOKIES: &[u8] = b"emart_";
/// Longer addresses are no page's.
const LONGEST_KEY: usize = 2048;

/// A question that many may ask.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) context: Context,
    pub(crate) backend: Arc<Backend>,
}

/// Who asks, as far as it matters to what may be answered from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Somebody of whom nothing is known: what they are shown, everyone may be shown.
    Anyone,
    /// A visitor with a cart or an account: for them nothing is kept. Before they are shown an error they are shown
    /// what anyone sees.
    Visitor,
}

/// Whether a request may be answered from memory, and for whom that is.
pub(crate) fn reader(parts: &Parts) -> Option<Reader> {
    let path = parts.uri.path();
    if !matches!(parts.method, Method::GET | Method::HEAD) || !routes::is_for_everyone(path) {
        return None;
    }
    let headers = &parts.headers;
    let particular = PARTICULAR.iter().any(|name| headers.contains_key(name));
    if particular
        || headers.contains_key(header::AUTHORIZATION)
        || key(&parts.uri).len() > LONGEST_KEY
    {
        return None;
    }
    let mut cookies = headers.get_all(header::COOKIE).iter();
    let is_ours = |line: &HeaderValue| {
        line.as_bytes().windows(OUR_COOKIES.len()).any(|bytes| bytes == OUR_COOKIES)
    };
    let is_page = !path.starts_with("/api/") && !path.starts_with("/images/");
    match cookies.any(is_ours) {
        false if is_page && wants_json(headers) => None,
        false => Some(Reader::Anyone),
        true if is_page => Some(Reader::Visitor),
        true => None,
    }
}

/// Pages say what is wrong in another form to scripts.
fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"))
}

/// By what an address is kept.
pub(crate) fn key(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
}

impl Question {
    pub(crate) fn new(parts: &Parts, context: &Context, backend: &Arc<Backend>) -> Self {
        let mut headers = HeaderMap::new();
        for name in PASSED_ON {
            if let Some(value) = parts.headers.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        let (id, trace) = (context.request_id().to_owned(), context.trace());
        let context = Context::from_parts(id, trace, Caller::guest(), context.deadline());
        let uri = key(&parts.uri).parse().unwrap_or_default();
        Self { uri, headers, context, backend: Arc::clone(backend) }
    }

    pub(crate) fn key(&self) -> &str {
        key(&self.uri)
    }

    /// The request; with `known`, only for what is newer.
    pub(crate) fn request(&self, known: Option<&HeaderValue>) -> Request<Bytes> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = self.uri.clone();
        request.headers_mut().clone_from(&self.headers);
        if let Some(known) = known {
            request.headers_mut().insert(header::IF_NONE_MATCH, known.clone());
        }
        request.extensions_mut().insert(self.context.clone());
        request
    }

    /// The key of one form of the answer; `None` when `Vary` names something that never reached the service.
    pub(crate) fn variant(&self, names: &[HeaderName], stamp: u64) -> Option<String> {
        let mut key = format!("{}\n{stamp}", self.key());
        for name in names {
            if !PASSED_ON.contains(name) {
                return None;
            }
            let value = self.headers.get(name).map_or(Ok(""), HeaderValue::to_str).ok()?;
            key.push('\n');
            key.push_str(value);
        }
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(method: &str, path: &str, headers: &[(&str, &[u8])]) -> Option<Reader> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        reader(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn only_what_anyone_may_see_is_shown_from_memory() {
        let anyone = Some(Reader::Anyone);
        for path in [
            "/",
            "/p/tea",
            "/c/tea?page=2",
            "/search?q=tea",
            "/robots.txt",
            "/images/a.webp",
            "/api/v1/catalog/products?limit=3",
        ] {
            assert_eq!(who("GET", path, &[]), anyone, "{path}");
            assert_eq!(who("HEAD", path, &[("cookie", b"_ga=1; theme=dark")]), anyone, "{path}");
            assert_eq!(who("POST", path, &[]), None, "{path}");
            assert_eq!(who("GET", path, &[("authorization", b"Basic x")]), None, "{path}");
            assert_eq!(who("GET", path, &[("range", b"bytes=0-1")]), None, "{path}");
        }
        for path in [
            "/cart",
            "/checkout",
            "/account",
            "/orders/1",
            "/sign-in",
            "/setup/x",
            "/pp",
            "/api/v1/carts/x",
            "/api/v1/orders",
            "/api/v1/identity/me",
            "/api/v1/catalog/imports",
        ] {
            assert_eq!(who("GET", path, &[]), None, "{path}");
        }
        assert_eq!(who("GET", &format!("/search?q={}", "x".repeat(2048)), &[]), None);
        assert_eq!(who("GET", "/p/tea", &[("accept", b"application/json")]), None);
    }

    #[test]
    fn whoever_has_a_cookie_of_ours_is_not_anyone() {
        for cookie in [
            &b"emart_session=x"[..],
            b"a=b; emart_cart=x",
            b"emart_badge=1",
            b"a=\xff; __Host-emart_session=x",
            b"\xff emart_device=",
            b"emart_draft=;",
        ] {
            assert_eq!(who("GET", "/p/tea", &[("cookie", cookie)]), Some(Reader::Visitor));
            assert_eq!(
                who("GET", "/p/tea", &[("cookie", b"a=b"), ("cookie", cookie)]),
                Some(Reader::Visitor)
            );
            assert_eq!(who("GET", "/api/v1/catalog/products", &[("cookie", cookie)]), None);
        }
    }
}
