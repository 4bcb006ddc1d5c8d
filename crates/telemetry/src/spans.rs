//! Spans: what took how long, as part of which request. They are collected only where somebody asked for them
//! ([`collect`]); otherwise beginning one is a look at a flag.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use prometheus_client::metrics::counter::Counter;
use tokio::sync::mpsc;

use crate::{Metrics, RequestLabels, TraceContext};

/// Finished spans that wait to be sent; further ones are dropped.
const QUEUE: usize = 8192;

/// There is one for the process, as there is one log.
static COLLECTED: OnceLock<Collected> = OnceLock::new();

struct Collected {
    queue: mpsc::Sender<Finished>,
    dropped: Counter,
    share: Share,
}

/// The finished spans of this process, in the order in which they ended.
pub type Spans = mpsc::Receiver<Finished>;

/// Collects spans from now on: of this share of the traces that begin here, from 0 to 1, and of those that somebody
/// before had chosen. `None` when that was asked for before in this process.
#[must_use]
pub fn collect(share: f64, metrics: &Metrics) -> Option<Spans> {
    let (queue, spans) = mpsc::channel(QUEUE);
    let dropped = metrics.counter("trace_spans_dropped", "Spans that no collector took");
    let collected = Collected { queue, dropped, share: Share::new(share) };
    COLLECTED.set(collected).ok().map(|()| spans)
}

/// Whether a trace that begins here is one to collect.
pub(crate) fn takes(trace_id: u128) -> bool {
    COLLECTED.get().is_none_or(|collected| collected.share.takes(trace_id))
}

/// A share of all traces, told by their ids: every process comes to the same answer.
struct Share(u64);

impl Share {
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of all traces is no money, and need not be exact"
    )]
    fn new(share: f64) -> Self {
        Self((share.clamp(0.0, 1.0) * u64::MAX as f64) as u64)
    }

    const fn takes(&self, trace_id: u128) -> bool {
        self.0 == u64::MAX || ((trace_id >> 64) as u64) < self.0
    }
}

/// Which side of a piece of work a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something a service does by itself.
    Internal,
    /// A request that is answered.
    Server,
    /// A request that is made of another process.
    Client,
    /// An event that is handled.
    Consumer,
}

/// A piece of work that is over.
#[derive(Debug, Clone)]
pub struct Finished {
    pub(crate) service: Cow<'static, str>,
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: Kind,
    pub(crate) trace: TraceContext,
    pub(crate) began: Duration,
    pub(crate) ended: Duration,
    pub(crate) failed: Option<&'static str>,
    pub(crate) about: Vec<(&'static str, String)>,
}

/// A piece of work under way. One that is dropped was given up, which is told too.
#[derive(Debug)]
pub struct Span {
    told: Finished,
    began: Instant,
}

impl Span {
    /// Begins a span of a service, as part of a trace. `None` where nobody wants to know.
    #[must_use]
    pub fn begin(service: &'static str, kind: Kind, above: TraceContext) -> Option<Self> {
        Self::within(Cow::Borrowed(service), kind, above, |trace| trace.of(service))
    }

    /// Begins a span of whichever service works here: that of the span above, or else this process under that name.
    #[must_use]
    pub fn below(above: TraceContext, process: &str, kind: Kind) -> Option<Self> {
        let known = above.service().map(Cow::Borrowed);
        let service = known.unwrap_or_else(|| Cow::Owned(process.to_owned()));
        Self::within(service, kind, above, |trace| trace)
    }

    fn within(
        service: Cow<'static, str>,
        kind: Kind,
        above: TraceContext,
        own: impl FnOnce(TraceContext) -> TraceContext,
    ) -> Option<Self> {
        if !above.is_sampled() || COLLECTED.get().is_none() {
            return None;
        }
        let told = Finished {
            service,
            name: Cow::Borrowed("unnamed"),
            kind,
            trace: own(above.child()),
            began: Duration::ZERO,
            ended: Duration::ZERO,
            failed: Some("given up before its end"),
            about: Vec::new(),
        };
        Some(Self { told, began: Instant::now() })
    }

    /// What the work done meanwhile is part of.
    #[must_use]
    pub const fn trace(&self) -> TraceContext {
        self.told.trace
    }

    /// Names it: with few different names, so that like can be compared with like.
    pub fn name(&mut self, name: impl Into<Cow<'static, str>>) {
        self.told.name = name.into();
    }

    /// Says something about it, under a name of OpenTelemetry's semantic conventions where there is one. No paths and no
    /// queries: there are tokens in some.
    pub fn note(&mut self, name: &'static str, value: impl Into<String>) {
        self.told.about.push((name, value.into()));
    }

    /// Ends that of a request that was answered.
    pub fn answered(mut self, answer: &RequestLabels) {
        let RequestLabels { method, route, status, .. } = answer;
        self.name(format!("{method} {route}"));
        self.note("http.request.method", *method);
        self.note("http.route", route);
        self.note("http.response.status_code", status.to_string());
        self.end((*status >= 500).then_some("the answer is an error"));
    }

    /// Ends it; `failed` says why it did not do its work, if it did not.
    pub fn end(mut self, failed: Option<&'static str>) {
        self.told.failed = failed;
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        let Some(collected) = COLLECTED.get() else { return };
        let mut told = self.told.clone();
        told.ended = since_1970();
        told.began = told.ended.saturating_sub(self.began.elapsed());
        if collected.queue.try_send(told).is_err() {
            collected.dropped.inc();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a span is compared with those of other machines")]
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_all_traces_is_taken_and_of_the_same_trace_always() {
        let ids: Vec<u128> = (0..4000).map(|_| rand::random()).collect();
        let taken = |share: f64| {
            let share = Share::new(share);
            ids.iter().filter(|id| share.takes(**id)).count()
        };
        assert_eq!((taken(0.0), taken(1.0)), (0, ids.len()));
        assert!((600..1400).contains(&taken(0.25)), "{}", taken(0.25));
        assert_eq!(taken(0.25), taken(0.25));
    }

    #[test]
    fn spans_are_collected_in_one_trace_and_what_is_dropped_was_given_up() {
        assert!(Span::begin("cart", Kind::Server, TraceContext::begin()).is_none(), "not asked");
        let metrics = Metrics::new();
        let mut spans = collect(1.0, &metrics).unwrap();
        assert!(collect(1.0, &metrics).is_none(), "once a process");

        let mut above = Span::begin("orders", Kind::Server, TraceContext::begin()).unwrap();
        above.name("POST /checkouts");
        let below = Span::below(above.trace(), "a process", Kind::Client).unwrap();
        drop(below);
        above.end(None);
        let (below, above) = (spans.try_recv().unwrap(), spans.try_recv().unwrap());
        assert_eq!(below.service, "orders");
        assert_eq!(below.trace.parent_id(), above.trace.span_id());
        assert_eq!((below.failed.is_some(), above.failed), (true, None));
        assert!(above.began <= below.ended && below.ended <= above.ended);

        let ignored = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        let ignored = TraceContext::parse(ignored).unwrap();
        assert!(
            Span::begin("cart", Kind::Server, ignored).is_none(),
            "its caller does not want it"
        );

        for _ in 0..=QUEUE {
            drop(Span::begin("cart", Kind::Server, TraceContext::begin()));
        }
        assert!(metrics.encode().contains("emart_trace_spans_dropped_total 1"), "none waits");
    }
}
