//! A writer that stands still for a moment between two transactions, so that several databases can be looked at as
//! they are at one and the same moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use tokio::sync::oneshot;

const HELD: u8 = 0;
const RELEASED: u8 = 1;
const EXPIRED: u8 = 2;

/// A database whose writes wait. Those who write notice nothing but the wait; dropping it lets them go on.
#[derive(Debug)]
#[must_use = "the writer goes on when this is dropped"]
pub struct Hold {
    state: Arc<AtomicU8>,
    /// Nothing is ever sent: that it is gone is the message.
    _release: Sender<()>,
}

impl Hold {
    /// Lets the writer go on. `false` when it had gone on by itself because it was held for too long: what was looked
    /// at meanwhile was not of one moment.
    #[must_use]
    pub fn release(self) -> bool {
        self.state.compare_exchange(HELD, RELEASED, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// The writer's side of a hold.
pub(super) struct Gate {
    held: oneshot::Sender<()>,
    release: Receiver<()>,
    state: Arc<AtomicU8>,
    limit: Duration,
}

/// Both sides, and the message that the writer stands still.
pub(super) fn pair(limit: Duration) -> (Gate, Hold, oneshot::Receiver<()>) {
    let (held, standing) = oneshot::channel();
    let (sender, release) = channel();
    let state = Arc::new(AtomicU8::new(HELD));
    let hold = Hold { state: state.clone(), _release: sender };
    (Gate { held, release, state, limit }, hold, standing)
}

impl Gate {
    /// Stands still until released, or until it has taken too long.
    pub(super) fn stand_still(self) {
        if self.held.send(()).is_err() {
            return;
        }
        if self.release.recv_timeout(self.limit) == Err(RecvTimeoutError::Timeout) {
            let expired =
                self.state.compare_exchange(HELD, EXPIRED, Ordering::SeqCst, Ordering::SeqCst);
            if expired.is_ok() {
                tracing::warn!(after = ?self.limit, "a database was held for too long and goes on");
            }
        }
    }
}
