//! What is counted of a load, and how it is told.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emart_load::{Mix, Refused};

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// How long the steps of this second took, and when it began.
    window: Vec<Duration>,
    window_began: Duration,
    all: Vec<Duration>,
    errors: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts a step; whether its connection is of no more use.
    pub(super) fn note(&self, took: Duration, error: Option<&anyhow::Error>) -> bool {
        let mut counts = self.counts();
        counts.window.push(took);
        counts.all.push(took);
        let Some(error) = error else { return false };
        let refused = error.downcast_ref::<Refused>();
        let kind = match refused {
            Some(refused) => format!("{}: {}", refused.what, refused.status),
            None => "no answer".to_owned(),
        };
        *counts.errors.entry(kind).or_default() += 1;
        refused.is_none()
    }

    /// What happened since the last line.
    pub(super) fn line(&self, now: Duration, mix: &Mix) -> String {
        let mut counts = self.counts();
        let times = sorted(std::mem::take(&mut counts.window));
        let ms = now.saturating_sub(counts.window_began).as_millis().max(1);
        counts.window_began = now;
        format!(
            "{:>4} s  {:>5}/s  p50 {:>8.1?}  p99 {:>8.1?}  errors {}  orders {}",
            now.as_secs(),
            times.len() as u128 * 1000 / ms,
            at(&times, 50),
            at(&times, 99),
            counts.errors.values().sum::<u64>(),
            mix.orders(),
        )
    }

    /// What happened at all.
    pub(super) fn summary(&self, took: Duration, mix: &Mix) -> String {
        let counts = self.counts();
        let times = sorted(counts.all.clone());
        let errors = counts.errors.values().sum::<u64>();
        let mut text = format!(
            "{} steps in {:.1?}: p50 {:.1?}, p95 {:.1?}, p99 {:.1?}; {} orders, {} checkouts to be finished later; {errors} errors\n",
            times.len(),
            took,
            at(&times, 50),
            at(&times, 95),
            at(&times, 99),
            mix.orders(),
            mix.later(),
        );
        for (kind, count) in &counts.errors {
            let _ = writeln!(text, "{count:>8}  {kind}");
        }
        text
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort_unstable();
    times
}

/// The time that so many of a hundred did not exceed.
fn at(times: &[Duration], percent: usize) -> Duration {
    let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use emart_load::NewCart;

    use super::*;

    #[test]
    fn a_line_is_about_what_happened_since_the_last_and_the_summary_about_all() {
        let mix = Mix::new(NewCart::new(Vec::new(), "DE".to_owned()), Vec::new(), Vec::new());
        let tally = Tally::default();
        for ms in 1..=100 {
            assert!(!tally.note(Duration::from_millis(ms), None));
        }
        let line = tally.line(Duration::from_secs(2), &mix);
        for part in ["2 s", "50/s", "p50   51.0ms", "p99  100.0ms", "errors 0", "orders 0"] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        let refused = Refused { what: "a checkout", status: 503, body: String::new() };
        assert!(!tally.note(Duration::ZERO, Some(&refused.into())));
        assert!(tally.note(Duration::ZERO, Some(&anyhow::anyhow!("refused"))));
        let line = tally.line(Duration::from_secs(3), &mix);
        assert!(line.contains(" 2/s") && line.contains("errors 2"), "{line}");
        let summary = tally.summary(Duration::from_secs(3), &mix);
        for part in ["102 steps in 3.0s", "2 errors", "1  a checkout: 503", "1  no answer"] {
            assert!(summary.contains(part), "{part} is not in {summary}");
        }
    }
}
