//! A line of the log, with the id of the trace it belongs to.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::TraceContext;

/// For people: the id stands at the end.
pub(super) struct Words<F>(pub(super) F);

/// For machines: the id is the first member.
pub(super) struct Json<F>(pub(super) F);

impl<S, N, F> FormatEvent<S, N> for Words<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(trace) = TraceContext::current() else {
            return self.0.format_event(context, writer, event);
        };
        let line = written(&self.0, context, event)?;
        writeln!(writer, "{} trace_id={}", line.trim_end_matches('\n'), trace.trace_id())
    }
}

impl<S, N, F> FormatEvent<S, N> for Json<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(trace) = TraceContext::current() else {
            return self.0.format_event(context, writer, event);
        };
        let line = written(&self.0, context, event)?;
        match line.strip_prefix('{') {
            Some(rest) => write!(writer, "{{\"trace_id\":\"{}\",{rest}", trace.trace_id()),
            None => writer.write_str(&line),
        }
    }
}

fn written<S, N, F>(
    format: &F,
    context: &FmtContext<'_, S, N>,
    event: &Event<'_>,
) -> Result<String, fmt::Error>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    let mut line = String::new();
    format.format_event(context, Writer::new(&mut line), event)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;
    use tracing_subscriber::fmt::format;
    use tracing_subscriber::fmt::format::JsonFields;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Paper {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    impl Paper {
        fn lines(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }

    #[tokio::test]
    async fn a_line_of_a_request_has_the_id_of_its_trace_and_another_has_none() {
        let (words, json) = (Paper::default(), Paper::default());
        let for_people = tracing_subscriber::fmt::layer()
            .with_writer(words.clone())
            .event_format(Words(format().with_ansi(false).compact()));
        let for_machines = tracing_subscriber::fmt::layer()
            .with_writer(json.clone())
            .fmt_fields(JsonFields::new())
            .event_format(Json(format().json().flatten_event(true)));
        let log = tracing_subscriber::registry().with(for_people).with(for_machines);
        let _log = tracing::subscriber::set_default(log);
        let trace = TraceContext::begin();
        tracing::info!("by itself");
        trace.scope(async { tracing::info!(sku = "tea", "for somebody") }).await;
        let id = trace.trace_id();
        let words = words.lines();
        assert!(!words[0].contains("trace_id"), "{words:?}");
        assert!(words[1].ends_with(&format!("trace_id={id}")), "{words:?}");
        let json: Vec<serde_json::Value> =
            json.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((json[0].get("trace_id"), &json[1]["trace_id"]), (None, &id.into()));
        assert_eq!((&json[1]["message"], &json[1]["sku"]), (&"for somebody".into(), &"tea".into()));
    }
}
