//! What is counted of far calls.

use std::time::Duration;

use axum::body::Body;
use emart_telemetry::Metrics;
use http::Response;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::breaker::{BREAKER_STATES, CLOSED};
use crate::CallError;

/// Seconds.
const BUCKETS: [f64; 9] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    peer: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PeerLabels {
    peer: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BreakerLabels {
    peer: &'static str,
    state: &'static str,
}

/// Clones are handles to the same ones.
#[derive(Debug, Clone)]
pub(crate) struct CallMetrics {
    calls: Family<CallLabels, Histogram, fn() -> Histogram>,
    retries: Family<PeerLabels, Counter>,
    copies: Family<PeerLabels, Gauge>,
    open: Family<PeerLabels, Gauge>,
    breakers: Family<BreakerLabels, Gauge>,
}

impl CallMetrics {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        let counted = Self {
            calls: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            retries: Family::default(),
            copies: Family::default(),
            open: Family::default(),
            breakers: Family::default(),
        };
        let calls = "Time of calls to other processes, tries and all, by service and outcome";
        metrics.register("mesh_call_duration_seconds", calls, counted.calls.clone());
        metrics.register("mesh_retries", "Calls that were made again", counted.retries.clone());
        metrics.register(
            "mesh_copies",
            "Copies of a service that are known",
            counted.copies.clone(),
        );
        let open = "Copies whose circuit breaker is not closed";
        metrics.register("mesh_breakers_open", open, counted.open.clone());
        let breakers = "Circuit breakers, one for each copy, by state";
        metrics.register("mesh_breakers", breakers, counted.breakers.clone());
        counted
    }

    pub(crate) fn called(
        &self,
        peer: &'static str,
        answer: &Result<Response<Body>, CallError>,
        took: Duration,
    ) {
        let outcome = match answer {
            Ok(response) if response.status().is_server_error() => "error",
            Ok(_) => "ok",
            Err(CallError::Timeout) => "timeout",
            Err(_) => "unreachable",
        };
        self.calls.get_or_create(&CallLabels { peer, outcome }).observe(took.as_secs_f64());
    }

    pub(crate) fn retried(&self, peer: &'static str) {
        self.retries.get_or_create(&PeerLabels { peer }).inc();
    }

    /// As the copies stand now, each with the state of its breaker.
    pub(crate) fn copies(&self, peer: &'static str, breakers: &[&'static str]) {
        let gauge = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let closed = breakers.iter().filter(|state| **state == CLOSED).count();
        self.copies.get_or_create(&PeerLabels { peer }).set(gauge(breakers.len()));
        self.open.get_or_create(&PeerLabels { peer }).set(gauge(breakers.len() - closed));
        for state in BREAKER_STATES {
            let count = breakers.iter().filter(|known| **known == state).count();
            self.breakers.get_or_create(&BreakerLabels { peer, state }).set(gauge(count));
        }
    }
}
