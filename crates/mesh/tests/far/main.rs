//! The far call against real listeners, which hang, refuse, cut and come back.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod arrive;
mod choose;
mod faults;
mod repeat;
mod shed;
mod tls;
mod wire;
