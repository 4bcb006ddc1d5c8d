//! W3C Trace Context (<https://www.w3.org/TR/trace-context/>): which request a piece of work belongs to.

use std::fmt;
use std::future::Future;

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// A `traceparent`: the trace a request belongs to, the span that made it, whether it is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
    /// The span this one is a part of; 0 for none.
    parent_id: u64,
    /// Whether the span is told of: by this process, or by the one that sent the header. A trace that has only just
    /// begun has none yet, and the first span in it none above it.
    is_told: bool,
    /// The service whose span it is; empty when that is not known.
    service: &'static str,
}

impl TraceContext {
    /// The header's name.
    pub const HEADER: &'static str = "traceparent";

    /// Begins a new trace.
    #[must_use]
    pub fn begin() -> Self {
        let trace_id = rand::random::<u128>() | 1;
        Self {
            trace_id,
            span_id: rand::random::<u64>() | 1,
            sampled: crate::spans::takes(trace_id),
            parent_id: 0,
            is_told: false,
            service: "",
        }
    }

    /// The trace this task works for, if it works for one.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|trace| *trace).ok()
    }

    /// Runs `future` as part of this trace.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Does something as part of this trace.
    pub fn within<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }

    /// Continues this trace in a span of its own.
    #[must_use]
    pub fn child(self) -> Self {
        let parent_id = if self.is_told { self.span_id } else { 0 };
        Self { span_id: rand::random::<u64>() | 1, parent_id, is_told: true, ..self }
    }

    /// The same, as a span of this service.
    pub(crate) fn of(self, service: &'static str) -> Self {
        Self { service, ..self }
    }

    /// Reads a `traceparent` header; `None` when it is malformed (then a new trace begins, as the standard asks).
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let well_formed = hex(version, 2) && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
        if !well_formed || version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let trace_id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        let span_id = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
        let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        Some(Self { trace_id, span_id, sampled, parent_id: 0, is_told: true, service: "" })
    }

    /// Whether somebody wants to know of it.
    #[must_use]
    pub const fn is_sampled(self) -> bool {
        self.sampled
    }

    /// The service whose span it is, where that is known.
    #[must_use]
    pub fn service(self) -> Option<&'static str> {
        Some(self.service).filter(|service| !service.is_empty())
    }

    /// The span's id: 16 hexadecimal digits.
    pub(crate) fn span_id(self) -> String {
        format!("{:016x}", self.span_id)
    }

    /// The id of the span it is a part of; empty for the first of a trace.
    pub(crate) fn parent_id(self) -> String {
        if self.parent_id == 0 { String::new() } else { format!("{:016x}", self.parent_id) }
    }

    /// The trace's id, for logs: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = u8::from(self.sampled);
        write!(f, "00-{:032x}-{:016x}-{flags:02x}", self.trace_id, self.span_id)
    }
}

/// Lower-case hexadecimal digits, exactly so many.
fn hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_context_reads_back_as_it_was_written() {
        let trace = TraceContext::begin();
        let read = TraceContext::parse(&trace.to_string()).unwrap();
        assert_eq!(read.to_string(), trace.to_string());
        assert_eq!(trace.child().trace_id(), trace.trace_id());
    }

    #[test]
    fn the_first_span_of_a_trace_has_none_above_it_and_every_other_has() {
        let first = TraceContext::begin().child();
        assert_eq!(first.parent_id(), "");
        assert_eq!(first.child().parent_id(), first.span_id());
        let far = TraceContext::parse(&first.to_string()).unwrap();
        assert_eq!(far.child().parent_id(), first.span_id());
    }

    #[test]
    fn malformed_headers_begin_a_new_trace() {
        let zero = "00-00000000000000000000000000000000-0000000000000001-01";
        let long = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra";
        let upper = "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01";
        for bad in [
            "",
            "00-abc",
            zero,
            long,
            upper,
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(TraceContext::parse(bad), None, "{bad}");
        }
    }
}
