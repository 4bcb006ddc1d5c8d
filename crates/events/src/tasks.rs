//! The tasks a process runs by itself: known by name, stopped in order, never lost.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::lease::{Lease, Leases, Name};

/// The wait before a loop that panicked begins again, at first and at most.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The running tasks. Clones are handles to the same ones.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Runs a task until it ends or the process stops. A task that panics is logged; what it worked on is found again
    /// when the process starts again, for nothing that matters lives in a task alone.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tracker.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                _ = caught(name, task) => {}
            }
        });
    }

    /// Runs a task that has no end until the process stops. Should it panic, it is logged and begun again, after
    /// waits that grow.
    pub fn spawn_loop<F, Fut>(&self, name: &'static str, mut begin: F)
    where
        F: FnMut() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send,
    {
        let stop = self.stop.clone();
        self.tracker.spawn(async move {
            let again = async {
                let mut wait = FIRST_WAIT;
                loop {
                    let began = Instant::now();
                    if caught(name, async { begin().await }).await {
                        return;
                    }
                    if began.elapsed() > LONGEST_WAIT {
                        wait = FIRST_WAIT;
                    }
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = again => {}
            }
        });
    }

    /// Runs a task that has no end in one copy of the service at a time: in this one while it holds the lease of this
    /// name. It is dropped where it waits when the lease is lost, and begun again when it is held again.
    pub fn spawn_leased<F, Fut>(&self, name: &'static str, leases: &Leases, begin: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send,
    {
        self.spawn_holding(
            name,
            leases,
            Name { text: name.to_owned(), shared: false },
            move |_| begin(),
        );
    }

    /// The same, for what has a lease of another name, and is told of it.
    pub(crate) fn spawn_holding<F, Fut>(
        &self,
        name: &'static str,
        leases: &Leases,
        lease: Name,
        begin: F,
    ) where
        F: Fn(Lease) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send,
    {
        let (leases, begin) = (leases.clone(), Arc::new(begin));
        self.spawn_loop(name, move || {
            let (leases, begin, wanted) = (leases.clone(), Arc::clone(&begin), lease.clone());
            async move {
                loop {
                    let lease = leases.wait_for(&wanted).await;
                    tokio::select! {
                        biased;
                        () = lease.lost() => {}
                        () = begin(lease.clone()) => {}
                    }
                }
            }
        });
    }

    /// Ends when the process stops.
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// Tells every task to stop and waits until all have.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Runs a task; `false` when it panicked, which is logged.
async fn caught(name: &'static str, task: impl Future<Output = ()>) -> bool {
    match AssertUnwindSafe(task).catch_unwind().await {
        Ok(()) => true,
        Err(panic) => {
            tracing::error!(task = name, panic = text(&*panic), "a task panicked");
            false
        }
    }
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_panics_begins_again_and_a_stop_ends_it() {
        let (tasks, begun) = (Tasks::default(), Arc::new(AtomicU32::new(0)));
        let (counted, (third, mut reached)) = (begun.clone(), tokio::sync::mpsc::channel(1));
        tasks.spawn_loop("a loop", move || {
            let (count, third) = (counted.fetch_add(1, Ordering::SeqCst) + 1, third.clone());
            async move {
                assert!(count >= 3, "on purpose");
                third.send(()).await.unwrap();
                std::future::pending::<()>().await;
            }
        });
        reached.recv().await.unwrap();
        tasks.stop().await;
        assert_eq!(begun.load(Ordering::SeqCst), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_does_not_wait_for_a_loop_between_two_tries() {
        let (tasks, begun) = (Tasks::default(), Instant::now());
        let (tried, mut was_tried) = tokio::sync::mpsc::unbounded_channel();
        tasks.spawn_loop("a loop", move || {
            let tried = tried.clone();
            async move {
                tried.send(()).unwrap();
                panic!("on purpose");
            }
        });
        for _ in 0..8 {
            was_tried.recv().await.unwrap();
        }
        let waited = begun.elapsed();
        assert!(waited >= Duration::from_secs(1 + 2 + 4 + 8 + 16 + 32 + 60), "{waited:?}");
        tasks.stop().await;
        assert_eq!(begun.elapsed(), waited);
    }
}
