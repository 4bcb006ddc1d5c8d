//! The bus: what stands between outboxes and inboxes. This one carries within the process.
//!
//! The contract, whatever carries:
//! - what [`Bus::carry`] was given in order for one subject arrives at each consumer in that order;
//! - it answers once every consumer that listens either has the events for good, or is named as one that does not;
//!   the relay brings those again, and the inbox knows what it has;
//! - a consumer in trouble holds up no other.
//!
//! A broker fills the same place ([`crate::broker`]): the relay publishes and awaits the acknowledgement, and what the
//! broker hands out is given to [`Inbox::deliver`] and acknowledged when that says `Ok`.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use emart_store::Error;
use futures_util::future;

use crate::delivery::Inbox;
use crate::event::Letter;
use crate::lease::Lease;

/// Who listens in this process.
#[derive(Default)]
pub(crate) struct Bus {
    inboxes: RwLock<Vec<Arc<Inbox>>>,
}

impl Bus {
    /// Adds a consumer.
    ///
    /// # Panics
    ///
    /// When there is one of this name: the two would take each other's events for repetitions.
    pub(crate) fn add(&self, inbox: Arc<Inbox>) {
        let mut inboxes = self.inboxes.write().unwrap_or_else(PoisonError::into_inner);
        let taken = inboxes.iter().any(|other| other.name() == inbox.name());
        assert!(!taken, "there are two consumers of the name {}", inbox.name());
        inboxes.push(inbox);
    }

    /// The consumers.
    pub(crate) fn inboxes(&self) -> Vec<Arc<Inbox>> {
        self.inboxes.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives events to every consumer that listens, all at the same time, except those to be left out; returns those
    /// that could not take them.
    pub(crate) async fn carry(
        &self,
        letters: &[Arc<Letter>],
        leave_out: &HashSet<&'static str>,
    ) -> Vec<(&'static str, Error)> {
        let inboxes = self.inboxes();
        let deliveries = inboxes.iter().filter(|inbox| !leave_out.contains(inbox.name()));
        let deliveries = deliveries.map(|inbox| async {
            let wanted = letters.iter().filter(|letter| inbox.listens_to(&letter.kind));
            let wanted: Vec<_> = wanted.cloned().collect();
            (inbox.name(), inbox.deliver(&wanted, &Lease::alone()).await)
        });
        let delivered = future::join_all(deliveries).await;
        delivered.into_iter().filter_map(|(name, result)| Some((name, result.err()?))).collect()
    }

    /// Whether one of these consumers listens to events of this type.
    pub(crate) fn wanted_by(&self, names: &HashSet<&'static str>, kind: &str) -> bool {
        let inboxes = self.inboxes.read().unwrap_or_else(PoisonError::into_inner);
        inboxes.iter().any(|inbox| names.contains(inbox.name()) && inbox.listens_to(kind))
    }
}
