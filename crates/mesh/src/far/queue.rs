//! The bounded queue before a service: so many calls are under way at once, so many wait, the rest are shed at once.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// A service's queue.
pub(crate) struct Queue {
    places: Semaphore,
    waiting: AtomicU32,
    longest: u32,
}

/// Why a call was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shed {
    /// Too many others wait.
    TooMany,
    /// The process is stopping.
    Stopping,
}

impl Queue {
    pub(crate) fn new(at_once: usize, longest: u32) -> Self {
        Self { places: Semaphore::new(at_once), waiting: AtomicU32::new(0), longest }
    }

    /// A place among the calls under way, now or later.
    pub(crate) async fn enter(&self) -> Result<SemaphorePermit<'_>, Shed> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let waiting = Waiting::new(&self.waiting);
        if waiting.before >= self.longest {
            return Err(Shed::TooMany);
        }
        self.places.acquire().await.map_err(|_| Shed::Stopping)
    }
}

/// A place among those who wait; given back also by a caller who goes away.
struct Waiting<'a> {
    count: &'a AtomicU32,
    before: u32,
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        Self { count, before: count.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
