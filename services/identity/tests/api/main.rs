//! `identity` over its routes, with its real database, on both engines. The tests have a second thread, so that the
//! service's job comes to its end while a test's database is taken away.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as the test itself does")]

mod access;
mod accounts;
mod addresses;
mod audit;
mod customers;
mod imports;
mod me;
mod passkeys;
mod providers;
mod registrations;
mod sessions;
mod setup;
mod throttle;
mod tokens;
mod world;
