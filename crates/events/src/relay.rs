//! The relay: takes what a service has committed to its outbox to the bus, and out of the outbox when all have it.
//!
//! On PostgreSQL a transaction may commit after one that has later numbers. So no number is ever taken as "everything
//! up to here": an event is in the outbox until it was carried, and each look starts at the first that is left.

mod far;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use emart_store::{Db, EngineKind, Error, FromRow, Row, Tx, vals};
use emart_types::{Clock, Timestamp};
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::broker::Broker;
use crate::bus::Bus;
use crate::event::Letter;
use crate::lease::Lease;

/// Events carried at once.
const BATCH: usize = 256;
/// Carried events are deleted when they are so many, or after this time: not with a commit for each.
const SPENT: usize = 512;
const SPENT_AFTER: Duration = Duration::from_millis(200);
/// The outbox is looked into at least this often.
const TICK: Duration = Duration::from_secs(1);
/// Consumers whose database is in trouble are left alone for so long, at first and at most.
const TROUBLE: Duration = Duration::from_secs(1);
const LONGEST_TROUBLE: Duration = Duration::from_secs(30);

/// One service's relay.
pub(crate) struct Relay {
    service: &'static str,
    db: Db,
    clock: Clock,
    lag_seconds: Gauge,
    way: Way,
    /// Whether this copy of the service carries now.
    carrying: AtomicBool,
    /// One pass at a time: the relay's own loop, or a test that wants everything settled.
    state: Mutex<State>,
}

/// How events leave.
pub(crate) enum Way {
    /// To consumers in this process.
    Near(Arc<Bus>),
    /// To a broker.
    Far(Arc<Broker>),
}

#[derive(Default)]
struct State {
    /// Where the next look starts.
    floor: i64,
    /// Carried to everybody, still in the outbox.
    spent: BTreeSet<i64>,
    spent_since: Option<Instant>,
    /// When the oldest event was emitted that somebody does not have.
    owed_since: Option<Timestamp>,
    trouble: Option<Trouble>,
    /// Why the broker did not take events at the last attempt.
    refused: Option<String>,
}

/// Consumers that cannot take events at the moment.
struct Trouble {
    consumers: HashSet<&'static str>,
    error: Error,
    until: Instant,
    wait: Duration,
    /// Its time is over, and nothing has failed since.
    probing: bool,
}

/// A row of the outbox.
struct Posted {
    letter: Letter,
    emitted_at: Timestamp,
}

impl FromRow for Posted {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let text: String = row.get(4)?;
        let letter = Letter {
            seq: row.get(0)?,
            id: row.get(1)?,
            source: String::new(),
            kind: row.get(2)?,
            subject: row.get(3)?,
            event: Letter::open(&text),
            text,
            tries: 0,
        };
        Ok(Self { letter, emitted_at: Timestamp::from_millis(row.get(5)?) })
    }
}

impl Relay {
    pub(crate) fn new(
        service: &'static str,
        db: Db,
        clock: Clock,
        lag_seconds: Gauge,
        way: Way,
    ) -> Self {
        let (carrying, state) = (AtomicBool::default(), Mutex::default());
        Self { service, db, clock, lag_seconds, way, carrying, state }
    }

