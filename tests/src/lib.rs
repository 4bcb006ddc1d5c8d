//! The whole store as its tests use it: the real program in a process of its own, on a data folder of its own.

mod books;
mod client;
mod network;
mod process;
mod proxy;
mod split;
mod store;

pub use books::{Books, ENGINES, Engine};
pub use client::{Answer, Client, checkout};
pub use network::Line;
pub use process::program;
pub use proxy::{Fault, Proxy};
pub use store::{Settings, Store};
