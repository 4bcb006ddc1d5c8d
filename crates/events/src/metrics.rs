//! What is counted about events.

use emart_telemetry::Metrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

/// For each consumer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ConsumerLabels {
    pub(crate) consumer: &'static str,
}

/// For each service that emits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ServiceLabels {
    pub(crate) service: &'static str,
}

/// What became of events.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) handled: Family<ConsumerLabels, Counter>,
    pub(crate) retried: Family<ConsumerLabels, Counter>,
    pub(crate) parked: Family<ConsumerLabels, Counter>,
    pub(crate) lag: Family<ServiceLabels, Gauge>,
    pub(crate) published: Family<ServiceLabels, Counter>,
    pub(crate) publish_errors: Family<ServiceLabels, Counter>,
    pub(crate) redelivered: Family<ConsumerLabels, Counter>,
    pub(crate) connected: Gauge,
}

impl Counts {
    pub(crate) fn register(&self, metrics: &Metrics) {
        metrics.register("events_handled", "Events handled", self.handled.clone());
        metrics.register("events_retried", "Tries that failed", self.retried.clone());
        metrics.register("events_parked", "Events given up until looked at", self.parked.clone());
        let help = "Age of the oldest event that not every consumer has";
        metrics.register("outbox_lag_seconds", help, self.lag.clone());
    }

    /// What there is to count when a broker carries.
    pub(crate) fn register_broker(&self, metrics: &Metrics) {
        metrics.register("events_published", "Events given to NATS", self.published.clone());
        let help = "Failed attempts to give events to NATS";
        metrics.register("events_publish_errors", help, self.publish_errors.clone());
        let help = "Events that NATS brought again";
        metrics.register("events_redelivered", help, self.redelivered.clone());
        metrics.register("nats_connected", "Whether NATS is connected", self.connected.clone());
    }
}
