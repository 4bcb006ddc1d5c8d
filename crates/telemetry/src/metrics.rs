//! Metrics in Prometheus' text form: one registry a process, every series labelled with its service.

use std::fmt;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::exemplar::HistogramWithExemplars;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};

use crate::{TraceContext, process};

/// Seconds; from a read in memory to a page that somebody gave up on.
const BUCKETS: [f64; 12] =
    [0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0];

/// What a request is counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// The service that answered.
    pub service: &'static str,
    /// The HTTP method; `other` for what HTTP does not name.
    pub method: &'static str,
    /// The route's pattern (`/api/v1/orders/{order_id}`), never the path itself: paths are without number.
    pub route: String,
    /// The status code.
    pub status: u16,
}

/// An exemplar: a trace that took as long.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TraceLabel {
    trace_id: String,
}

type Histogram = HistogramWithExemplars<TraceLabel>;
type Latency = Family<RequestLabels, Histogram, fn() -> Histogram>;
type Look = Box<dyn Fn() + Send + Sync>;

/// The metrics of this process. Clones are handles to the same ones.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    looks: Arc<Mutex<Vec<Look>>>,
    requests: Latency,
    panics: Counter,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("registry", &self.registry).finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Makes an empty set with what every process counts.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("emart");
        let requests: Latency =
            Family::new_with_constructor(|| Histogram::new(BUCKETS.into_iter()));
        let panics = Counter::default();
        registry.register(
            "http_request_duration_seconds",
            "Time to answer a request, by service, route and status",
            requests.clone(),
        );
        registry.register("panics", "Panics caught in request handlers", panics.clone());
        let registry = Arc::new(Mutex::new(registry));
        let metrics = Self { registry, looks: Arc::default(), requests, panics };
        let resident = metrics.gauge("process_resident_bytes", "Memory the process has in RAM");
        metrics.look_when_read(move || {
            resident.set(process::resident_bytes().unwrap_or_default());
        });
        metrics
    }

    /// Counts an answered request and its time; with the trace that has its spans, where they are collected.
    pub fn request(&self, labels: &RequestLabels, took: Duration, trace: Option<TraceContext>) {
        let trace = trace.map(|trace| TraceLabel { trace_id: trace.trace_id() });
        self.requests.get_or_create(labels).observe(took.as_secs_f64(), trace, None);
    }

    /// Looks at something each time the metrics are read: for gauges that would be dear to keep true all the time.
    pub fn look_when_read(&self, look: impl Fn() + Send + Sync + 'static) {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(look));
    }

    /// Counts a panic that was caught.
    pub fn panic(&self) {
        self.panics.inc();
    }

    /// Adds a metric of a service's own under `emart_<name>`.
    pub fn register(&self, name: &str, help: &str, metric: impl Metric) {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner).register(name, help, metric);
    }

    /// Adds a gauge and returns its handle.
    #[must_use]
    pub fn gauge(&self, name: &str, help: &str) -> Gauge {
        let gauge = Gauge::default();
        self.register(name, help, gauge.clone());
        gauge
    }

    /// Adds a counter and returns its handle. Prometheus sees it as `emart_<name>_total`.
    #[must_use]
    pub fn counter(&self, name: &str, help: &str) -> Counter {
        let counter = Counter::default();
        self.register(name, help, counter.clone());
        counter
    }

    /// All metrics as `application/openmetrics-text`.
    #[must_use]
    pub fn encode(&self) -> String {
        for look in &*self.looks.lock().unwrap_or_else(PoisonError::into_inner) {
            look();
        }
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &registry) {
            let _ = write!(text, "# {error}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_shows_under_its_route() {
        let metrics = Metrics::new();
        let route = "/api/v1/orders/{order_id}".to_owned();
        let labels = RequestLabels { service: "orders", method: "GET", route, status: 200 };
        let trace = TraceContext::begin();
        metrics.request(&labels, Duration::from_millis(3), Some(trace));
        let text = metrics.encode();
        assert!(text.contains(r#"emart_http_request_duration_seconds_count{service="orders",method="GET",route="/api/v1/orders/{order_id}",status="200"} 1"#), "{text}");
        let exemplar = format!("# {{trace_id=\"{}\"}} 0.003", trace.trace_id());
        assert!(text.contains(&exemplar), "{exemplar} is not in\n{text}");
    }

    #[test]
    fn what_is_looked_at_when_they_are_read_is_as_of_now() {
        let metrics = Metrics::new();
        let gauge = metrics.gauge("waiting", "How many wait");
        metrics.look_when_read(move || {
            gauge.inc();
        });
        assert!(metrics.encode().contains("emart_waiting 1\n"));
        assert!(metrics.encode().contains("emart_waiting 2\n"));
        assert!(!metrics.encode().contains("emart_process_resident_bytes 0\n"));
    }
}
