//! Answers without an end of their own (server-sent events) and connections that become something else (WebSockets):
//! how they are told from the rest, and how they learn that the process stops.

use http::{HeaderMap, HeaderValue, Method, header};
use tokio_util::sync::CancellationToken;

/// With a request that wants to become something else: cancelled when the process stops. Nothing else would end it.
#[derive(Debug, Clone)]
pub struct Stopping(pub CancellationToken);

/// Whether an answer is a stream of events (`text/event-stream`): it goes out event by event, and goes on.
#[must_use]
pub fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"text/event-stream")
}

/// Whether a request asks for a WebSocket (RFC 6455, section 4.1).
#[must_use]
pub fn asks_for_websocket(method: &Method, headers: &HeaderMap) -> bool {
    let has = |name, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|text| text.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    *method == Method::GET
        && has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &'static str)| {
            (http::HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn a_stream_of_events_is_known_by_its_type() {
        for (kind, is) in [
            ("text/event-stream", true),
            ("Text/Event-Stream; charset=utf-8", true),
            ("text/event-streams", false),
            ("text/html", false),
        ] {
            assert_eq!(is_event_stream(&headers(&[("content-type", kind)])), is, "{kind}");
        }
        assert!(!is_event_stream(&HeaderMap::new()));
    }

    #[test]
    fn a_websocket_is_asked_for_by_two_headers_of_a_get() {
        let both = headers(&[("connection", "keep-alive, Upgrade"), ("upgrade", "WebSocket")]);
        assert!(asks_for_websocket(&Method::GET, &both));
        assert!(!asks_for_websocket(&Method::POST, &both));
        for one in [("connection", "upgrade"), ("upgrade", "websocket")] {
            assert!(!asks_for_websocket(&Method::GET, &headers(&[one])), "{one:?}");
        }
        let other = headers(&[("connection", "upgrade"), ("upgrade", "h2c")]);
        assert!(!asks_for_websocket(&Method::GET, &other));
    }
}
