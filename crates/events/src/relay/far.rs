//! The relay when a broker carries: what the broker has is out of the relay's hands. One copy of a service relays; the
//! others call it when they have something to tell.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_nats::Subscriber;
use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Posted, Relay, State, Way};
use crate::broker::{Broker, Link};

impl Relay {
    /// Publishes events; returns how many of them the broker has taken.
    pub(super) async fn publish(
        &self,
        broker: &Broker,
        state: &mut State,
        posted: Vec<Posted>,
    ) -> usize {
        let times: Vec<_> = posted.iter().map(|posted| posted.emitted_at).collect();
        let letters: Vec<_> = posted.into_iter().map(|posted| self.sealed(posted)).collect();
        let (through, refused) = match letters.is_empty() {
            true => (0, None),
            false => broker.publish(self.service, &letters).await,
        };
        for letter in &letters[..through] {
            state.spent.insert(letter.seq);
            state.spent_since.get_or_insert_with(Instant::now);
        }
        state.owed_since = refused.as_ref().and_then(|_| times.get(through).copied());
        if refused != state.refused {
            match &refused {
                Some(error) => {
                    tracing::warn!(service = self.service, error, "events wait in the outbox");
                }
                None => tracing::info!(service = self.service, "NATS takes events again"),
            }
        }
        state.refused = refused;
        through
    }

    /// Notes that this copy carries, until the answer is dropped.
    pub(super) fn begin(&self) -> Turn<'_> {
        self.carrying.store(true, Ordering::SeqCst);
        Turn(self)
    }

    /// What makes a look into the outbox worth while, besides this copy's own commits.
    pub(super) async fn calls(&self) -> Calls {
        let Way::Far(broker) = &self.way else { return Calls { link: None, knocks: None } };
        Calls { link: Some(broker.link()), knocks: broker.knocks(self.service).await }
    }

    /// Calls the copy that carries when this one, which does not, has told something.
    pub(crate) async fn knock(self: Arc<Self>) {
        let Way::Far(broker) = &self.way else { return };
        let mut commits = self.db.on_commit();
        // An error means that the database is gone, and there is nothing to tell any more.
        while commits.changed().await.is_ok() {
            if !self.carrying.load(Ordering::SeqCst) {
                broker.knock(self.service).await;
            }
        }
    }
}

/// The time in which a copy carries.
pub(super) struct Turn<'a>(&'a Relay);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.carrying.store(false, Ordering::SeqCst);
        if let Way::Far(_) = self.0.way {
            // Another copy says from now on how far behind it is.
            self.0.lag_seconds.set(0);
        }
    }
}

/// Changes of the connection, and the other copies' knocking.
pub(super) struct Calls {
    link: Option<watch::Receiver<Link>>,
    knocks: Option<Subscriber>,
}

impl Calls {
    pub(super) async fn next(&mut self) {
        let link = async {
            let changed = match &mut self.link {
                Some(link) => link.changed().await.is_ok(),
                None => false,
            };
            if !changed {
                std::future::pending::<()>().await;
            }
        };
        let knock = async {
            let knocked = match &mut self.knocks {
                Some(knocks) => knocks.next().await.is_some(),
                None => false,
            };
            if !knocked {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = link => {}
            () = knock => {}
        }
    }
}
