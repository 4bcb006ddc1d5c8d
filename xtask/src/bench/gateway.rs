//! The gateway before a fast service, beside nginx before the same one, by turns: what a request through the door costs.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use emart_load::Client;

use super::fleet::Fleet;
use super::limits::Bare;
use super::load::{Get, Outcome, drive};
use super::nginx::Nginx;
use super::report::Figure;
use super::work::figure;

/// Keep-alive connections.
const CLIENTS: usize = 64;
/// Bytes of each answer.
const LENGTH: usize = 256;
/// Each is measured so often, by turns, so that what else the machine does hits both.
const ROUNDS: u32 = 3;

/// A path whose answers are not kept, and one whose are.
const PATHS: [(&str, &str); 2] =
    [("passed on", "/api/v1/books/1"), ("from its cache", "/api/v1/catalog/products/tea")];

/// Measures both.
pub(crate) async fn measure(dir: &Path, duration: Duration) -> anyhow::Result<Vec<Figure>> {
    let upstream = Bare::start(LENGTH)?;
    let workers = std::thread::available_parallelism()?.get();
    let nginx = Nginx::start(dir, upstream.addr, workers).await?;
    let gateway = Fleet::gateway(dir, upstream.addr).await?;
    let mut figures = Vec::new();
    for (what, path) in PATHS {
        let (mut theirs, mut ours) = (Sum::default(), Sum::default());
        for _ in 0..ROUNDS {
            theirs.add(nginx.addr, path, duration, || nginx.cpu()).await?;
            ours.add(gateway.addr, path, duration, || gateway.cpu()).await?;
        }
        let (their_cpu, our_cpu) = (theirs.each(), ours.each());
        let (their, our) = (theirs.middle(), ours.middle());
        let share = their_cpu.as_secs_f64() / our_cpu.as_secs_f64();
        let later = our.p99.as_secs_f64() / their.p99.as_secs_f64();
        figures.push(figure(&format!("nginx, {what}"), &their, their_cpu, ""));
        figures.push(Figure {
            reached: format!(
                "{:.0} % of nginx's requests a CPU-second ({:.0} of {:.0}), p99 {later:.2} of its",
                share * 100.0,
                1.0 / our_cpu.as_secs_f64(),
                1.0 / their_cpu.as_secs_f64(),
            ),
            holds: Some(share >= 1.0 && later <= 1.0),
            ..figure(
                &format!("gateway, {what}"),
                &our,
                our_cpu,
                "≥ nginx's a CPU-second, p99 no worse",
            )
        });
    }
    gateway.stop()?;
    Ok(figures)
}

/// Several rounds of one server.
#[derive(Default)]
struct Sum {
    rounds: Vec<Outcome>,
    cpu: Duration,
}

impl Sum {
    async fn add(
        &mut self,
        addr: SocketAddr,
        path: &str,
        duration: Duration,
        cpu: impl Fn() -> anyhow::Result<Duration>,
    ) -> anyhow::Result<()> {
        let before = cpu()?;
        let work = Get::new(vec![path.to_owned()]);
        let outcome = drive(CLIENTS, duration, |_| Client::connect(addr), work).await?;
        self.cpu += cpu()?.saturating_sub(before);
        self.rounds.push(outcome);
        Ok(())
    }

    fn each(&self) -> Duration {
        self.cpu.div_f64(self.rounds.iter().map(|round| round.done as f64).sum())
    }

    /// The round in the middle by its p99.
    fn middle(mut self) -> Outcome {
        self.rounds.sort_by_key(|round| round.p99);
        self.rounds.swap_remove(self.rounds.len() / 2)
    }
}
