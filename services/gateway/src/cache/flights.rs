//! Questions under way: who asks what is being asked already waits for that answer instead of asking again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::time::Instant;

/// The questions under way, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Flights(Mutex<HashMap<Box<str>, Arc<Gate>>>);

/// Where those wait who came later.
#[derive(Debug)]
pub(crate) struct Gate {
    /// Closed when the answer is there: that wakes everyone, also those who come to it afterwards.
    closed: Semaphore,
    failed: AtomicBool,
    /// When the question was asked.
    pub(crate) since: Instant,
}

/// A question that somebody carries; when they let go, however that comes about, the others go on.
#[derive(Debug)]
pub(crate) struct Flight {
    flights: Arc<Flights>,
    key: Box<str>,
    gate: Arc<Gate>,
}

/// What somebody is to do.
#[derive(Debug)]
pub(crate) enum Place {
    /// Ask.
    First(Flight),
    /// Wait for whom asked before.
    Behind(Arc<Gate>),
}

impl Flights {
    /// Takes a place.
    pub(crate) fn join(self: &Arc<Self>, key: &str) -> Place {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = flights.get(key) {
            return Place::Behind(Arc::clone(gate));
        }
        let gate = Arc::new(Gate {
            closed: Semaphore::new(0),
            failed: AtomicBool::new(false),
            since: Instant::now(),
        });
        flights.insert(key.into(), Arc::clone(&gate));
        Place::First(Flight { flights: Arc::clone(self), key: key.into(), gate })
    }
}

impl Gate {
    /// Waits until the question has been answered, or was given up; whether its service failed.
    pub(crate) async fn passed(&self) -> bool {
        // It has no permits: it ends with an error, when it is closed.
        let _ = self.closed.acquire().await;
        self.failed.load(Ordering::Acquire)
    }
}

impl Flight {
    /// Tells those who wait that there is nothing to be had.
    pub(crate) fn fail(self) {
        self.gate.failed.store(true, Ordering::Release);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        self.gate.closed.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_later_waits_and_hears_how_it_went() {
        let flights = Arc::new(Flights::default());
        let Place::First(first) = flights.join("/p/tea") else { panic!("nobody asked before") };
        let Place::Behind(gate) = flights.join("/p/tea") else { panic!("somebody asks already") };
        assert!(matches!(flights.join("/p/mug"), Place::First(_)));
        first.fail();
        assert!(gate.passed().await);
        let Place::First(again) = flights.join("/p/tea") else { panic!("that is over") };
        let Place::Behind(gate) = flights.join("/p/tea") else { panic!("somebody asks already") };
        drop(again);
        assert!(!gate.passed().await, "given up is not failed");
        assert!(flights.0.lock().unwrap().is_empty());
    }
}
