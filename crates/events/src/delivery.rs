//! Delivery: a consumer's events, handled in groups, each event once in effect; and what becomes of those that fail.

mod kept;

use std::sync::Arc;
use std::time::{Duration, Instant};

use emart_store::{Db, Error, Tx};
use emart_types::{Clock, Timestamp};
use futures_util::future;
use tokio::sync::Notify;

use crate::consumer::{Consumer, Failure};
use crate::event::Letter;
use crate::inbox::{self, Failed};
use crate::lease::Lease;
use crate::metrics::{ConsumerLabels, Counts};
use crate::route::service_of;
use crate::settings::Delivery;

/// Events handled in one transaction: one commit for all of them.
pub(crate) const GROUP: usize = 64;
/// Events noted as handled at once: a server gets these statements one behind the other, without a wait in between.
const HANDFUL: usize = 16;
/// A transaction of many slow handlers ends after this time, so that the database's other writers have their turn.
const PATIENCE: Duration = Duration::from_millis(5);

/// A consumer with its inbox.
pub(crate) struct Inbox {
    consumer: Arc<Consumer>,
    clock: Clock,
    delivery: Delivery,
    counts: Counts,
    /// Something was kept to be tried later.
    kept: Notify,
    /// One look after what was kept at a time.
    turn: tokio::sync::Mutex<()>,
}

/// How an event is noted as handled.
#[derive(Clone, Copy, PartialEq)]
enum Claim {
    New,
    Kept,
}

/// A transaction that was committed.
#[derive(Default)]
struct Group {
    /// How many of the events it dealt with.
    through: usize,
    /// How many of them were handled: the others had come before, or were kept.
    handled: u64,
    kept: bool,
}

