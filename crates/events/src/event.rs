//! The envelope: CloudEvents 1.0 in its JSON form (<https://github.com/cloudevents/spec>).

use emart_types::{Timestamp, typed_id};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

typed_id!(
    /// An event.
    EventId,
    "evt"
);

/// What an event says: one type per kind of event, in the emitting service's `-api` crate.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `<service>.<noun>_<verb>.v<n>`, such as `orders.order_placed.v1`.
    const TYPE: &'static str;

    /// The id of the thing it happened to: events of one subject arrive in the order they were emitted.
    fn subject(&self) -> &str;
}

/// An event in its envelope.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event<D = Box<RawValue>> {
    /// Always `1.0`.
    pub specversion: String,
    /// Unique; what consumers tell repetitions by.
    pub id: EventId,
    /// The service that emitted it.
    pub source: String,
    /// [`Payload::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// [`Payload::subject`].
    pub subject: String,
    /// When it happened.
    pub time: Timestamp,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// The trace of the request that caused it (the Distributed Tracing extension).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The payload.
    pub data: D,
}

/// An event as its consumer gets it.
#[derive(Debug, Clone)]
pub struct Received<P> {
    /// The event.
    pub id: EventId,
    /// The service that emitted it.
    pub source: String,
    /// When it happened.
    pub time: Timestamp,
    /// What it says.
    pub payload: P,
}

/// An event on its way to a consumer.
#[derive(Debug)]
pub(crate) struct Letter {
    /// Its place in the outbox or inbox it was read from.
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) kind: String,
    pub(crate) subject: String,
    /// The envelope as it was written.
    pub(crate) text: String,
    /// The envelope, opened once for all its consumers; or why it cannot be.
    pub(crate) event: Result<Event, String>,
    /// How often this consumer has tried it.
    pub(crate) tries: u32,
}

impl Letter {
    /// Opens an envelope.
    pub(crate) fn open(text: &str) -> Result<Event, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}
