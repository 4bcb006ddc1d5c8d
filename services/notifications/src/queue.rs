//! Work that waits in a table: taken with a lease, so that another copy of the service leaves it alone; done; and the
//! next waited for.

use std::future::Future;
use std::time::Duration;

use emart_store::{Db, Error};
use emart_types::{Clock, Timestamp};
use futures_util::future::join_all;

/// What is done is forgotten this often.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// A table of work.
pub(crate) trait Queue: Send + Sync + 'static {
    /// A piece of work.
    type Item: Send;

    /// What it is called in the log.
    const NAME: &'static str;

    fn db(&self) -> &Db;
    fn clock(&self) -> &Clock;
    /// How long what is taken is left to this process.
    fn lease(&self) -> Duration;
    /// Takes a few of what is due.
    fn take(&self) -> impl Future<Output = Result<Vec<Self::Item>, Error>> + Send;
    /// Does one, and notes what became of it.
    fn work(&self, item: Self::Item) -> impl Future<Output = Result<(), Error>> + Send;
    /// When the next is due.
    fn next_due(&self) -> impl Future<Output = Result<Option<Timestamp>, Error>> + Send;
    /// Forgets what was done long ago.
    fn sweep(&self) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Does what is due, then waits for the next: new work, a next try, or what a dead copy of the service had.
pub(crate) async fn run<Q: Queue>(queue: Q) {
    let mut swept = None;
    let mut commits = queue.db().on_commit();
    loop {
        commits.mark_unchanged();
        if swept.is_none_or(|at: tokio::time::Instant| at.elapsed() >= SWEEP) {
            swept = Some(tokio::time::Instant::now());
            if let Err(error) = queue.sweep().await {
                tracing::warn!(queue = Q::NAME, %error, "what is old could not be forgotten");
            }
        }
        if let Err(error) = work_off(&queue).await {
            tracing::warn!(queue = Q::NAME, %error, "the queue could not be read; trying again");
        }
        let wait = until_next(&queue).await;
        let _ = tokio::time::timeout(wait, commits.changed()).await;
    }
}

async fn work_off<Q: Queue>(queue: &Q) -> Result<(), Error> {
    loop {
        let due = queue.take().await?;
        if due.is_empty() {
            return Ok(());
        }
        // All at once, so that what became of them is written with one commit.
        let batch = due.into_iter().map(|item| queue.work(item));
        join_all(batch).await.into_iter().collect::<Result<(), _>>()?;
    }
}

async fn until_next<Q: Queue>(queue: &Q) -> Duration {
    let longest = queue.lease();
    match queue.next_due().await {
        Ok(Some(at)) => at.since(queue.clock().now()).clamp(Duration::from_millis(10), longest),
        Ok(None) => longest,
        Err(_) => Duration::from_secs(5),
    }
}
