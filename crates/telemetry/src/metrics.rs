//! Metrics in Prometheus' text form: one registry a process, every series labelled with its service.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

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

type Latency = Family<RequestLabels, Histogram, fn() -> Histogram>;

/// The metrics of this process. Clones are handles to the same ones.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    requests: Latency,
    panics: Counter,
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
        let requests: Latency = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let panics = Counter::default();
        registry.register(
            "http_request_duration_seconds",
            "Time to answer a request, by service, route and status",
            requests.clone(),
        );
        registry.register("panics", "Panics caught in request handlers", panics.clone());
        Self { registry: Arc::new(Mutex::new(registry)), requests, panics }
    }

    /// Counts an answered request and its time.
    pub fn request(&self, labels: &RequestLabels, took: Duration) {
        self.requests.get_or_create(labels).observe(took.as_secs_f64());
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
        metrics.request(&labels, Duration::from_millis(3));
        let text = metrics.encode();
        assert!(text.contains(r#"emart_http_request_duration_seconds_count{service="orders",method="GET",route="/api/v1/orders/{order_id}",status="200"} 1"#), "{text}");
    }
}
