//! Compression of answers for clients that accept it. Those that do not pay for one look at a header.

use std::convert::Infallible;
use std::future::ready;

use axum::body::Body;
use axum::response::Response;
use emart_http::is_event_stream;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body::Body as _;
use tower::ServiceExt;
use tower_http::compression::Compression;
use tower_http::compression::predicate::SizeAbove;

/// Smaller bodies fit into one packet anyway.
const SMALLEST: u64 = 860;

/// The codings there are, the fastest for its result first.
const CODINGS: [&str; 3] = ["zstd", "br", "gzip"];

/// The coding to use for a client, if it accepts any.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<&'static str> {
    let accepts = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let wanted = |coding: &str| {
        accepts.split(',').any(|entry| {
            let (name, quality) = entry.split_once(';').unwrap_or((entry, ""));
            let refused = quality
                .trim()
                .strip_prefix("q=")
                .is_some_and(|q| q.bytes().all(|b| matches!(b, b'0' | b'.')));
            name.trim().eq_ignore_ascii_case(coding) && !refused
        })
    };
    CODINGS.into_iter().find(|coding| wanted(coding))
}

/// Compresses an answer if that is worth it.
pub(crate) async fn compress(coding: Option<&'static str>, response: Response) -> Response {
    if !is_worth_it(&response) {
        return response;
    }
    let Some(coding) = coding else { return vary(response) };
    let mut asked = Request::new(());
    asked.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding));
    let mut response = Some(weaken_etag(response));
    let inner = tower::service_fn(move |_: Request<()>| {
        ready(Ok::<_, Infallible>(response.take().unwrap_or_default()))
    });
    let compression = Compression::new(inner).compress_when(SizeAbove::new(0));
    match compression.oneshot(asked).await {
        Ok(compressed) => compressed.map(Body::new),
        Err(never) => match never {},
    }
}

fn is_worth_it(response: &Response) -> bool {
    let (status, headers) = (response.status(), response.headers());
    let large = response.body().size_hint().exact().is_none_or(|size| size >= SMALLEST);
    let plain = !headers.contains_key(header::CONTENT_ENCODING);
    let whole = status != StatusCode::PARTIAL_CONTENT && status != StatusCode::NOT_MODIFIED;
    // A compressor would keep an event back until more of them fill its block.
    let all_at_once = !is_event_stream(headers);
    large && plain && whole && all_at_once && headers.get(header::CONTENT_TYPE).is_some_and(is_text)
}

fn is_text(content_type: &HeaderValue) -> bool {
    let Ok(text) = content_type.to_str() else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim();
    // Events are sent one by one: nothing may wait for more to compress.
    (essence.starts_with("text/") && essence != "text/event-stream")
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
        || matches!(essence, "application/json" | "application/javascript" | "application/xml")
}

/// Caches have to know that others get it compressed.
fn vary(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Compressed, it is not the same bytes any more: a strong tag would promise that.
fn weaken_etag(mut response: Response) -> Response {
    let tag = response.headers().get(header::ETAG);
    let strong = tag.map(HeaderValue::as_bytes).filter(|tag| tag.starts_with(b"\""));
    if let Some(weak) = strong.and_then(|tag| HeaderValue::from_bytes(&[b"W/", tag].concat()).ok())
    {
        response.headers_mut().insert(header::ETAG, weak);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_coding_the_client_accepts_is_used() {
        for (accepts, coding) in [
            ("gzip, deflate, br, zstd", Some("zstd")),
            ("gzip, deflate, br", Some("br")),
            ("GZIP;q=0.5", Some("gzip")),
            ("br;q=0, gzip;q=0.0", None),
            ("identity", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepts));
            assert_eq!(accepted(&headers), coding, "{accepts}");
        }
        assert_eq!(accepted(&HeaderMap::new()), None);
    }
}
