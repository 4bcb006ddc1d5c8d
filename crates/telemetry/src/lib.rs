//! What a process says about itself: logs, W3C trace context, spans for OpenTelemetry, Prometheus metrics.

mod logs;
mod metrics;
mod otlp;
mod process;
mod spans;
mod trace;

pub use logs::{Format, LogError, init};
pub use metrics::{Metrics, RequestLabels};
pub use otlp::encode;
pub use spans::{Finished, Kind, Span, Spans, collect};
pub use trace::TraceContext;