/// Why a transaction was rolled back.
enum Stopped {
    /// The handler of one event failed.
    At(usize, Failure),
    /// It cannot be said which event is to blame, if any.
    Store(Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl Inbox {
    pub(crate) fn new(
        consumer: Consumer,
        clock: Clock,
        delivery: Delivery,
        counts: Counts,
    ) -> Self {
        Self {
            consumer: Arc::new(consumer),
            clock,
            delivery,
            counts,
            kept: Notify::new(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.consumer.name()
    }

    pub(crate) fn listens_to(&self, kind: &str) -> bool {
        self.consumer.listens_to(kind)
    }

    /// The services it listens to.
    pub(crate) fn sources(&self) -> Vec<&'static str> {
        let mut sources: Vec<_> = self.consumer.kinds().into_iter().map(service_of).collect();
        sources.dedup();
        sources
    }

    /// The types of one of them it listens to.
    pub(crate) fn kinds_of(&self, source: &str) -> Vec<&'static str> {
        self.consumer.kinds().into_iter().filter(|kind| service_of(kind) == source).collect()
    }

    /// Its database.
    pub(crate) fn db(&self) -> &Db {
        self.consumer.db()
    }

    /// Takes events over, in order. `Ok`: each of them was handled, now or before, or is kept here to be. An error is
    /// the database's or the lease's, not an event's: bring them again later.
    pub(crate) async fn deliver(
        &self,
        letters: &[Arc<Letter>],
        lease: &Lease,
    ) -> Result<(), Error> {
        self.handle_all(letters, Claim::New, lease).await
    }

    /// Handles events in as few transactions as it can. One that fails is undone alone: what stood before it in its
    /// transaction is done again without it.
    async fn handle_all(
        &self,
        letters: &[Arc<Letter>],
        claim: Claim,
        lease: &Lease,
    ) -> Result<(), Error> {
        let (mut at, mut size) = (0, GROUP);
        let mut failed: Option<(usize, Failure)> = None;
        while at < letters.len() {
            if let Some((_, failure)) = failed.take_if(|(bad, _)| *bad == at) {
                self.fail(&letters[at], &failure, lease).await?;
                if claim == Claim::Kept {
                    // The rest of its subject waits behind it.
                    return Ok(());
                }
                at += 1;
                continue;
            }
            let end = failed.as_ref().map_or(letters.len(), |(bad, _)| *bad).min(at + size);
            match self.handle_group(letters[at..end].to_vec(), claim, lease.clone()).await {
                Ok(group) => {
                    at += group.through;
                    self.count(&group);
                }
                Err(Stopped::At(bad, failure)) => failed = Some((at + bad, failure)),
                Err(Stopped::Store(error)) if is_no_events_fault(&error) => return Err(error),
                // One by one, to see which it is.
                Err(Stopped::Store(_)) if end - at > 1 => size = 1,
                Err(Stopped::Store(error)) => failed = Some((at, error.into())),
            }
        }
        Ok(())
    }

    /// One transaction: each event is noted as handled and handled, or kept if one of its subject waits already.
    async fn handle_group(
        &self,
        letters: Vec<Arc<Letter>>,
        claim: Claim,
        lease: Lease,
    ) -> Result<Group, Stopped> {
        let (consumer, now) = (Arc::clone(&self.consumer), self.clock.now());
        let body = move |tx: Tx| async move {
            let (name, started) = (consumer.name(), Instant::now());
            let mut group = Group::default();
            lease.check(&tx).await?;
            let look = claim == Claim::New && inbox::holds_any(&tx, name).await?;
            // What is claimed is handled before the transaction ends, so patience ends between two handfuls only.
            for handful in letters.chunks(if look { 1 } else { HANDFUL }) {
                if look && inbox::holds(&tx, name, &handful[0]).await? {
                    inbox::keep(&tx, name, &handful[0], now).await?;
                    group.kept = true;
                    group.through += 1;
                    continue;
                }
                let claims = handful.iter().map(|letter| claimed(&tx, name, letter, claim, now));
                for (letter, claimed) in handful.iter().zip(future::try_join_all(claims).await?) {
                    if claimed {
                        let handled = consumer.handle(tx.clone(), letter).await;
                        handled.map_err(|failure| Stopped::At(group.through, failure))?;
                        group.handled += 1;
                    }
                    group.through += 1;
                }
                if started.elapsed() > PATIENCE {
                    break;
                }
            }
            Ok(group)
        };
        self.consumer.db().write(body).await
    }

    fn count(&self, group: &Group) {
        let labels = ConsumerLabels { consumer: self.name() };
        self.counts.handled.get_or_create(&labels).inc_by(group.handled);
        if group.kept {
            self.kept.notify_one();
        }
    }

    async fn fail(
        &self,
        letter: &Arc<Letter>,
        failure: &Failure,
        lease: &Lease,
    ) -> Result<(), Error> {
        let (name, now, tries) = (self.name(), self.clock.now(), letter.tries + 1);
        let hopeless = matches!(failure, Failure::Hopeless(_));
        let wait = if hopeless { None } else { self.delivery.wait(tries) };
        let (letter, error, next) =
            (Arc::clone(letter), failure.to_string(), wait.map(|wait| now.plus(wait)));
        let (event, kind, reason) = (letter.id.clone(), letter.kind.clone(), error.clone());
        let lease = lease.clone();
        let body = move |tx: Tx| async move {
            lease.check(&tx).await?;
            inbox::fail(&tx, name, Failed { letter: &letter, error: &error, next }, now).await
        };
        let written: Result<(), Error> = self.consumer.db().write(body).await;
        written?;
        let labels = ConsumerLabels { consumer: name };
        if next.is_some() {
            self.counts.retried.get_or_create(&labels).inc();
            tracing::warn!(
                consumer = name,
                event,
                kind,
                tries,
                error = reason,
                "an event will be tried again"
            );
        } else {
            self.counts.parked.get_or_create(&labels).inc();
            tracing::error!(
                consumer = name,
                event,
                kind,
                tries,
                error = reason,
                "an event was parked"
            );
        }
        self.kept.notify_one();
        Ok(())
    }
}

async fn claimed(
    tx: &Tx,
    consumer: &str,
    letter: &Letter,
    claim: Claim,
    now: Timestamp,
) -> Result<bool, Error> {
    match claim {
        Claim::New => inbox::claim_new(tx, consumer, letter, now).await,
        Claim::Kept => inbox::claim_kept(tx, consumer, letter, now).await,
    }
}

/// The database is in trouble with everybody. A handler that takes too long, or gets in others' way, is not that.
fn is_no_events_fault(error: &Error) -> bool {
    error.is_temporary() && !matches!(error, Error::TimedOut(_) | Error::Serialization(_))
}