    pub(crate) const fn service(&self) -> &'static str {
        self.service
    }

    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    /// Carries a batch; returns how many events were in it, or how many of them a broker took.
    pub(crate) async fn pass(&self) -> Result<usize, Error> {
        let mut state = self.state.lock().await;
        if state
            .trouble
            .as_ref()
            .is_some_and(|trouble| !trouble.probing && trouble.until <= Instant::now())
        {
            state.look_again();
        }
        let posted = self.posted(&state).await?;
        let mut count = posted.len();
        match &self.way {
            Way::Far(broker) => count = self.publish(broker, &mut state, posted).await,
            Way::Near(bus) if count > 0 => self.carry(bus, &mut state, posted).await,
            Way::Near(_) if state.trouble.as_ref().is_some_and(|trouble| trouble.probing) => {
                tracing::info!(service = self.service, "every consumer takes events again");
                state.trouble = None;
            }
            Way::Near(_) => {}
        }
        let since = state.owed_since.map_or(Duration::ZERO, |at| self.clock.now().since(at));
        self.lag_seconds.set(since.as_secs().cast_signed());
        if state.is_flush_due() {
            self.delete_spent(&mut state).await?;
        }
        Ok(count)
    }

    /// Makes consumers in trouble be asked again at once.
    pub(crate) async fn look_again(&self) {
        self.state.lock().await.look_again();
    }

    /// Deletes what everybody has.
    pub(crate) async fn flush(&self) -> Result<(), Error> {
        let mut state = self.state.lock().await;
        self.delete_spent(&mut state).await
    }

    /// Whether nothing is left; an error says who could not take what is.
    pub(crate) async fn is_empty(&self) -> Result<bool, Error> {
        if let Some(trouble) = self.state.lock().await.trouble.as_ref().filter(|t| !t.probing) {
            return Err(trouble.error.clone());
        }
        if let Some(refused) = &self.state.lock().await.refused {
            return Err(Error::Unavailable(refused.clone()));
        }
        Ok(self.db.opt::<i64>("SELECT seq FROM outbox LIMIT 1", vals![]).await?.is_none())
    }

    /// Carries what is committed, for as long as the process runs and the lease is held.
    pub(crate) async fn run(self: Arc<Self>, lease: Lease) {
        let _turn = self.begin();
        let mut commits = self.db.on_commit();
        let mut calls = self.calls().await;
        while lease.is_held() {
            commits.mark_unchanged();
            match self.pass().await {
                Ok(0) => {
                    let wait = if self.has_spent().await { SPENT_AFTER } else { TICK };
                    // An error means that the database is gone: the next pass finds out.
                    let called = async {
                        tokio::select! {
                            _ = commits.changed() => {}
                            () = calls.next() => {}
                        }
                    };
                    let waited = tokio::time::timeout(wait, called).await;
                    if let (Err(_), Err(error)) = (waited, self.flush().await) {
                        self.complain(&error).await;
                    }
                }
                Ok(_) => {}
                Err(error) => self.complain(&error).await,
            }
        }
    }

    async fn complain(&self, error: &Error) {
        tracing::warn!(service = self.service, %error, "the outbox could not be emptied; trying again");
        tokio::time::sleep(TICK).await;
    }

    async fn has_spent(&self) -> bool {
        !self.state.lock().await.spent.is_empty()
    }

    async fn posted(&self, state: &State) -> Result<Vec<Posted>, Error> {
        let sql = "SELECT seq, id, type, subject, event, emitted_at FROM outbox \
                   WHERE seq > $1 ORDER BY seq LIMIT $2";
        let limit = (BATCH + state.spent.len()) as u64;
        let mut posted: Vec<Posted> =
            self.db.all(sql, vals![state.floor, limit.cast_signed()]).await?;
        posted.retain(|posted| !state.spent.contains(&posted.letter.seq));
        posted.truncate(BATCH);
        Ok(posted)
    }

    async fn carry(&self, bus: &Bus, state: &mut State, posted: Vec<Posted>) {
        let oldest = posted[0].emitted_at;
        let letters: Vec<_> = posted.into_iter().map(|posted| self.sealed(posted)).collect();
        let mut absent = state.absent();
        let refused = bus.carry(&letters, &absent).await;
        for (consumer, error) in refused {
            tracing::warn!(service = self.service, consumer, %error, "a consumer cannot take events");
            absent.insert(consumer);
            state.trouble_with(consumer, error);
        }
        for letter in &letters {
            if bus.wanted_by(&absent, &letter.kind) {
                state.owed_since.get_or_insert(oldest);
            } else {
                state.spent.insert(letter.seq);
                state.spent_since.get_or_insert_with(Instant::now);
            }
        }
        // SQLite's transactions commit one after the other, in the order of their numbers. Elsewhere one may appear
        // before these, so they are only passed over while somebody else's trouble keeps them where they are.
        if self.db.engine() == EngineKind::Sqlite || !absent.is_empty() {
            state.floor = letters.iter().map(|letter| letter.seq).max().unwrap_or(state.floor);
        }
    }

    fn sealed(&self, posted: Posted) -> Arc<Letter> {
        Arc::new(Letter { source: self.service.to_owned(), ..posted.letter })
    }

    async fn delete_spent(&self, state: &mut State) -> Result<(), Error> {
        if state.spent.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = state.spent.iter().map(|seq| vals![*seq].to_vec()).collect();
        let delete = move |tx: Tx| async move {
            tx.exec_many("DELETE FROM outbox WHERE seq = $1", &rows).await
        };
        let deleted: Result<u64, Error> = self.db.write(delete).await;
        deleted?;
        state.spent.clear();
        state.spent_since = None;
        Ok(())
    }
}

impl State {
    /// From the start: what the others have already, their inboxes recognise.
    fn look_again(&mut self) {
        if let Some(trouble) = &mut self.trouble {
            trouble.probing = true;
            self.floor = 0;
            self.owed_since = None;
        }
    }

    fn absent(&self) -> HashSet<&'static str> {
        let trouble = self.trouble.as_ref().filter(|trouble| !trouble.probing);
        trouble.map(|trouble| trouble.consumers.clone()).unwrap_or_default()
    }

    fn trouble_with(&mut self, consumer: &'static str, error: Error) {
        let wait = match &self.trouble {
            Some(trouble) if trouble.probing => (trouble.wait * 2).min(LONGEST_TROUBLE),
            Some(trouble) => trouble.wait,
            None => TROUBLE,
        };
        let mut consumers = self.absent();
        consumers.insert(consumer);
        let until = Instant::now() + wait;
        self.trouble = Some(Trouble { consumers, error, until, wait, probing: false });
    }

    fn is_flush_due(&self) -> bool {
        self.spent.len() >= SPENT
            || self.spent_since.is_some_and(|since| since.elapsed() >= SPENT_AFTER)
    }
}
