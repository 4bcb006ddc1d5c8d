//! The files that put the store onto machines say what the code says: the same services, the same calls between them,
//! settings and metrics that exist, one door, no container that is root. Reads files only: no network, no other program.
//! `deploy/check.py` renders and validates them with the tools they are for.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod compose;
mod files;
mod helm;
mod kubernetes;
mod metrics;
mod settings;
mod system;
