//! The measurements, one after the other: what a shop does all day, each beside its limit.

use std::net::SocketAddr;
use std::time::Duration;

use emart_load::Client;

use super::guest::{Checkout, carts};
use super::load::{AsyncWork, Get, Outcome, drive};
use super::report::Figure;
use super::shop::Shop;
use super::{catalogue, limits, process, shop};

const LIST: &str = "/api/v1/catalog/products?limit=20";

/// Runs all measurements whose name contains `only`.
pub(crate) async fn measure(
    products: usize,
    duration: Duration,
    only: Option<&str>,
) -> anyhow::Result<Vec<Figure>> {
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only));
    let mut figures = Vec::new();
    let dir = tempfile::tempdir()?;
    if wanted("start") {
        figures.push(start_demo(dir.path()).await?);
    }
    let (csv, rows) = catalogue::csv(products);
    let file = dir.path().join("products.csv");
    std::fs::write(&file, csv)?;
    let data = dir.path().join("data");
    let took = shop::import(&data, &file)?;
    let rate = rows as f64 / took.as_secs_f64();
    figures.push(Figure {
        name: "import, rows".to_owned(),
        per_second: Some(rate),
        p50: None,
        p99: None,
        cpu: None,
        reached: format!("{rate:.0} rows/s"),
        goal: "≥ 5,000 rows/s",
        holds: Some(rate >= 5000.0),
    });
    let shop = Shop::start(&data, false).await?;
    let bench = Bench { shop, products, duration };
    let idle = process::resident_mb(bench.shop.pid())?;
    bench.reads(&mut figures, &wanted).await?;
    bench.search(&mut figures, &wanted).await?;
    bench.carts(&mut figures, &wanted, dir.path()).await?;
    bench.checkouts(&mut figures, &wanted).await?;
    let loaded = process::resident_mb(bench.shop.pid())?;
    figures.push(memory("memory, idle", idle, "≤ 60 MB", 60.0));
    figures.push(memory("memory, after the load", loaded, "≤ 150 MB", 150.0));
    bench.shop.stop()?;
    Ok(figures)
}

async fn start_demo(dir: &std::path::Path) -> anyhow::Result<Figure> {
    let data = dir.join("demo");
    // The first start fills the store; the second is what a restart costs.
    Shop::start(&data, true).await?.stop()?;
    let shop = Shop::start(&data, true).await?;
    let took = shop.started_in;
    shop.stop()?;
    Ok(Figure {
        name: "start to first product list (demo store)".to_owned(),
        per_second: None,
        p50: Some(took),
        p99: None,
        cpu: None,
        reached: format!("{} ms", took.as_millis()),
        goal: "≤ 150 ms",
        holds: Some(took <= Duration::from_millis(150)),
    })
}

fn memory(name: &'static str, mb: f64, goal: &'static str, most: f64) -> Figure {
    let reached = format!("{mb:.0} MB");
    let none = None;
    Figure {
        name: name.to_owned(),
        per_second: none,
        p50: None,
        p99: None,
        cpu: None,
        reached,
        goal,
        holds: Some(mb <= most),
    }
}

struct Bench {
    shop: Shop,
    products: usize,
    duration: Duration,
}

/// A read and what is to be reached: a share of the bare server's rate, and microseconds of CPU.
struct Read {
    name: &'static str,
    paths: Vec<String>,
    share: f64,
    most_cpu: Option<u64>,
    goal: &'static str,
}

type Wanted<'a> = &'a dyn Fn(&str) -> bool;

impl Bench {
    async fn measured<W: AsyncWork<Client>>(
        &self,
        clients: usize,
        addr: SocketAddr,
        pid: u32,
        work: W,
    ) -> anyhow::Result<(Outcome, Duration)> {
        let before = process::cpu_time(pid)?;
        let outcome = drive(clients, self.duration, |_| Client::connect(addr), work).await?;
        let used = process::cpu_time(pid)?.saturating_sub(before);
        let each = used.div_f64(outcome.done as f64);
        Ok((outcome, each))
    }

