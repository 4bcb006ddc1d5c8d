//! How one service calls another. Only this crate knows whether the callee is in this process or across the
//! network: callers hold a [`Peer`] and cannot tell.

mod call;
mod far;
mod faults;
mod here;
mod inside;
#[cfg(feature = "fault-injection")]
mod lost_replies;
mod peer;
mod reach;
mod token;

pub use call::{Call, CallError};
pub use far::{CopyState, Far};
pub use faults::{Fault, Faults};
pub use here::here;
pub use inside::{Certified, Inside};
pub use peer::{Mesh, Peer, UnknownPeer};
pub use reach::{CopyWatch, Reach, check_url, is_by_tls, urls_of};
pub use token::{SERVICE_TOKEN_HEADER, SHORTEST_SECRET, ServiceTokens};
