//! Two readings as a table: what happened between them, and how things stand at the second.

#![expect(clippy::float_arithmetic, reason = "rates and times are no money")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::metrics::Sample;
use super::sources::{Process, Reading};
use crate::compose::SERVICES;

const HEAD: [&str; 11] = [
    "SERVICE", "COPIES", "RATE", "ERRORS", "P50", "P99", "DB", "OUTBOX", "PARKED", "BREAKERS",
    "MEMORY",
];
const REQUESTS: &str = "emart_http_request_duration_seconds";

/// One line for each service, and one for all.
pub(super) fn table(before: &Reading, now: &Reading) -> String {
    let seconds = now.at.duration_since(before.at).as_secs_f64().max(0.001);
    let grown = Grown::between(before, now);
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    for service in SERVICES {
        if now.processes.iter().any(|process| process.services.contains(service)) {
            rows.push(row(service, seconds, &grown, now));
        }
    }
    rows.push(sum(seconds, &grown, now));
    let mut text = aligned(&rows);
    for process in now.processes.iter().filter(|process| process.samples.is_none()) {
        let _ = writeln!(text, "{} does not answer", process.place);
    }
    text
}

fn row(service: &str, seconds: f64, grown: &Grown<'_>, now: &Reading) -> Vec<String> {
    let own: Vec<&Process> =
        now.processes.iter().filter(|process| process.services.contains(service)).collect();
    let samples = || own.iter().flat_map(|process| process.samples.iter().flatten());
    let of = |sample: &&Sample, label: &str| sample.label(label) == service;
    let highest = |name: &str, label: &str| {
        let found = samples().filter(|sample| sample.name == name && of(sample, label));
        found.map(|sample| sample.value).fold(0.0, f64::max)
    };
    let parked = samples().filter(|sample| sample.name == "emart_events_held");
    let parked =
        parked.filter(|sample| of(sample, "consumer") && sample.label("state") == "parked");
    let in_use = total(samples(), "emart_db_connections", |sample| {
        of(&sample, "service") && sample.label("state") == "in_use"
    });
    let waiting = total(samples(), "emart_db_waiting", |sample| of(&sample, "service"));
    let all = now.processes.iter().flat_map(|process| process.samples.iter().flatten());
    let breakers = total(all, "emart_mesh_breakers_open", |sample| of(&sample, "peer"));
    let requests = grown.requests(|of| of == service);
    let alone = own.iter().all(|process| process.services.len() == 1);
    vec![
        service.to_owned(),
        copies(&own),
        rate(requests.count, seconds),
        share(requests.errors, requests.count),
        requests.quantile(0.5),
        requests.quantile(0.99),
        format!("{in_use}+{waiting}"),
        format!("{} s", highest("emart_outbox_lag_seconds", "service")),
        parked.map(|sample| sample.value).fold(0.0, f64::max).to_string(),
        breakers.to_string(),
        if alone { memory(&own) } else { "-".to_owned() },
    ]
}

/// What all of them do, as shoppers see it: requests are those at the door, where it is among them.
fn sum(seconds: f64, grown: &Grown<'_>, now: &Reading) -> Vec<String> {
    let own: Vec<&Process> = now.processes.iter().collect();
    let samples = || own.iter().flat_map(|process| process.samples.iter().flatten());
    let gateway = grown.requests(|of| of == "gateway");
    let requests =
        if gateway.count > 0.0 { gateway } else { grown.requests(|of| SERVICES.contains(&of)) };
    let lag = samples().filter(|sample| sample.name == "emart_outbox_lag_seconds");
    let connections = |sample: &Sample| sample.label("state") == "in_use";
    vec![
        "all".to_owned(),
        copies(&own),
        rate(requests.count, seconds),
        share(requests.errors, requests.count),
        requests.quantile(0.5),
        requests.quantile(0.99),
        format!(
            "{}+{}",
            total(samples(), "emart_db_connections", connections),
            total(samples(), "emart_db_waiting", |_| true)
        ),
        format!("{} s", lag.map(|sample| sample.value).fold(0.0, f64::max)),
        parked_of_all(now).to_string(),
        total(samples(), "emart_mesh_breakers_open", |_| true).to_string(),
        memory(&own),
    ]
}

