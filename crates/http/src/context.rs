//! What travels with a request from service to service: its id, its trace, its deadline, who is calling.
//!
//! A task-local holds it while a handler runs, so that handlers and clients need not hand it on by hand.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use emart_telemetry::TraceContext;
use http::{Extensions, HeaderMap, HeaderValue};

use crate::Caller;

/// The header of the request's id.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// The header of the time a caller still waits, in milliseconds.
pub const DEADLINE_HEADER: &str = "emart-deadline-ms";
/// The header of the address a request came from, as the gateway saw it.
pub const CLIENT_HEADER: &str = "emart-client-addr";

tokio::task_local! {
    static CURRENT: Context;
}

/// What travels with a request. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Context(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    request_id: String,
    trace: TraceContext,
    caller: Caller,
    deadline: Option<Instant>,
    client: Option<IpAddr>,
}

impl Default for Context {
    /// A context for work that nobody asked for from outside: a new trace, no caller, no deadline.
    fn default() -> Self {
        Self::new(Caller::guest())
    }
}

impl Context {
    /// A new request, by this caller.
    #[must_use]
    pub fn new(caller: Caller) -> Self {
        let trace = TraceContext::begin();
        Self::from_parts(trace.trace_id(), trace, caller, None)
    }

    /// A request that has an id and a trace already.
    #[must_use]
    pub fn from_parts(
        request_id: String,
        trace: TraceContext,
        caller: Caller,
        deadline: Option<Instant>,
    ) -> Self {
        Self(Arc::new(Inner { request_id, trace, caller, deadline, client: None }))
    }

    /// The same request, sent from this address (the gateway knows).
    #[must_use]
    pub fn with_client(mut self, client: IpAddr) -> Self {
        Arc::make_mut(&mut self.0).client = Some(client);
        self
    }

    /// The context this task runs in, if it runs in one.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs `future` in this context.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        let trace = self.trace();
        CURRENT.scope(self, trace.scope(future)).await
    }

    /// The same request, called by someone else (the gateway, once it knows who it is).
    #[must_use]
    pub fn with_caller(&self, caller: Caller) -> Self {
        Self(Arc::new(Inner { caller, ..(*self.0).clone() }))
    }

    /// The same request, as the work of a span within it.
    #[must_use]
    pub fn with_trace(&self, trace: TraceContext) -> Self {
        Self(Arc::new(Inner { trace, ..(*self.0).clone() }))
    }

    /// The same request, to be answered by `deadline` or earlier if that was said before.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        let deadline = self.0.deadline.map_or(deadline, |earlier| earlier.min(deadline));
        Self(Arc::new(Inner { deadline: Some(deadline), ..(*self.0).clone() }))
    }

    /// The request's id.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The trace it belongs to.
    #[must_use]
    pub fn trace(&self) -> TraceContext {
        self.0.trace
    }

    /// Who is calling.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// When the caller stops waiting.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.0.deadline
    }

    /// The address the request came from; `None` for work that nobody asked for from outside.
    #[must_use]
    pub fn client(&self) -> Option<IpAddr> {
        self.0.client
    }

    /// Reads a context from a request: from its extensions (a near call), or else its headers (a far one).
    #[must_use]
    pub fn of(extensions: &Extensions, headers: &HeaderMap) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_else(|| Self::from_headers(headers))
    }

    fn from_headers(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let trace = text(TraceContext::HEADER).and_then(TraceContext::parse);
        let trace = trace.unwrap_or_else(TraceContext::begin);
        let request_id =
            text(REQUEST_ID_HEADER).map_or_else(|| trace.trace_id(), ToOwned::to_owned);
        let caller = text(Caller::HEADER).and_then(|text| text.parse().ok()).unwrap_or_default();
        let deadline = text(DEADLINE_HEADER)
            .and_then(|ms| ms.parse().ok())
            .map(|ms: u64| Instant::now() + Duration::from_millis(ms.min(3_600_000)));
        let client = text(CLIENT_HEADER).and_then(|address| address.parse().ok());
        Self(Arc::new(Inner { request_id, trace, caller, deadline, client }))
    }

    /// Writes the context into the headers of a far call.
    pub fn write(&self, headers: &mut HeaderMap) {
        let mut put = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        put(REQUEST_ID_HEADER, self.0.request_id.clone());
        put(TraceContext::HEADER, self.0.trace.to_string());
        put(Caller::HEADER, self.0.caller.to_string());
        if let Some(client) = self.0.client {
            put(CLIENT_HEADER, client.to_string());
        }
        if let Some(deadline) = self.0.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            put(DEADLINE_HEADER, left.as_millis().to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    #[test]
    fn a_context_crosses_the_wire() {
        let context = Context::new(Caller::person(Role::Customer, "usr_1"))
            .with_client([192, 0, 2, 1].into())
            .with_deadline(Instant::now() + Duration::from_secs(5));
        let mut headers = HeaderMap::new();
        context.write(&mut headers);
        let there = Context::of(&Extensions::new(), &headers);
        assert_eq!(there.request_id(), context.request_id());
        assert_eq!(there.trace().trace_id(), context.trace().trace_id());
        assert_eq!(there.caller(), context.caller());
        assert_eq!(there.client(), context.client());
        assert!(
            there.deadline().unwrap() <= context.deadline().unwrap() + Duration::from_millis(50)
        );
    }

    #[test]
    fn a_deadline_only_ever_comes_nearer() {
        let soon = Instant::now() + Duration::from_secs(1);
        let context = Context::default().with_deadline(soon);
        assert_eq!(context.with_deadline(soon + Duration::from_secs(9)).deadline(), Some(soon));
    }
}
