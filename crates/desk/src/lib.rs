//! The desk of a service: what every service says of itself to whoever runs the store, wherever it runs. Whether it can
//! do its work, which version it is, how its events stand; and what is done with those it could not handle.

mod client;
mod routes;
mod state;

pub use client::Desk;
pub use routes::with_desk;
pub use state::{EventsState, ParkedEvent, ServiceState};

/// Where it is, in every service. The gateway lets nobody through to it.
pub(crate) const PATH: &str = "/internal/desk";
