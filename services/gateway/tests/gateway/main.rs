//! The gateway before services that are a few lines each.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as the test itself does")]

mod answers;
mod cache;
mod callers;
mod client_dir;
mod cors;
mod docs;
mod limits;
mod own_pages;
mod rates;
mod reload;
mod shedding;
mod shop;
mod streams;
