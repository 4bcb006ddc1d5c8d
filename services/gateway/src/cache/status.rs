//! `Cache-Status` (RFC 9211): how the cache came to its answer. A `hit` went nowhere, a `fwd` went to the service.

use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// How an answer came about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// From memory, with so many seconds to go.
    Hit { ttl: i64 },
    /// From memory, though its time is over.
    HitStale { ttl: i64, why: &'static str },
    /// From the service.
    Forwarded { had: bool, status: StatusCode, stored: bool, collapsed: bool },
    /// From memory, because the service failed.
    InsteadOfFailure { status: Option<StatusCode>, why: &'static str },
}

/// Says so.
pub(crate) fn mark(response: &mut Response, way: Way) {
    let text = match way {
        Way::Hit { ttl } => format!("emart; hit; ttl={ttl}"),
        Way::HitStale { ttl, why } => format!("emart; hit; ttl={ttl}; detail={why}"),
        Way::Forwarded { had, status, stored, collapsed } => {
            let fwd = if had { "stale" } else { "uri-miss" };
            let stored = if stored { "; stored" } else { "" };
            let collapsed = if collapsed { "; collapsed" } else { "" };
            format!("emart; fwd={fwd}; fwd-status={}{stored}{collapsed}", status.as_u16())
        }
        Way::InsteadOfFailure { status, why } => {
            let status = status
                .map_or_else(String::new, |status| format!("; fwd-status={}", status.as_u16()));
            format!("emart; fwd=stale{status}; detail={why}")
        }
    };
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().insert(CACHE_STATUS, value);
    }
}
