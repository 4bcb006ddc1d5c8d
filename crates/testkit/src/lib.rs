//! What the tests of every crate share. Never part of the program.

mod api;
mod db;
mod nats;
mod pebble;
mod plan;
mod provider;

pub use api::{Answer, Api};
pub use db::{TestDb, TestStore, databases, postgres_url, stores};
pub use nats::{TestNats, nats_url};
pub use pebble::{Pebble, greet};
pub use plan::assert_no_scan;
pub use provider::{Returned, TestProvider};