/// Copies of a service share a database and count the same events.
fn parked_of_all(now: &Reading) -> f64 {
    let mut parked: BTreeMap<&str, f64> = BTreeMap::new();
    for sample in now.processes.iter().flat_map(|process| process.samples.iter().flatten()) {
        if sample.name == "emart_events_held" && sample.label("state") == "parked" {
            let known = parked.entry(sample.label("consumer")).or_default();
            *known = known.max(sample.value);
        }
    }
    parked.values().fold(0.0, |sum, count| sum + count)
}

fn total<'a>(
    samples: impl Iterator<Item = &'a Sample>,
    name: &str,
    of: impl Fn(&Sample) -> bool,
) -> f64 {
    let found = samples.filter(|sample| sample.name == name && of(sample));
    // A sum of none would be -0.
    found.fold(0.0, |sum, sample| sum + sample.value)
}

fn copies(processes: &[&Process]) -> String {
    let there = processes.iter().filter(|process| process.samples.is_some()).count();
    format!("{there}/{}", processes.len())
}

fn memory(processes: &[&Process]) -> String {
    let samples = processes.iter().flat_map(|process| process.samples.iter().flatten());
    let bytes = total(samples, "emart_process_resident_bytes", |_| true);
    format!("{:.0} MiB", bytes / 1_048_576.0)
}

fn rate(count: f64, seconds: f64) -> String {
    format!("{:.1}/s", count / seconds)
}

fn share(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.1}%", 100.0 * part / whole) } else { "-".to_owned() }
}

/// What was counted between two readings.
struct Grown<'a>(Vec<(&'a Sample, f64)>);

impl<'a> Grown<'a> {
    fn between(before: &'a Reading, now: &'a Reading) -> Self {
        let mut known = HashMap::new();
        for process in &before.processes {
            for sample in process.samples.iter().flatten() {
                known.insert((&process.place, &sample.name, &sample.labels), sample.value);
            }
        }
        let mut grown = Vec::new();
        for process in &now.processes {
            for sample in process.samples.iter().flatten() {
                if !sample.name.starts_with(REQUESTS) {
                    continue;
                }
                let key = (&process.place, &sample.name, &sample.labels);
                let was = known.get(&key).copied().unwrap_or_default();
                // A process that was started again counts from nothing.
                let by = if sample.value < was { sample.value } else { sample.value - was };
                grown.push((sample, by));
            }
        }
        Self(grown)
    }

    /// Those of the services that are meant.
    fn requests(&self, of: impl Fn(&str) -> bool) -> Requests {
        let mut requests = Requests::default();
        for (sample, by) in &self.0 {
            if !of(sample.label("service")) {
                continue;
            }
            match sample.name.strip_prefix(REQUESTS) {
                Some("_count") => {
                    requests.count += by;
                    if sample.label("status").starts_with('5') {
                        requests.errors += by;
                    }
                }
                Some("_bucket") => {
                    let limit = sample.label("le").parse().unwrap_or(f64::INFINITY);
                    requests.add(limit, *by);
                }
                _ => {}
            }
        }
        requests.buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        requests
    }
}

/// Requests and how long they took.
#[derive(Default)]
struct Requests {
    count: f64,
    errors: f64,
    /// How many took no longer than so many seconds.
    buckets: Vec<(f64, f64)>,
}

impl Requests {
    fn add(&mut self, limit: f64, count: f64) {
        match self.buckets.iter_mut().find(|(known, _)| known.total_cmp(&limit).is_eq()) {
            Some((_, known)) => *known += count,
            None => self.buckets.push((limit, count)),
        }
    }

