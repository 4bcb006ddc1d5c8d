//! Events from service to service: at least once on the way, once in effect, in order for each subject.
//!
//! A service [`Outbox::emit`]s in the transaction that makes the event true. Its relay brings what is committed to
//! every [`Consumer`] that listens, and takes it out of the outbox when all have it. A consumer handles an event in a
//! transaction of its own database, together with the note that it has: what comes twice takes effect once. What fails
//! is tried again after growing waits and then *parked*, with its error, to be looked at and retried ([`parked`],
//! [`retry`], [`discard`]); later events of the same subject wait behind it, all others go on.
//!
//! Consumers are in the same process, or, with [`Host::with_nats`], wherever they are: then NATS JetStream carries, and
//! every service may run in several copies, which share its work by [`Leases`].
//!
//! Nothing on its way is in memory alone: what was on its way when a process died is on its way when it starts again.

mod broker;
mod bus;
mod consumer;
mod delivery;
mod event;
mod gauges;
mod host;
mod inbox;
mod lease;
mod metrics;
mod nats;
mod outbox;
mod parking;
mod relay;
mod route;
mod settings;
mod tasks;

pub use consumer::Consumer;
pub use event::{Event, EventId, Payload, Received};
pub use host::Host;
pub use lease::{Lease, Leases};
pub use nats::{BusFacts, Nats};
pub use outbox::Outbox;
pub use parking::{Decision, Parked, Standing, decide, discard, parked, retry, standing};
pub use settings::Delivery;
pub use tasks::Tasks;

use emart_store::{Migration, migrations};

/// The tables this crate keeps in every service's database, as a set of their own.
pub(crate) const MIGRATIONS: &[Migration] = migrations!["0001_events", "0002_leases"];
