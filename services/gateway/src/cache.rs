//! The gateway's cache: a shared one (RFC 9111) of what anyone may see. It saves asking the same again, and shows what
//! it has while a service is away. It holds nothing that was answered to somebody known; see `question`.

mod flights;
mod policy;
mod question;
mod serve;
mod settings;
mod status;
mod stored;

pub(crate) use policy::TARGETED;
pub(crate) use question::{Question, Reader, reader};
pub use settings::{CacheConfig, CacheOn};
pub(crate) use stored::Asked;

use std::hash::BuildHasher;
use std::hash::RandomState;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use emart_events::Tasks;
use emart_telemetry::Metrics;
use http::{HeaderMap, HeaderName, Uri, header};
use prometheus_client::metrics::counter::Counter;
use quick_cache::Weighter;
use tokio::time::Instant;

use flights::Flights;
use stored::{State, Stored};

/// Answers larger than this are passed on and not kept.
const LARGEST: u64 = 2 << 20;
/// About what a page weighs.
const PAGE: u64 = 16 << 10;
/// How long is remembered that an answer is not to be kept, so that those who ask for it do not wait for each other.
const PASS: Duration = Duration::from_secs(5);

/// The cache.
pub(crate) struct Cache {
    kept: quick_cache::sync::Cache<Box<str>, Kept, Weight>,
    flights: Arc<Flights>,
    config: ArcSwap<CacheConfig>,
    tasks: Tasks,
    counts: Counts,
    /// Counts what was changed, in groups of addresses: what was asked for before is not kept after.
    changes: Box<[AtomicU64]>,
    hasher: RandomState,
    stamps: AtomicU64,
}

#[derive(Clone)]
enum Kept {
    Answer(Arc<Stored>),
    /// The answer has several forms, by these headers; each has a key with this stamp.
    Varies(Arc<[HeaderName]>, u64),
    /// The answer is not to be kept.
    Pass(Instant),
}

#[derive(Clone)]
struct Weight;

impl Weighter<Box<str>, Kept> for Weight {
    fn weight(&self, key: &Box<str>, kept: &Kept) -> u64 {
        let answer = if let Kept::Answer(stored) = kept { stored.weight() } else { 64 };
        answer + key.len() as u64 + 64
    }
}

struct Counts {
    hits: Counter,
    misses: Counter,
    stale: Counter,
}

/// What there is for a question.
enum Found {
    Answer(Arc<Stored>),
    Pass,
    Nothing,
}

impl Cache {
    pub(crate) fn new(config: &CacheConfig, tasks: &Tasks, metrics: &Metrics) -> Self {
        let items = usize::try_from(config.bytes() / PAGE).unwrap_or(usize::MAX);
        let counts = Counts {
            hits: metrics.counter("gateway_cache_hits", "Answers given from memory"),
            misses: metrics.counter("gateway_cache_misses", "Answers that were not in memory"),
            stale: metrics.counter(
                "gateway_cache_stale",
                "Answers given from memory after their time, because a service failed",
            ),
        };
        Self {
            kept: quick_cache::sync::Cache::with_weighter(items, config.bytes(), Weight),
            flights: Arc::default(),
            config: ArcSwap::from_pointee(config.clone()),
            tasks: tasks.clone(),
            counts,
            changes: (0..256).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
            stamps: AtomicU64::new(0),
        }
    }

    /// Takes other settings.
    pub(crate) fn configure(&self, config: &CacheConfig) {
        self.kept.set_capacity(config.bytes());
        self.config.store(Arc::new(config.clone()));
    }

    /// Forgets what was kept of an address, because it was changed (RFC 9111, section 4.4).
    pub(crate) fn invalidate(&self, uri: &Uri) {
        for key in [question::key(uri), uri.path()] {
            self.changed(key).fetch_add(1, Ordering::AcqRel);
            self.kept.remove(key);
        }
    }

    fn find(&self, question: &Question) -> Found {
        let kept = match self.kept.get(question.key()) {
            Some(Kept::Varies(names, stamp)) => {
                question.variant(&names, stamp).and_then(|key| self.kept.get(key.as_str()))
            }
            kept => kept,
        };
        match kept {
            Some(Kept::Answer(stored)) => Found::Answer(stored),
            Some(Kept::Pass(until)) if Instant::now() < until => Found::Pass,
            _ => Found::Nothing,
        }
    }

    /// Keeps an answer, unless its address was changed since `change`.
    fn keep(&self, question: &Question, vary: &[HeaderName], stored: Arc<Stored>, change: u64) {
        if self.changed(question.key()).load(Ordering::Acquire) != change {
            return;
        }
        let key = if vary.is_empty() {
            Some(question.key().to_owned())
        } else {
            let stamp = match self.kept.get(question.key()) {
                Some(Kept::Varies(names, stamp)) if *names == *vary => stamp,
                _ => {
                    let stamp = self.stamps.fetch_add(1, Ordering::Relaxed);
                    self.kept.insert(question.key().into(), Kept::Varies(vary.into(), stamp));
                    stamp
                }
            };
            question.variant(vary, stamp)
        };
        if let Some(key) = key {
            self.kept.insert(key.into(), Kept::Answer(stored));
        }
    }

    /// Notes that an answer is not to be kept.
    fn pass_by(&self, question: &Question) {
        self.kept.insert(question.key().into(), Kept::Pass(Instant::now() + PASS));
    }

    fn forget(&self, question: &Question) {
        self.kept.remove(question.key());
    }

    /// The largest answer that is kept: no single one drives out all others.
    fn largest(&self) -> u64 {
        LARGEST.min(self.kept.shard_capacity() / 4)
    }

    fn changed(&self, key: &str) -> &AtomicU64 {
        let path = key.split('?').next().unwrap_or(key);
        let at = self.hasher.hash_one(path) % self.changes.len() as u64;
        &self.changes[usize::try_from(at).unwrap_or(0)]
    }
}

/// The headers an answer depends on; `None` when it says that nobody else can know.
fn vary(headers: &HeaderMap) -> Option<Vec<HeaderName>> {
    let mut names = Vec::new();
    for line in headers.get_all(header::VARY) {
        for name in line.to_str().ok()?.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let name = name.parse::<HeaderName>().ok()?;
            if name.as_str() == "*" {
                return None;
            }
            names.push(name);
        }
    }
    names.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    names.dedup();
    Some(names)
}
