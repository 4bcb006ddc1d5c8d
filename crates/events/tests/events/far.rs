//! Several hosts, as if each were a process of its own, on PostgreSQL and NATS.

mod copies;
mod outages;
mod proxy;

use std::collections::BTreeMap;
use std::time::Duration;

use emart_events::{Host, Nats};
use emart_store::{Db, Error, Settings};
use emart_telemetry::Metrics;
use emart_testkit::{TestNats, TestStore, nats_url};
use emart_types::{Clock, Secret};
use tokio::runtime::Runtime;

use crate::line::{Counted, Line, TABLES, World, seen};

/// A store that is run by several processes.
pub(crate) struct Far {
    pub(crate) nats: Nats,
    pub(crate) settings: Settings,
    /// Both databases, as somebody who only looks.
    pub(crate) consumer: Db,
    pub(crate) producer: Db,
    pub(crate) world: World,
    // Dropped last.
    _place: (TestNats, TestStore),
}

impl Far {
    pub(crate) async fn new() -> Self {
        let (place, store) = (TestNats::new().await, TestStore::postgres().await);
        let mut settings = store.settings().clone();
        if let emart_store::Engine::Postgres { pool_size, .. } = &mut settings.engine {
            *pool_size = 3;
        }
        let nats = Nats {
            url: Some(Secret::new(nats_url())),
            namespace: place.namespace().to_owned(),
            lease_ms: 1500,
            ..Nats::default()
        };
        // With all the tables a host wants there.
        let host = Host::new(Clock::system(), Metrics::new(), settings.clone());
        let consumer = host.open("consumer", TABLES).await.unwrap();
        let producer = host.open("producer", TABLES).await.unwrap();
        let world = World::new(Clock::system());
        Self { nats, settings, consumer, producer, world, _place: (place, store) }
    }

    /// Starts a copy that is producer and consumer in one, in a world of its own.
    pub(crate) fn start(&self) -> Copy {
        let world = World { tries: std::sync::Arc::default(), ..self.world.clone() };
        Copy::start(self.host(), |host| Line::on(host, world))
    }

    pub(crate) fn host(&self) -> Host {
        Host::new(Clock::system(), Metrics::new(), self.settings.clone())
            .with_nats(self.nats.clone())
    }

    /// What the consumer has seen, by subject.
    pub(crate) async fn seen(&self) -> BTreeMap<String, Vec<i64>> {
        by_subject(seen(&self.consumer).await)
    }

    pub(crate) async fn count(&self) -> usize {
        seen(&self.consumer).await.len()
    }

    pub(crate) async fn until_seen(&self, count: usize) {
        until(&format!("{count} events"), async || self.count().await >= count).await;
    }

    /// Every subject has exactly these numbers, in this order.
    pub(crate) async fn assert_seen(&self, subjects: usize, numbers: i64) {
        let seen = self.seen().await;
        assert_eq!(seen.len(), subjects);
        for (subject, heard) in seen {
            assert_eq!(heard, (0..numbers).collect::<Vec<_>>(), "{subject}");
        }
    }

    pub(crate) async fn context(&self) -> async_nats::jetstream::Context {
        async_nats::jetstream::new(async_nats::connect(nats_url()).await.unwrap())
    }

    pub(crate) fn stream(&self, service: &str) -> String {
        format!("{}-{service}", self.nats.namespace)
    }
}

pub(crate) fn by_subject(seen: Vec<(String, i64)>) -> BTreeMap<String, Vec<i64>> {
    let mut subjects: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (subject, number) in seen {
        subjects.entry(subject).or_default().push(number);
    }
    subjects
}

/// A process: a runtime with a host on it.
pub(crate) struct Copy<T = Line> {
    pub(crate) line: T,
    runtime: Option<Runtime>,
}

impl<T: Send + 'static> Copy<T> {
    pub(crate) fn start<F, Fut>(host: Host, open: F) -> Self
    where
        F: FnOnce(Host) -> Fut + Send,
        Fut: Future<Output = T> + Send,
    {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let line = std::thread::scope(|scope| {
            let (runtime, started) = (&runtime, host.clone());
            let opened = scope.spawn(move || {
                runtime.block_on(async {
                    let line = open(host).await;
                    started.start();
                    line
                })
            });
            opened.join().unwrap()
        });
        Self { line, runtime: Some(runtime) }
    }

    /// Runs it in the copy's process.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        work: impl Future<Output = R> + Send + 'static,
    ) -> R {
        self.runtime.as_ref().unwrap().spawn(work).await.unwrap()
    }

    /// Ends it in the middle of everything.
    pub(crate) fn kill(mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

impl<T> Drop for Copy<T> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Copy {
    /// In one transaction each.
    pub(crate) async fn emit(&self, events: Vec<Counted>) {
        let (db, outbox) = (self.line.producer.clone(), self.line.outbox.clone());
        let emit = async move {
            for event in events {
                let outbox = outbox.clone();
                let told: Result<(), Error> =
                    db.write(move |tx| async move { outbox.emit(&tx, &event).await }).await;
                told.unwrap();
            }
        };
        self.run(emit).await;
    }

    pub(crate) async fn stop(self) {
        let host = self.line.host.clone();
        self.run(async move { host.stop().await }).await;
    }
}

/// Looks again and again, for two minutes at most.
pub(crate) async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let looking = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let came = tokio::time::timeout(Duration::from_secs(120), looking).await;
    assert!(came.is_ok(), "it never came about: {what}");
}
