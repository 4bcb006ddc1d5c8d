//! Leases: what only one copy of a service may do at a time, and which copy that is.
//!
//! A copy lives as long as it raises its number in the service's own database; another copy that has watched the
//! number stand still for the lease's time deletes it, and takes what the dead one held. A copy that cannot raise its
//! number stops well before that. Each measures with its own stopwatch, so clocks may differ as they like.
//!
//! A stopwatch stands still while a machine is asleep. What must not happen twice even then asks in its own
//! transaction: [`Lease::check`].

mod copies;
mod keeper;

use std::sync::Arc;
use std::time::Duration;

use emart_store::{Db, EngineKind, Error, Tx, vals};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use crate::Tasks;
use keeper::Keeper;

/// The leases of one service's database. Clones are handles to the same ones.
#[derive(Clone, Debug)]
pub struct Leases(Option<Arc<Keeper>>);

impl Leases {
    /// Leases that end so long after their holder died, kept alive by a task of its own.
    #[must_use]
    pub fn new(db: &Db, time: Duration, tasks: &Tasks) -> Self {
        let keeper = Arc::new(Keeper::new(db.clone(), time));
        let kept = Arc::clone(&keeper);
        tasks.spawn_loop("leases", move || Arc::clone(&kept).run());
        Self(Some(keeper))
    }

    /// The leases of a process that is the only one: an SQLite database has no other.
    #[must_use]
    pub const fn alone() -> Self {
        Self(None)
    }

    /// What fits this database's engine.
    pub(crate) fn fitting(db: &Db, time: Duration, tasks: &Tasks) -> Self {
        match db.engine() {
            EngineKind::Sqlite => Self::alone(),
            EngineKind::Postgres => Self::new(db, time, tasks),
        }
    }

    /// Waits until this copy holds the lease, which ends when the last clone of the answer is dropped.
    pub async fn acquire(&self, name: &str) -> Lease {
        self.wait_for(&Name { text: name.to_owned(), shared: false }).await
    }

    /// The same for one of many leases that the copies share evenly: it moves on when a copy comes.
    pub async fn acquire_shared(&self, name: &str) -> Lease {
        self.wait_for(&Name { text: name.to_owned(), shared: true }).await
    }

    pub(crate) async fn wait_for(&self, name: &Name) -> Lease {
        let Some(keeper) = &self.0 else { return Lease(None) };
        loop {
            let (grant, granted) = oneshot::channel();
            keeper.want(name, grant);
            if let Ok(lease) = granted.await {
                return lease;
            }
        }
    }

    /// Gives everything back at once, so that other copies need not wait. Nothing is granted afterwards.
    pub(crate) async fn leave(&self) {
        if let Some(keeper) = &self.0 {
            keeper.leave().await;
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    /// One of many that the copies share evenly.
    pub(crate) shared: bool,
}

/// A lease that was granted. Whoever holds it stops when [`Lease::lost`] returns.
#[derive(Clone, Debug)]
pub struct Lease(Option<Arc<Hold>>);

/// What the clones of a lease share; dropped with the last, which gives it back.
#[derive(Debug)]
struct Hold {
    name: String,
    /// The copy it was granted to: a process that was taken for dead goes on as another copy.
    copy: String,
    /// Until when; nothing once it is lost.
    until: watch::Sender<Option<Instant>>,
    keeper: Arc<Keeper>,
}

impl Lease {
    /// The lease of a process that is the only one.
    pub(crate) const fn alone() -> Self {
        Self(None)
    }

    /// Whether it is still held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.as_ref().is_none_or(|hold| hold.is_held())
    }

    /// Returns when it is not held any more.
    pub async fn lost(&self) {
        let Some(hold) = &self.0 else { return std::future::pending().await };
        let mut changes = hold.until.subscribe();
        loop {
            let Some(until) = *changes.borrow_and_update() else { return };
            tokio::select! {
                () = tokio::time::sleep_until(until) => if !hold.is_held() { return },
                _ = changes.changed() => {}
            }
        }
    }

    /// Fails when another copy holds it by now, and keeps others from taking it until this transaction has ended.
    pub async fn check(&self, tx: &Tx) -> Result<(), Error> {
        let Some(hold) = &self.0 else { return Ok(()) };
        let sql = "SELECT 1 FROM leases WHERE name = $1 AND holder = $2 {{for_update}}";
        let values = vals![hold.name.as_str(), hold.copy.as_str()];
        if hold.is_held() && tx.opt::<i64>(sql, values).await?.is_some() {
            return Ok(());
        }
        hold.lose();
        Err(Error::Unavailable(format!("the lease {} is another copy's", hold.name)))
    }
}

impl Hold {
    fn is_held(&self) -> bool {
        self.until.borrow().is_some_and(|until| Instant::now() < until)
    }

    fn lose(&self) {
        self.until.send_replace(None);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.keeper.give_back(&self.name, &self.copy);
    }
}
