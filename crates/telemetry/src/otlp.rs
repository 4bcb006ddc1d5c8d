//! Spans as OTLP's JSON (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>): the body of a `POST
//! /v1/traces`. Ids are hexadecimal, 64-bit numbers are text, enumerations are numbers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::spans::{Finished, Kind};

/// `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;

/// The spans as one request, each under its service.
#[must_use]
pub fn encode(spans: &[Finished]) -> Vec<u8> {
    let mut services: Vec<&str> = spans.iter().map(|span| &*span.service).collect();
    services.sort_unstable();
    services.dedup();
    let resources = services.into_iter().map(|service| {
        let own = spans.iter().filter(|span| span.service == service);
        json!({
            "resource": {"attributes": [
                attribute("service.name", service),
                attribute("service.namespace", "emart"),
                attribute("service.version", env!("CARGO_PKG_VERSION")),
                attribute("service.instance.id", &std::process::id().to_string()),
            ]},
            "scopeSpans": [{
                "scope": {"name": "emart"},
                "spans": own.map(span).collect::<Vec<_>>(),
            }],
        })
    });
    json!({"resourceSpans": resources.collect::<Vec<_>>()}).to_string().into_bytes()
}

fn span(span: &Finished) -> Value {
    let about = span.about.iter().map(|(name, value)| attribute(name, value));
    let mut told = json!({
        "traceId": span.trace.trace_id(),
        "spanId": span.trace.span_id(),
        "parentSpanId": span.trace.parent_id(),
        "name": span.name,
        "kind": kind(span.kind),
        "startTimeUnixNano": nanos(span.began),
        "endTimeUnixNano": nanos(span.ended),
        "attributes": about.collect::<Vec<_>>(),
    });
    if let Some(failed) = span.failed {
        told["status"] = json!({"code": ERROR, "message": failed});
    }
    told
}

fn attribute(name: &str, value: &str) -> Value {
    json!({"key": name, "value": {"stringValue": value}})
}

fn nanos(at: Duration) -> String {
    at.as_nanos().to_string()
}

const fn kind(kind: Kind) -> u8 {
    match kind {
        Kind::Internal => 1,
        Kind::Server => 2,
        Kind::Client => 3,
        Kind::Consumer => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TraceContext;

    fn told(service: &'static str, trace: TraceContext, failed: Option<&'static str>) -> Finished {
        Finished {
            service: service.into(),
            name: "GET /api/v1/orders/{order_id}".into(),
            kind: Kind::Server,
            trace,
            began: Duration::new(1_700_000_000, 5),
            ended: Duration::new(1_700_000_000, 9),
            failed,
            about: vec![("http.response.status_code", "200".to_owned())],
        }
    }

    #[test]
    fn spans_stand_under_their_services_with_ids_in_hexadecimal_and_times_as_text() {
        let first = TraceContext::begin().child();
        let second = first.child();
        let spans = [told("orders", first, None), told("cart", second, Some("500"))];
        let sent: Value = serde_json::from_slice(&encode(&spans)).unwrap();
        let names: Vec<_> = [0, 1]
            .map(|at| &sent["resourceSpans"][at]["resource"]["attributes"][0]["value"]["stringValue"])
            .to_vec();
        assert_eq!(names, ["cart", "orders"]);
        let orders = &sent["resourceSpans"][1]["scopeSpans"][0]["spans"][0];
        let cart = &sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(orders["traceId"].as_str().unwrap().len(), 32);
        assert_eq!(orders["startTimeUnixNano"], "1700000000000000005");
        assert_eq!((&orders["parentSpanId"], &orders["kind"]), (&json!(""), &json!(2)));
        assert_eq!(orders.get("status"), None);
        assert_eq!(cart["parentSpanId"], orders["spanId"]);
        assert_eq!(cart["status"]["code"], 2);
    }
}
