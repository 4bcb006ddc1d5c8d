//! Asking at a service's desk.

use emart_mesh::{Call, CallError, Peer};

use crate::{PATH, ParkedEvent, ServiceState};

/// The desk of a service.
#[derive(Clone, Debug)]
pub struct Desk(pub Peer);

impl Desk {
    /// How the service is.
    pub async fn state(&self) -> Result<ServiceState, CallError> {
        Call::get(&self.0, PATH).send().await
    }

    /// The events it could not handle, the oldest first; at most 1,000.
    pub async fn parked(&self) -> Result<Vec<ParkedEvent>, CallError> {
        Call::get(&self.0, format!("{PATH}/parked")).send().await
    }

    /// Tries one of them again, and those that wait behind it.
    pub async fn retry_event(&self, event_id: &str) -> Result<(), CallError> {
        self.decide(event_id, "retry").await
    }

    /// Gives one of them up for good; those behind it go on.
    pub async fn discard_event(&self, event_id: &str) -> Result<(), CallError> {
        self.decide(event_id, "discard").await
    }

    async fn decide(&self, event_id: &str, what: &str) -> Result<(), CallError> {
        // An id that is no path is nobody's.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let event_id: String = event_id.chars().filter(|c| plain(*c)).collect();
        Call::post(&self.0, format!("{PATH}/parked/{event_id}/{what}")).done().await
    }
}
