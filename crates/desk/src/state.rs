//! What is said at the desk.

use emart_events::{Parked, Standing};
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

/// How a service is. Of several copies, the one that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceState {
    /// Its name.
    pub service: String,
    /// Its program's version.
    pub version: String,
    /// Since when it runs.
    pub started_at: Timestamp,
    /// What keeps it from its work, if anything does.
    pub trouble: Option<String>,
    /// Its events; `None` for those that have no database.
    pub events: Option<EventsState>,
}

/// How a service's events stand. No number counts further than 10,000.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsState {
    /// Its own, which not everybody has been told of yet.
    pub untold: u32,
    /// When the oldest of them was emitted.
    pub untold_since: Option<Timestamp>,
    /// Others', which it will try again.
    pub held: u32,
    /// Others', which it has given up until somebody looks.
    pub parked: u32,
}

impl From<Standing> for EventsState {
    fn from(standing: Standing) -> Self {
        let Standing { untold, untold_since, held, parked } = standing;
        Self { untold, untold_since, held, parked }
    }
}

/// An event that a service could not handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedEvent {
    /// The event's id.
    pub event_id: String,
    /// Who could not handle it.
    pub consumer: String,
    /// Who emitted it.
    pub source: String,
    /// Its type.
    pub kind: String,
    /// What it happened to.
    pub subject: String,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    pub error: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// How many of its subject wait behind it.
    pub blocked: u32,
}

impl From<Parked> for ParkedEvent {
    fn from(parked: Parked) -> Self {
        let Parked { event_id, consumer, source, kind, subject, tries, error, .. } = parked;
        let (received_at, blocked) = (parked.received_at, parked.blocked);
        Self { event_id, consumer, source, kind, subject, tries, error, received_at, blocked }
    }
}
