//! A producer and a consumer on a host of their own. Every test of what a bus promises starts here, so another bus
//! is held to the same promises by another way to make the host.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use emart_events::{Consumer, Host, Outbox, Payload, Received, parked, retry};
use emart_store::{Db, Error, Migration, Settings, Tx, vals};
use emart_telemetry::Metrics;
use emart_testkit::{TestStore, stores};
use emart_types::{Clock, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) const TABLES: &[Migration] = &[Migration {
    version: 1,
    name: "0001_seen",
    sql: "CREATE TABLE seen (seq {{sequence}}, subject TEXT NOT NULL, number BIGINT NOT NULL)",
}];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) subject: String,
    pub(crate) number: i64,
}

impl Payload for Counted {
    const TYPE: &'static str = "producer.thing_counted.v1";
    fn subject(&self) -> &str {
        &self.subject
    }
}

pub(crate) fn counted(subject: &str, number: i64) -> Counted {
    Counted { subject: subject.to_owned(), number }
}

#[derive(Debug)]
pub(crate) struct Refused(pub(crate) String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

/// What outlives a host that dies: the time, and whether negative numbers are refused.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) poison: Arc<AtomicBool>,
    pub(crate) tries: Arc<AtomicUsize>,
}

impl World {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, poison: Arc::default(), tries: Arc::default() }
    }
}

pub(crate) struct Line {
    pub(crate) host: Host,
    pub(crate) world: World,
    pub(crate) producer: Db,
    pub(crate) consumer: Db,
    pub(crate) outbox: Outbox,
}

impl Line {
    pub(crate) async fn open(settings: &Settings, world: World) -> Self {
        Self::on(Host::new(world.clock.clone(), Metrics::new(), settings.clone()), world).await
    }

    pub(crate) async fn on(host: Host, world: World) -> Self {
        let producer = host.open("producer", TABLES).await.unwrap();
        let consumer = host.open("consumer", TABLES).await.unwrap();
        let outbox = host.outbox("producer", &producer);
        let seen_by = world.clone();
        let listener = Consumer::new("consumer", consumer.clone());
        host.subscribe(listener.on(move |tx: Tx, event: Received<Counted>| {
            let refuse = seen_by.poison.load(Ordering::SeqCst) && event.payload.number < 0;
            seen_by.tries.fetch_add(1, Ordering::SeqCst);
            async move {
                see(&tx, &event.payload).await?;
                if refuse { Err(Refused("it is poison".to_owned())) } else { Ok(()) }
            }
        }));
        Self { host, world, producer, consumer, outbox }
    }

    pub(crate) async fn emit(&self, subject: &str, number: i64) {
        self.emit_all(vec![counted(subject, number)]).await;
    }

    /// In one transaction.
    pub(crate) async fn emit_all(&self, payloads: Vec<Counted>) {
        let outbox = self.outbox.clone();
        let emit = move |tx: Tx| async move {
            for payload in &payloads {
                outbox.emit(&tx, payload).await?;
            }
            Ok::<(), Error>(())
        };
        self.producer.write(emit).await.unwrap();
    }

    pub(crate) async fn settle(&self) {
        self.host.settle().await.unwrap();
    }

    /// Lets every wait between tries pass.
    pub(crate) async fn settle_after_all_tries(&self) {
        for _ in 0..6 {
            self.settle().await;
            self.world.clock.advance(Duration::from_secs(600));
        }
    }

    pub(crate) fn poison(&self, on: bool) {
        self.world.poison.store(on, Ordering::SeqCst);
    }

    pub(crate) fn tries(&self) -> usize {
        self.world.tries.load(Ordering::SeqCst)
    }

    pub(crate) async fn retry_all(&self) {
        for event in parked(&self.consumer).await.unwrap() {
            assert!(retry(&self.consumer, &event.event_id).await.unwrap());
        }
    }

    pub(crate) async fn seen(&self) -> Vec<(String, i64)> {
        seen(&self.consumer).await
    }

    pub(crate) async fn seen_of(&self, subject: &str) -> Vec<i64> {
        let seen = self.seen().await.into_iter();
        seen.filter(|(s, _)| s == subject).map(|(_, number)| number).collect()
    }

    /// The rows of the outbox, to be put there again.
    pub(crate) async fn posted(&self) -> Vec<Posted> {
        let sql = "SELECT id, type, subject, event FROM outbox ORDER BY seq";
        self.producer.all(sql, vals![]).await.unwrap()
    }

    /// Puts rows into the outbox that were there before: the process died before it had deleted them.
    pub(crate) async fn post_again(&self, rows: &[Posted]) {
        let sql =
            "INSERT INTO outbox (id, type, subject, event, emitted_at) VALUES ($1, $2, $3, $4, 0)";
        let rows: Vec<_> = rows
            .iter()
            .map(|(id, kind, subject, event)| {
                vals![id.as_str(), kind.as_str(), subject.as_str(), event.as_str()].to_vec()
            })
            .collect();
        let post = move |tx: Tx| async move { tx.exec_many(sql, &rows).await };
        let posted: Result<u64, Error> = self.producer.write(post).await;
        posted.unwrap();
    }

    /// How many events the inbox knows of.
    pub(crate) async fn rows(&self) -> i64 {
        self.consumer.one("SELECT count(*) FROM inbox", vals![]).await.unwrap()
    }

    /// How many events are neither handled nor given up.
    pub(crate) async fn held(&self) -> i64 {
        let sql = "SELECT count(*) FROM inbox WHERE state <> 'done'";
        self.consumer.one(sql, vals![]).await.unwrap()
    }
}

pub(crate) type Posted = (String, String, String, String);

pub(crate) async fn see(tx: &Tx, payload: &Counted) -> Result<(), Error> {
    let sql = "INSERT INTO seen (subject, number) VALUES ($1, $2)";
    tx.exec(sql, vals![payload.subject.as_str(), payload.number]).await.map(|_| ())
}

pub(crate) async fn seen(db: &Db) -> Vec<(String, i64)> {
    db.all("SELECT subject, number FROM seen ORDER BY seq", vals![]).await.unwrap()
}

pub(crate) fn still() -> Clock {
    Clock::fixed(Timestamp::from_millis(1_800_000_000_000))
}

/// A line on each engine, at a time that stands still.
pub(crate) async fn lines() -> Vec<(Line, TestStore)> {
    let mut lines = Vec::new();
    for store in stores().await {
        lines.push((Line::open(store.settings(), World::new(still())).await, store));
    }
    lines
}
