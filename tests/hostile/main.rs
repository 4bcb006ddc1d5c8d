//! The whole store under people who mean it no good: bad input to every operation, a fuzzer, broken HTTP.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod api;
mod asker;
mod bad_input;
mod bodies;
mod callers;
mod fuzz;
mod page;
mod pages;
mod permissions;
mod pool;
mod requests;
mod tokens;
mod values;
mod wire;
mod world;
