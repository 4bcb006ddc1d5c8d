//! Logs on standard error: pretty for people, JSON (one object a line) for machines. A line that belongs to a request
//! has the id of its trace.

mod line;

use std::io::IsTerminal;

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Why logging could not start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is not of the form `info,emart_orders=debug`.
    #[error("not a log filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Logging was started before in this process.
    #[error("logging has started already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging for this process. `filter` is in `tracing`'s syntax: `info,emart_orders=debug`.
pub fn init(format_of_lines: Format, filter: &str) -> Result<(), LogError> {
    let filter = EnvFilter::try_new(filter)?;
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let registry = tracing_subscriber::registry().with(filter);
    let words = format().with_ansi(colours).with_target(false).compact();
    let json = format().with_ansi(false).json().flatten_event(true);
    match format_of_lines {
        Format::Pretty => registry.with(lines.event_format(line::Words(words))).try_init()?,
        Format::Json => {
            let lines = lines.fmt_fields(JsonFields::new()).event_format(line::Json(json));
            registry.with(lines).try_init()?;
        }
    }
    Ok(())
}
