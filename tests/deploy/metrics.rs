//! Every metric that a rule or a dashboard asks for is one that the code exports, under the name Prometheus sees.

use std::collections::BTreeSet;

use crate::files::{below, items, root, texts, yaml};
use crate::system::{names, services};

/// The names Prometheus sees of everything that is registered in the sources.
fn exported() -> BTreeSet<String> {
    let mut exported = BTreeSet::new();
    for path in ["crates", "services", "emart"].into_iter().flat_map(below) {
        let shown = path.to_string_lossy();
        if !shown.ends_with(".rs") || shown.contains("/tests/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in ["register(", "gauge(", "counter(", "histogram("] {
            for (at, _) in code.match_indices(&format!(".{call}")) {
                let arguments = &code[at + call.len() + 1..];
                let Some(name) = first_text(arguments) else { continue };
                let kind = if call == "register(" { kind(code, arguments) } else { call };
                exported.extend(endings(kind).iter().map(|ending| format!("emart_{name}{ending}")));
            }
        }
    }
    exported
}

/// The metric's name that a call's arguments begin with.
fn first_text(arguments: &str) -> Option<&str> {
    let text = arguments.trim_start().strip_prefix('"')?.split_once('"')?.0;
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_').then_some(text)
}

/// What is registered: the type that the registered field or variable has in the same file.
fn kind<'a>(code: &'a str, arguments: &str) -> &'a str {
    let call = arguments.split_once(");").map_or(arguments, |(call, _)| call);
    let handle =
        call.rsplit(',').map(str::trim).find(|part| part.contains("clone()")).unwrap_or("");
    let handle = handle.trim_end_matches(".clone()").rsplit('.').next().unwrap_or("");
    let declared = |line: &&str| {
        let line = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("let ");
        !handle.is_empty() && line.starts_with(&format!("{handle}:"))
            || line.starts_with(&format!("{handle} ="))
    };
    let line = code.lines().find(declared).unwrap_or("");
    // A type of its own name stands for what it is.
    let alias = line.split(['<', ',', ' ', '=']).filter(|word| word.len() > 2).find_map(|word| {
        code.lines().find(|line| line.starts_with(&format!("type {} =", word.trim())))
    });
    ["Counter", "Gauge", "Histogram"]
        .into_iter()
        .find(|kind| line.contains(kind) || alias.is_some_and(|alias| alias.contains(kind)))
        .unwrap_or("")
}

fn endings(kind: &str) -> &'static [&'static str] {
    match kind {
        "Counter" | "counter(" => &["_total"],
        "Gauge" | "gauge(" => &[""],
        "Histogram" | "histogram(" => &["_bucket", "_count", "_sum"],
        _ => &["", "_total", "_bucket", "_count", "_sum"],
    }
}

/// Names like `emart_x` that are asked for.
fn asked(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("emart_").filter_map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '_');
        let own = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "_:/-".contains(c));
        own.then_some(&rest[..end.unwrap_or(rest.len())])
    })
}

#[test]
fn every_metric_asked_for_is_exported() {
    let exported = exported();
    let mut checked = 0;
    for path in below("deploy/observability") {
        let text = std::fs::read_to_string(&path).unwrap();
        for name in asked(&text) {
            checked += 1;
            let file = path.strip_prefix(root()).unwrap().display();
            assert!(
                exported.contains(name),
                "{file}: nothing exports {name}; there are {exported:#?}"
            );
        }
    }
    assert!(checked > 10, "only {checked} names were found");
}

#[test]
fn prometheus_looks_for_every_service() {
    let config = yaml("deploy/observability/prometheus.yaml");
    let found = items(&config["scrape_configs"]).flat_map(|job| items(&job["dns_sd_configs"]));
    assert_eq!(names(found.flat_map(|dns| texts(&dns["names"]))), services());
}

#[test]
fn counters_gauges_and_histograms_are_told_apart() {
    let exported = exported();
    for name in [
        "emart_http_request_duration_seconds_bucket",
        "emart_panics_total",
        "emart_events_parked_total",
        "emart_outbox_lag_seconds",
    ] {
        assert!(exported.contains(name), "{name}: {exported:#?}");
    }
    assert!(!exported.contains("emart_events_parked"), "{exported:#?}");
}
