//! The load: so many clients, each on one keep-alive connection, one request after the other.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use emart_load::{Client, Mix, Shopper};

/// What a load showed.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p95: Duration,
    pub(crate) p99: Duration,
    pub(crate) done: u64,
}

/// Runs `clients` for `duration`; each does `work` again and again with what `prepare` gave it.
pub(crate) async fn drive<P, PF, C, W>(
    clients: usize,
    duration: Duration,
    prepare: P,
    work: W,
) -> anyhow::Result<Outcome>
where
    P: Fn(usize) -> PF,
    PF: Future<Output = anyhow::Result<C>>,
    C: Send + 'static,
    W: AsyncWork<C>,
{
    paced(clients, None, duration, prepare, work).await
}

/// The same at so many a second, all clients together; work that begins late is counted from when it was due.
pub(crate) async fn paced<P, PF, C, W>(
    clients: usize,
    rate: Option<f64>,
    duration: Duration,
    prepare: P,
    work: W,
) -> anyhow::Result<Outcome>
where
    P: Fn(usize) -> PF,
    PF: Future<Output = anyhow::Result<C>>,
    C: Send + 'static,
    W: AsyncWork<C>,
{
    let mut prepared = Vec::new();
    for n in 0..clients {
        prepared.push(prepare(n).await?);
    }
    let work = Arc::new(work);
    let (began, mut running) = (Instant::now(), Vec::new());
    let end = began + duration;
    for (n, mut client) in prepared.into_iter().enumerate() {
        let work = Arc::clone(&work);
        running.push(spawn(async move {
            let mut times = Vec::with_capacity(100_000);
            let mut due = began + rate.map_or(Duration::ZERO, |r| apart(r, n));
            while due.max(Instant::now()) < end {
                let mut start = Instant::now();
                if start < due {
                    tokio::time::sleep_until(due.into()).await;
                    start = Instant::now();
                } else if rate.is_some() {
                    start = due;
                }
                work.once(&mut client).await?;
                times.push(start.elapsed());
                due += rate.map_or(Duration::ZERO, |r| apart(r, clients));
            }
            anyhow::Ok(times)
        }));
    }
    let mut times = Vec::new();
    for client in running {
        times.extend(client.await??);
    }
    Outcome::of(times, began.elapsed())
}

fn apart(rate: f64, steps: usize) -> Duration {
    Duration::from_secs_f64(steps as f64 / rate)
}

impl Outcome {
    fn of(mut times: Vec<Duration>, took: Duration) -> anyhow::Result<Self> {
        ensure!(!times.is_empty(), "nothing was done");
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
        Ok(Self {
            per_second: times.len() as f64 / took.as_secs_f64(),
            p50: at(50),
            p95: at(95),
            p99: at(99),
            done: times.len() as u64,
        })
    }
}

/// One piece of work on a client.
pub(crate) trait AsyncWork<C>: Send + Sync + 'static {
    fn once(&self, client: &mut C) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// GETs one path, or one of many.
pub(crate) struct Get {
    paths: Vec<String>,
    next: AtomicUsize,
}

impl Get {
    pub(crate) const fn new(paths: Vec<String>) -> Self {
        Self { paths, next: AtomicUsize::new(0) }
    }
}

impl AsyncWork<Client> for Get {
    async fn once(&self, client: &mut Client) -> anyhow::Result<()> {
        let path = &self.paths[self.next.fetch_add(1, Ordering::Relaxed) % self.paths.len()];
        let answer = client.get(path).await?;
        ensure!(answer.status() == 200, "{path}: {}", answer.status());
        Ok(())
    }
}

impl AsyncWork<Shopper> for Arc<Mix> {
    async fn once(&self, shopper: &mut Shopper) -> anyhow::Result<()> {
        self.step(shopper).await
    }
}

/// The bench waits for all it starts, or ends with it.
#[expect(clippy::disallowed_methods, reason = "the bench is no service")]
pub(crate) fn spawn<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future)
}
