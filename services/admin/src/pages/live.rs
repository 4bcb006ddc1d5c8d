//! Says over an open stream (server-sent events) when the first page's figures have changed. Each stream looks as the
//! person it belongs to, ends after some minutes, whereupon the browser opens another and is asked who it is again; and
//! nobody has more than a few.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use emart_http::{Caller, Context, Problem};
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, StatusCode};

use crate::Admin;
use crate::pages::home::Now;
use crate::visitor::Visitor;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(5);
/// Looks of one stream.
const LOOKS: u32 = 60;
/// Streams of one person.
const MOST: u32 = 4;

/// How many streams everybody has.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<String, u32>>>);

/// One of them; given back also by a browser that goes away.
struct Place {
    streams: Streams,
    person: String,
}

impl Streams {
    fn take(&self, person: &str) -> Option<Place> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(person.to_owned()).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Place { streams: self.clone(), person: person.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.person);
            }
        }
    }
}

pub(crate) fn routes() -> Router<Admin> {
    Router::new().route("/admin/live", get(watch))
}

/// Somebody's look at the figures, again and again.
struct Look {
    admin: Admin,
    caller: Caller,
    seen: Option<Now>,
    left: u32,
    _place: Place,
}

/// `GET /admin/live`
async fn watch(State(admin): State<Admin>, visitor: Visitor) -> Response {
    let person = visitor.caller.user_id().unwrap_or_default();
    let Some(place) = admin.streams.take(person) else {
        let title = "Too many pages are open";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", title);
        return problem.retry_after(60).into_response();
    };
    let caller = visitor.caller.clone();
    let look = Look { admin, caller, seen: None, left: LOOKS, _place: place };
    let pieces = stream::unfold(look, |mut look| async move {
        let piece = look.next().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), look))
    });
    let head = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        // Proxies in front of the store hand it on at once.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (head, Body::from_stream(pieces)).into_response()
}

impl Look {
    async fn next(&mut self) -> Option<&'static str> {
        if self.seen.is_none() {
            self.seen = Some(self.now().await);
            return Some("retry: 5000\n\n");
        }
        self.left = self.left.checked_sub(1)?;
        tokio::select! {
            () = self.admin.tasks.stopping() => return None,
            () = tokio::time::sleep(EVERY) => {}
        }
        let now = self.now().await;
        if self.seen.as_ref() == Some(&now) {
            return Some(": nothing new\n\n");
        }
        self.seen = Some(now);
        Some("event: changed\ndata: home\n\n")
    }

    /// The figures, in a context of its own: that of the request has an end.
    async fn now(&self) -> Now {
        let context = Context::new(self.caller.clone());
        Box::pin(context.scope(Now::look(&self.admin, &self.caller))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_more_than_a_few_streams_and_those_that_end_are_given_back() {
        let streams = Streams::default();
        let mut taken: Vec<Place> = (0..MOST).map(|_| streams.take("usr_1").unwrap()).collect();
        assert!(streams.take("usr_1").is_none());
        assert!(streams.take("usr_2").is_some());
        taken.pop();
        assert!(streams.take("usr_1").is_some());
    }
}
