//! Requests that a service cannot bear are turned away at the door, before they queue: those let in are answered in
//! time, and those turned away hear so at once.

mod gradient;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use emart_telemetry::Metrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use gradient::{Gradient, Window};

/// How often the limit is set anew.
const WINDOW: Duration = Duration::from_millis(250);

/// Settings of load shedding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SheddingConfig {
    /// Whether services are kept from more than they bear.
    pub on: bool,
    /// Requests at once that each service is always trusted with.
    pub least: u32,
}

impl Default for SheddingConfig {
    fn default() -> Self {
        Self { on: true, least: 128 }
    }
}

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    Anyone,
    /// They are turned away last: it may be they who help.
    Staff,
}

/// How a request ended, as far as it says something about how much its service bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Answered,
    /// For want of time or room.
    Overrun,
    /// Otherwise: it says nothing.
    Other,
}

/// Counts the requests of one service, and limits them.
#[derive(Debug)]
pub(crate) struct Limiter {
    on: AtomicBool,
    under_way: AtomicU32,
    limit: AtomicU32,
    answers: AtomicU64,
    total_us: AtomicU64,
    failures: AtomicU64,
    peak: AtomicU32,
    began: Instant,
    /// When the window ends, in microseconds after `began`.
    ends_us: AtomicU64,
    gradient: Mutex<Gradient>,
    shown: Gauge,
    turned_away: Counter,
}

/// What is counted of each service, for `/metrics`.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    limits: Family<ServiceLabel, Gauge>,
    turned_away: Family<ServiceLabel, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ServiceLabel {
    service: &'static str,
}

impl Shown {
    pub(crate) fn register(metrics: &Metrics) -> Self {
        let shown = Self::default();
        let (limits, turned_away) = (shown.limits.clone(), shown.turned_away.clone());
        let help = "Requests that may be under way at once, by service";
        metrics.register("gateway_concurrency_limit", help, limits);
        let help = "Requests turned away because a service had enough to do";
        metrics.register("gateway_shed", help, turned_away);
        shown
    }
}

/// A request that was let in.
#[derive(Debug)]
pub(crate) struct Admission<'a> {
    limiter: &'a Limiter,
    since: Instant,
}

impl Limiter {
    pub(crate) fn new(
        service: &'static str,
        config: &SheddingConfig,
        most: u32,
        shown: &Shown,
    ) -> Self {
        let label = ServiceLabel { service };
        let limiter = Self {
            shown: shown.limits.get_or_create_owned(&label),
            turned_away: shown.turned_away.get_or_create_owned(&label),
            on: AtomicBool::new(config.on),
            under_way: AtomicU32::new(0),
            limit: AtomicU32::new(most),
            answers: AtomicU64::new(0),
            total_us: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            peak: AtomicU32::new(0),
            began: Instant::now(),
            ends_us: AtomicU64::new(micros(WINDOW)),
            gradient: Mutex::new(Gradient::new(config.least.min(most), most)),
        };
        limiter.configure(config, most);
        limiter
    }

    /// Takes other settings.
    pub(crate) fn configure(&self, config: &SheddingConfig, most: u32) {
        let mut gradient = self.gradient.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        gradient.bound(config.least, most);
        self.set(gradient.limit());
        self.on.store(config.on, Ordering::Relaxed);
    }

    /// Lets a request in, or not.
    pub(crate) fn enter(&self, rank: Rank) -> Option<Admission<'_>> {
        let before = self.under_way.fetch_add(1, Ordering::Relaxed);
        let limit = self.limit.load(Ordering::Relaxed);
        let limit = if rank == Rank::Staff { limit.saturating_add(limit / 2 + 8) } else { limit };
        if before >= limit && self.on.load(Ordering::Relaxed) {
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            self.turned_away.inc();
            return None;
        }
        self.peak.fetch_max(before + 1, Ordering::Relaxed);
        Some(Admission { limiter: self, since: Instant::now() })
    }

    fn note(&self, took: Duration, end: End, now: Instant) {
        match end {
            End::Answered => {
                self.answers.fetch_add(1, Ordering::Relaxed);
                self.total_us.fetch_add(micros(took), Ordering::Relaxed);
            }
            End::Overrun => {
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
            End::Other => {}
        }
        let now = micros(now.saturating_duration_since(self.began));
        if now >= self.ends_us.load(Ordering::Relaxed) {
            self.turn(now);
        }
    }

    /// Ends the window. Whoever comes first does it; the others have better things to do than to wait.
    fn turn(&self, now: u64) {
        let Ok(mut gradient) = self.gradient.try_lock() else { return };
        if now < self.ends_us.load(Ordering::Relaxed) {
            return;
        }
        self.ends_us.store(now + micros(WINDOW), Ordering::Relaxed);
        gradient.observe(&Window {
            answers: self.answers.swap(0, Ordering::Relaxed),
            total_us: self.total_us.swap(0, Ordering::Relaxed),
            failures: self.failures.swap(0, Ordering::Relaxed),
            peak: self.peak.swap(self.under_way.load(Ordering::Relaxed), Ordering::Relaxed),
        });
        self.set(gradient.limit());
    }

    fn set(&self, limit: u32) {
        self.limit.store(limit, Ordering::Relaxed);
        self.shown.set(limit.into());
    }
}

impl Admission<'_> {
    /// Notes how it went.
    pub(crate) fn ended(self, end: End) {
        let now = Instant::now();
        self.limiter.note(now.saturating_duration_since(self.since), end, now);
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        self.limiter.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