    /// The time that such a share of them did not exceed: within a bucket they are taken to be spread evenly.
    fn quantile(&self, share: f64) -> String {
        let all = self.buckets.last().map_or(0.0, |(_, count)| *count);
        if all <= 0.0 {
            return "-".to_owned();
        }
        let (mut below, mut under) = (0.0, 0.0);
        for &(limit, count) in &self.buckets {
            if count >= share * all {
                if limit.is_infinite() {
                    return format!(">{}", time(below));
                }
                let within =
                    if count > under { (share * all - under) / (count - under) } else { 1.0 };
                return time(below + (limit - below) * within);
            }
            (below, under) = (limit, count);
        }
        "-".to_owned()
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.1} s"),
        s if s >= 0.01 => format!("{:.0} ms", s * 1e3),
        s => format!("{:.1} ms", s * 1e3),
    }
}

/// Columns of one width; the first is flush left.
fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = format!("{:<width$}", row[0], width = widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(line, "  {cell:>width$}");
        }
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::super::metrics::parse;
    use super::*;

    fn process(place: &str, service: &'static str, text: Option<&str>) -> Process {
        Process { place: place.to_owned(), services: [service].into(), samples: text.map(parse) }
    }

    fn counted(ok: u32, errors: u32) -> String {
        let of = |part: &str, rest: &str| {
            format!("{REQUESTS}_{part}{{service=\"orders\",route=\"/x\",{rest}}}")
        };
        format!(
            "{} {ok}\n{} {errors}\n{} {ok}\n{} {ok}\n\
             emart_process_resident_bytes 10485760\nemart_db_waiting{{service=\"orders\"}} 2\n\
             emart_db_connections{{service=\"orders\",state=\"in_use\"}} 3\n\
             emart_outbox_lag_seconds{{service=\"orders\"}} 7\n\
             emart_events_held{{consumer=\"orders\",state=\"parked\"}} 1\n\
             emart_mesh_breakers_open{{peer=\"cart\"}} 1\n",
            of("count", "status=\"200\""),
            of("count", "status=\"503\""),
            of("bucket", "status=\"200\",le=\"0.1\""),
            of("bucket", "status=\"200\",le=\"+Inf\""),
        )
    }

    #[test]
    fn a_table_is_about_what_happened_between_two_readings() {
        let at = Instant::now();
        let first =
            Reading { at, processes: vec![process("a:1", "orders", Some(&counted(100, 0)))] };
        let second = Reading {
            at: at + Duration::from_secs(2),
            processes: vec![
                process("a:1", "orders", Some(&counted(106, 2))),
                process("b:1", "orders", None),
                process("c:1", "cart", Some("")),
            ],
        };
        let text = table(&first, &second);
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split("  ").map(str::trim).filter(|s| !s.is_empty()).collect())
            .collect();
        assert_eq!(lines[0], HEAD);
        let orders = lines.iter().find(|line| line[0] == "orders").unwrap();
        assert_eq!(
            orders[1..],
            ["1/2", "4.0/s", "25.0%", "50 ms", "99 ms", "3+2", "7 s", "1", "0", "10 MiB"],
            "{text}"
        );
        let cart = lines.iter().find(|line| line[0] == "cart").unwrap();
        assert_eq!(cart[1..6], ["1/1", "0.0/s", "-", "-", "-"], "{text}");
        assert_eq!(cart[9], "1", "its caller's breaker: {text}");
        assert!(text.ends_with("b:1 does not answer\n"), "{text}");
    }

    #[test]
    fn a_process_that_was_started_again_counts_from_nothing() {
        let at = Instant::now();
        let reading = |seconds, count| Reading {
            at: at + Duration::from_secs(seconds),
            processes: vec![process("a:1", "orders", Some(&counted(count, 0)))],
        };
        let text = table(&reading(0, 100), &reading(1, 5));
        assert!(text.contains(" 5.0/s "), "{text}");
    }
}
