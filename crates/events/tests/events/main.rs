//! What the bus promises, on both engines: once in effect, in order for each subject, nothing lost, poison set aside.
#![expect(clippy::unwrap_used, reason = "what the tests share is test code too")]

mod crashes;
mod delivery;
mod failures;
mod far;
mod leases;
mod line;
mod running;
mod schedules;
