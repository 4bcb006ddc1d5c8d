//! The original's contract, route by route: every success, every failure, what is kept and what is mended. The other
//! services are the real ones, in this process.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod admin;
mod cart;
mod fuzz;
mod moved;
mod orders;
mod people;
mod products;
mod shapes;
mod world;
