//! What an inbox keeps: tried again when it is due, and forgotten when it was handled long ago.

use std::sync::Arc;
use std::time::{Duration, Instant};

use emart_store::{Error, Tx};
use emart_types::Timestamp;

use super::{Claim, Inbox};
use crate::inbox;
use crate::lease::Lease;

/// Subjects looked after in one pass.
const HEADS: i64 = 32;
/// Events of one subject taken up at once.
const QUEUE: i64 = 64;
/// What another process put back in line is found within this time.
const TICK: Duration = Duration::from_secs(1);
/// Old inbox rows are forgotten this often, so many at a time.
const PRUNE: Duration = Duration::from_secs(60 * 60);
const PRUNED_AT_ONCE: i64 = 1000;

impl Inbox {
    /// Tries what was kept and is due; returns how many events that were, and when the next one is due.
    pub(crate) async fn work(&self, lease: &Lease) -> Result<(usize, Option<Timestamp>), Error> {
        let _turn = self.turn.lock().await;
        let (name, now) = (self.name(), self.clock.now());
        let db = self.consumer.db();
        let heads = db.read(|tx| async move { inbox::heads(&tx, name, HEADS).await }).await?;
        let mut tried = 0;
        for head in &heads {
            if head.due > now {
                return Ok((tried, Some(head.due)));
            }
            let queue: Result<_, Error> =
                db.read(|tx| async move { inbox::queue(&tx, name, head, now, QUEUE).await }).await;
            let letters: Vec<_> = queue?.into_iter().map(Arc::new).collect();
            self.handle_all(&letters, Claim::Kept, lease).await?;
            tried += letters.len();
        }
        Ok((tried, None))
    }

    /// Forgets what was handled long ago.
    pub(crate) async fn prune(&self) -> Result<(), Error> {
        let before = self.clock.now().minus(self.delivery.memory);
        loop {
            let prune =
                move |tx: Tx| async move { inbox::prune(&tx, before, PRUNED_AT_ONCE).await };
            let pruned: Result<u64, Error> = self.consumer.db().write(prune).await;
            if pruned?.cast_signed() < PRUNED_AT_ONCE {
                return Ok(());
            }
        }
    }

    /// Looks after what was kept, for as long as the process runs.
    pub(crate) async fn run(self: Arc<Self>, lease: Lease) {
        let mut pruned: Option<Instant> = None;
        loop {
            let wait = match self.work(&lease).await {
                Ok((0, None)) => TICK,
                Ok((0, Some(due))) => {
                    due.since(self.clock.now()).clamp(Duration::from_millis(1), TICK)
                }
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(consumer = self.name(), %error, "kept events could not be looked after");
                    tokio::time::sleep(TICK).await;
                    continue;
                }
            };
            if pruned.is_none_or(|at| at.elapsed() > PRUNE) {
                pruned = Some(Instant::now());
                if let Err(error) = self.prune().await {
                    tracing::warn!(consumer = self.name(), %error, "old inbox rows could not be forgotten");
                }
            }
            // Either way there may be something to do.
            let _ = tokio::time::timeout(wait, self.kept.notified()).await;
        }
    }
}
