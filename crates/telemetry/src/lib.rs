//! What a process says about itself: logs, W3C trace context, Prometheus metrics.

mod logs;
mod metrics;
mod trace;

pub use logs::{Format, LogError, init};
pub use metrics::{Metrics, RequestLabels};
pub use trace::TraceContext;
