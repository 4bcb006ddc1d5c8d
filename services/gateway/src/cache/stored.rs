//! An answer that is kept: how old it is, what may be done with it, how it is given out again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::time::Instant;

use super::policy::{Policy, TARGETED};

/// What belongs to a connection or to one exchange, and not to the answer.
const PASSING: [HeaderName; 6] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::DATE,
    header::AGE,
    header::TRAILER,
];
/// What describes a body, and is left out where there is none.
const OF_THE_BODY: [HeaderName; 4] = [
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
];
/// A service that has just failed is not asked again for this long, while something can be given out instead.
const LEFT_ALONE_MS: u64 = 1000;

/// An answer that is kept.
#[derive(Debug)]
pub(crate) struct Stored {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    policy: Policy,
    /// When it was new.
    born: Instant,
    /// When its service last failed, in milliseconds after `born`; 0 if it did not.
    failed: AtomicU64,
}

/// What may be done with a kept answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Give it out.
    Fresh,
    /// Give it out, and fetch a newer one.
    Renewing,
    /// Fetch a newer one; give this one out when that fails.
    Spare,
    /// Fetch a newer one.
    Over,
}

impl Stored {
    /// Takes an answer in.
    pub(crate) fn new(
        status: StatusCode,
        mut headers: HeaderMap,
        body: Bytes,
        policy: Policy,
    ) -> Self {
        let age = headers.get(header::AGE).and_then(|age| age.to_str().ok());
        let age = Duration::from_secs(age.and_then(|age| age.parse().ok()).unwrap_or(0));
        for name in PASSING {
            headers.remove(name);
        }
        headers.remove(TARGETED);
        headers.remove(emart_http::REQUEST_ID_HEADER);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        let now = Instant::now();
        let born = now.checked_sub(age).unwrap_or(now);
        Self { status, headers, body, policy, born, failed: AtomicU64::new(0) }
    }

    /// The same answer, found good again by a 304 that brought these headers (RFC 9111, section 3.2).
    pub(crate) fn renewed(&self, newer: &HeaderMap, if_error: Duration) -> Self {
        let says = [header::CACHE_CONTROL.as_str(), TARGETED];
        let policy = if says.into_iter().any(|name| newer.contains_key(name)) {
            Policy::of(StatusCode::OK, newer, if_error).unwrap_or(Policy::NONE)
        } else {
            self.policy
        };
        let mut headers = self.headers.clone();
        for name in newer.keys().filter(|name| !OF_THE_BODY.contains(name)) {
            headers.remove(name);
            for value in newer.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        Self::new(self.status, headers, self.body.clone(), policy)
    }

    /// Whether the 304 that renewed it did not forbid it.
    pub(crate) fn may_be_kept(&self) -> bool {
        self.policy != Policy::NONE || self.headers.contains_key(header::ETAG)
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What may be done with it now.
    pub(crate) fn state(&self, now: Instant) -> State {
        let age = now.saturating_duration_since(self.born);
        let Policy { fresh, while_revalidate, if_error } = self.policy;
        if age < fresh {
            State::Fresh
        } else if age < fresh + while_revalidate {
            State::Renewing
        } else if age < fresh + if_error {
            State::Spare
        } else {
            State::Over
        }
    }

    /// Whether it may be given out when no newer one can be had.
    pub(crate) fn is_spare(&self, now: Instant) -> bool {
        let age = now.saturating_duration_since(self.born);
        age < self.policy.fresh + self.policy.while_revalidate.max(self.policy.if_error)
    }

    /// Notes that its service failed.
    pub(crate) fn note_failure(&self, now: Instant) {
        self.failed.store(self.millis(now), Ordering::Relaxed);
    }

    /// Whether its service failed a moment ago.
    pub(crate) fn failed_lately(&self, now: Instant) -> bool {
        let failed = self.failed.load(Ordering::Relaxed);
        failed > 0 && self.millis(now) < failed + LEFT_ALONE_MS
    }

    fn millis(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.born).as_millis();
        u64::try_from(since).unwrap_or(u64::MAX).max(1)
    }

    /// By what a service may say that it has not changed.
    pub(crate) fn etag(&self) -> Option<&HeaderValue> {
        self.headers.get(header::ETAG)
    }

    /// About how many bytes it takes.
    pub(crate) fn weight(&self) -> u64 {
        let line =
            |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 64;
        let headers: usize = self.headers.iter().map(line).sum();
        (self.body.len() + headers + size_of::<Self>()) as u64
    }

    /// Seconds it stays fresh; below zero, since when it is not.
    pub(crate) fn ttl(&self, now: Instant) -> i64 {
        let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let age = now.saturating_duration_since(self.born);
        seconds(self.policy.fresh) - seconds(age)
    }

    /// The answer, as it is given out to somebody who has `known` already.
    pub(crate) fn response(&self, asked: &Asked, now: Instant) -> Response {
        let mut headers = self.headers.clone();
        let age = now.saturating_duration_since(self.born).as_secs();
        headers.insert(header::AGE, HeaderValue::from(age));
        if self.status == StatusCode::OK && self.is_known(asked.known.as_ref()) {
            for name in OF_THE_BODY {
                headers.remove(name);
            }
            return with(StatusCode::NOT_MODIFIED, headers, Body::empty());
        }
        let body = if asked.head { Body::empty() } else { Body::from(self.body.clone()) };
        with(self.status, headers, body)
    }

    /// Compares as `If-None-Match` does: weakly. Compression has made tags weak on their way out.
    fn is_known(&self, known: Option<&HeaderValue>) -> bool {
        let text = |value: &'_ HeaderValue| value.to_str().ok().map(ToOwned::to_owned);
        let (Some(own), Some(known)) = (self.etag().and_then(text), known.and_then(text)) else {
            return false;
        };
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let own = opaque(&own);
        known.trim() == "*" || known.split(',').any(|tag| opaque(tag) == own)
    }
}

/// How somebody asks.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// For the head alone.
    pub(crate) head: bool,
    /// `If-None-Match`.
    pub(crate) known: Option<HeaderValue>,
}

impl Asked {
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let known = headers.get(header::IF_NONE_MATCH).cloned();
        Self { head: method == Method::HEAD, known }
    }
}

fn with(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