    /// Reads, each beside a bare hyper server that answers as many bytes.
    async fn reads(&self, figures: &mut Vec<Figure>, wanted: Wanted<'_>) -> anyhow::Result<()> {
        let some = |prefix: &str| -> Vec<String> {
            (0..200).map(|n| format!("{prefix}{}", n * self.products / 200)).collect()
        };
        let details = some("/api/v1/catalog/products/product-");
        let read = |name, paths, share, most_cpu, goal| Read { name, paths, share, most_cpu, goal };
        let list = vec![LIST.to_owned()];
        let pages = some("/p/product-");
        let plans = [
            read("product detail, JSON", details, 0.60, Some(30), "≥ 60 % of bare hyper, ≤ 30 µs"),
            read("product list of 20, JSON", list, 0.60, Some(40), "≥ 60 % of bare hyper, ≤ 40 µs"),
            read("product page, HTML", pages, 0.35, None, "≥ 35 % of bare hyper"),
        ];
        for Read { name, paths, share, most_cpu, goal } in plans {
            if !wanted(name) {
                continue;
            }
            let length = Client::connect(self.shop.addr).await?.get(&paths[0]).await?.body().len();
            let bare = limits::Bare::start(length)?;
            let fixed = Get::new(vec!["/".to_owned()]);
            let (limit, _) = self.measured(64, bare.addr, bare.pid(), fixed).await?;
            drop(bare);
            let (outcome, cpu) =
                self.measured(64, self.shop.addr, self.shop.pid(), Get::new(paths)).await?;
            let reached = outcome.per_second / limit.per_second;
            let cheap = most_cpu.is_none_or(|most| cpu <= Duration::from_micros(most));
            figures.push(Figure {
                reached: format!(
                    "{:.0} % of {:.0}/s ({length} bytes)",
                    reached * 100.0,
                    limit.per_second
                ),
                holds: Some(reached >= share && cheap),
                ..figure(name, &outcome, cpu, goal)
            });
        }
        Ok(())
    }

    async fn search(&self, figures: &mut Vec<Figure>, wanted: Wanted<'_>) -> anyhow::Result<()> {
        let name = "search with facets";
        if !wanted(name) {
            return Ok(());
        }
        let words =
            ["oak", "lamp", "linen chair", "copper kettle", "walnut", "ember mug", "glas", "tent"];
        let paths =
            words.iter().map(|w| format!("/api/v1/catalog/search?q={}", w.replace(' ', "+")));
        let (outcome, cpu) =
            self.measured(16, self.shop.addr, self.shop.pid(), Get::new(paths.collect())).await?;
        let holds = outcome.p99 <= Duration::from_millis(10) && cpu <= Duration::from_micros(300);
        figures.push(Figure {
            reached: format!(
                "p99 {:.1} ms, {} µs",
                outcome.p99.as_secs_f64() * 1e3,
                cpu.as_micros()
            ),
            holds: Some(holds),
            ..figure(name, &outcome, cpu, "p99 ≤ 10 ms, ≤ 300 µs")
        });
        Ok(())
    }

    async fn carts(
        &self,
        figures: &mut Vec<Figure>,
        wanted: Wanted<'_>,
        dir: &std::path::Path,
    ) -> anyhow::Result<()> {
        let name = "cart: create, with a line (durable)";
        if !wanted(name) {
            return Ok(());
        }
        let (dir, duration) = (dir.to_owned(), self.duration);
        let limit =
            tokio::task::spawn_blocking(move || limits::group_commits(&dir, duration)).await??;
        let work = carts(self.shop.addr, self.products).await?;
        let (outcome, cpu) = self.measured(64, self.shop.addr, self.shop.pid(), work).await?;
        let reached = outcome.per_second / limit;
        figures.push(Figure {
            reached: format!("{:.0} % of {limit:.0} raw commits/s", reached * 100.0),
            holds: Some(reached >= 0.35 && cpu <= Duration::from_micros(300)),
            ..figure(name, &outcome, cpu, "≥ 35 % of raw group commits, ≤ 300 µs")
        });
        Ok(())
    }

    async fn checkouts(&self, figures: &mut Vec<Figure>, wanted: Wanted<'_>) -> anyhow::Result<()> {
        for (name, clients, goal) in [
            ("guest checkout, 32 clients (durable)", 32, "≥ 1,000/s, ≤ 1,500 µs"),
            ("guest checkout, 1 client (durable)", 1, "p99 ≤ 15 ms"),
        ] {
            if !wanted(name) {
                continue;
            }
            let work = Checkout(carts(self.shop.addr, self.products).await?);
            let (outcome, cpu) =
                self.measured(clients, self.shop.addr, self.shop.pid(), work).await?;
            let p99_ms = outcome.p99.as_secs_f64() * 1e3;
            let (reached, holds) = if clients == 1 {
                (format!("p99 {p99_ms:.1} ms"), p99_ms <= 15.0)
            } else {
                let reached = format!("{:.0}/s, {} µs", outcome.per_second, cpu.as_micros());
                (reached, outcome.per_second >= 1000.0 && cpu <= Duration::from_micros(1500))
            };
            figures.push(Figure {
                reached,
                holds: Some(holds),
                ..figure(name, &outcome, cpu, goal)
            });
        }
        Ok(())
    }
}

pub(crate) fn figure(name: &str, outcome: &Outcome, cpu: Duration, goal: &'static str) -> Figure {
    Figure {
        name: name.to_owned(),
        per_second: Some(outcome.per_second),
        p50: Some(outcome.p50),
        p99: Some(outcome.p99),
        cpu: Some(cpu),
        reached: String::new(),
        goal,
        holds: None,
    }
}
