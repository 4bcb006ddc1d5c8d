//! `emart load`: made-up shoppers at a store's door, so many steps a second, with a line in the terminal that says how it
//! bears them. Together with `emart faults` and `emart top` anyone can watch the store survive.

mod tally;

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use emart_load::{Goods, Mix, NewCart, Shopper};
use http::Uri;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::tally::Tally;
use crate::config::Config;

/// Longer than the gateway waits for a service.
const PATIENCE: Duration = Duration::from_secs(35);
/// After a connection that could not be made, where nothing else keeps shoppers from trying at once.
const PAUSE: Duration = Duration::from_millis(100);

/// What `load` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Of 19 steps 1 is the first page, 2 are searches, 10 products, 2 things put into a cart, 3 looks at the cart, 1 a checkout. \
It places orders, paid with the test provider's card, at the addresses of nobody: only at a store that is for trying things.

  emart run                                          # one terminal: a demo store
  emart load                                         # another
  emart top                                          # a third
  emart faults set payments --errors 30              # a fourth: does it bear that?

A step is measured from when it was due. Many checkouts from one address meet the store's rate limits (429): \
EMART_GATEWAY__LIMITS__ON=false lifts them.")]
pub(crate) struct Command {
    /// The store
    #[arg(default_value = "http://127.0.0.1:8080", value_name = "URL")]
    url: Uri,
    /// Shoppers at once, each on a connection of its own
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1000))]
    clients: u32,
    /// Steps a second, of all together; 0: as fast as they are answered
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    rate: u32,
    /// How long
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// It ends after so many steps, if not before
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    steps: u64,
    /// The store is on another machine, and it is mine to load
    #[arg(long)]
    yes_this_host_is_mine: bool,
}

/// What all shoppers share.
struct Load {
    addr: SocketAddr,
    mix: Mix,
    tally: Tally,
    began: Instant,
    end: Instant,
    /// Between two steps of one shopper.
    apart: Option<Duration>,
    left: AtomicU64,
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let addr = place(&command.url, command.yes_this_host_is_mine).await?;
    let goods = Goods::find(addr).await.with_context(|| format!("no store at {}", command.url))?;
    let Goods { products, words, variants } = goods;
    let searches = if words.is_empty() { vec!["tea".to_owned()] } else { words };
    let carts = NewCart::new(variants, config.pricing.country.clone());
    let began = Instant::now();
    let load = Arc::new(Load {
        addr,
        mix: Mix::new(carts, products, searches),
        tally: Tally::default(),
        began,
        end: began + Duration::from_secs(command.seconds.into()),
        apart: match command.rate {
            0 => None,
            rate => Some(Duration::from_secs(command.clients.into()) / rate),
        },
        left: AtomicU64::new(command.steps),
    });
    let mut shoppers = JoinSet::new();
    for n in 0..command.clients {
        let first = load.apart.map_or(Duration::ZERO, |apart| apart * n / command.clients);
        shoppers.spawn(shop(Arc::clone(&load), began + first));
    }
    tokio::select! {
        () = async { while shoppers.join_next().await.is_some() {} } => {}
        () = show(&load) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    shoppers.shutdown().await;
    print(&format!("\n{}", load.tally.summary(began.elapsed(), &load.mix)))
}

/// Where the store is. Other machines are left alone, unless they are said to be one's own.
async fn place(url: &Uri, is_mine: bool) -> anyhow::Result<SocketAddr> {
    ensure!(url.scheme_str() == Some("http"), "{url} is not like http://127.0.0.1:8080");
    let host = url.host().with_context(|| format!("{url} names no host"))?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::net::lookup_host((host, url.port_u16().unwrap_or(80))).await;
    let found: Vec<SocketAddr> = found.with_context(|| format!("{host} is not found"))?.collect();
    if !is_mine && !found.iter().all(|addr| addr.ip().is_loopback()) {
        bail!(
            "{host} is not this machine; if it is yours to load, say so: --yes-this-host-is-mine"
        );
    }
    // A store listens on IPv4 unless told otherwise.
    let first = found.iter().find(|addr| addr.is_ipv4()).or_else(|| found.first());
    first.copied().with_context(|| format!("{host} has no address"))
}

/// One shopper, until the time or the steps are used up.
async fn shop(load: Arc<Load>, mut due: Instant) {
    let mut shopper = None;
    while due.max(Instant::now()) < load.end && load.take_step() {
        tokio::time::sleep_until(due).await;
        let start = if load.apart.is_some() { due } else { Instant::now() };
        let done = tokio::time::timeout(PATIENCE, load.step(&mut shopper)).await;
        let done = done.unwrap_or_else(|_| Err(anyhow::anyhow!("no answer in time")));
        let broken = load.tally.note(start.elapsed(), done.err().as_ref());
        if broken {
            shopper = None;
        }
        match load.apart {
            Some(apart) => due += apart,
            None if broken => tokio::time::sleep(PAUSE).await,
            None => {}
        }
    }
}

impl Load {
    fn take_step(&self) -> bool {
        let take = |left: u64| left.checked_sub(1);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    async fn step(&self, shopper: &mut Option<Shopper>) -> anyhow::Result<()> {
        let shopper = match shopper {
            Some(shopper) => shopper,
            None => shopper.insert(Shopper::come(self.addr).await?),
        };
        self.mix.step(shopper).await
    }
}

/// A line a second; in a terminal one that changes.
async fn show(load: &Load) {
    let is_terminal = std::io::stdout().is_terminal();
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.tick().await;
    loop {
        seconds.tick().await;
        let line = load.tally.line(load.began.elapsed(), &load.mix);
        let line = if is_terminal { format!("\r\x1b[2K{line}") } else { format!("{line}\n") };
        if print(&line).is_err() {
            return;
        }
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_this_machine_is_loaded_unless_another_is_said_to_be_ones_own() {
        let here: Uri = "http://127.0.0.1:8080".parse().unwrap();
        assert_eq!(place(&here, false).await.unwrap(), ([127, 0, 0, 1], 8080).into());
        let there: Uri = "http://192.0.2.1".parse().unwrap();
        let error = place(&there, false).await.unwrap_err().to_string();
        assert!(error.contains("--yes-this-host-is-mine"), "{error}");
        assert_eq!(place(&there, true).await.unwrap(), ([192, 0, 2, 1], 80).into());
        let secret: Uri = "https://127.0.0.1".parse().unwrap();
        assert!(place(&secret, true).await.is_err());
    }
}
