//! What splitting costs: the same work done by one process and by eleven, everything that works for it counted.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use emart_load::{Client, Mix, Shopper};

use super::fleet::{Fleet, Settings, secret, set};
use super::guest::{Checkout, carts};
use super::load::{AsyncWork, Get, Outcome, drive, paced};
use super::report::Figure;
use super::shop::import_with;
use super::spent::{self, Member, Row, Spent};
use super::{catalogue, process};
use crate::nats::Nats;
use crate::postgres::Postgres;

/// Connections at once.
const CLIENTS: usize = 16;
/// Steps a second of the mix at which latencies are compared: a part of what the slowest of them can do.
const RATE: f64 = 100.0;

const PAGE: &str = "product page, HTML";
const JSON: &str = "product, JSON";
const CHECKOUT: &str = "guest checkout";
const SEARCHES: [&str; 6] = ["oak", "lamp", "linen+chair", "copper+kettle", "walnut", "ember+mug"];

/// What the stores stand on, and how they are measured.
pub(crate) struct Tax {
    postgres: Postgres,
    nats: Nats,
    products: usize,
    duration: Duration,
    rows: Vec<Row>,
}

/// Measures all, prints the tables, and returns what the goals are about.
pub(crate) async fn measure(
    dir: &Path,
    products: usize,
    duration: Duration,
) -> anyhow::Result<Vec<Figure>> {
    let (postgres, nats) = (Postgres::start_durable()?, Nats::start()?);
    let url = postgres.database("bench")?;
    let mut tax = Tax { postgres, nats, products, duration, rows: Vec::new() };
    let file = dir.join("products.csv");
    std::fs::write(&file, catalogue::csv(products).0)?;

    // One process starts in the folder `store-0` of its own.
    let here = dir.join("sqlite");
    std::fs::create_dir_all(&here)?;
    import_with(&here.join("store-0"), &file, &[])?;
    tax.store("one process, SQLite", Fleet::composed(&here, Settings::new()).await?).await?;

    let here = dir.join("postgres");
    std::fs::create_dir_all(&here)?;
    let settings = vec![set("EMART_STORE__POSTGRES_URL", &url)];
    import_with(&here.join("store-0"), &file, &settings)?;
    let composed = Fleet::composed(&here, settings.clone()).await?;
    tax.store("one process, PostgreSQL", composed).await?;

    let split = split_settings(settings, &tax.nats.url());
    let mut asking = split.clone();
    asking.push(set("EMART_GATEWAY__CACHE__ON", "never"));
    let fleet = Fleet::split(&dir.join("asking"), asking, |_| 1).await?;
    tax.store("14 processes, every page asked for", fleet).await?;
    let fleet = Fleet::split(&dir.join("split"), split, |_| 1).await?;
    let members = tax.store("14 processes, as shipped", fleet).await?;

    spent::print(&tax.rows, "one process, PostgreSQL");
    spent::print_members(&members);
    Ok(tax.figures())
}

/// What the processes of a split store are told.
pub(crate) fn split_settings(mut settings: Settings, nats: &str) -> Settings {
    settings.push(secret());
    settings.push(set("EMART_BUS__NATS_URL", nats));
    settings.push(set("EMART_BUS__NAMESPACE", &format!("bench_{:08x}", rand::random::<u32>())));
    settings
}

impl Tax {
    /// All work on one store; what each of its processes had of the mix.
    async fn store(&mut self, store: &'static str, fleet: Fleet) -> anyhow::Result<Vec<Member>> {
        let some = |prefix: &str| -> Vec<String> {
            (0..200).map(|n| format!("{prefix}{}", n * self.products / 200)).collect()
        };
        let (pages, details) = (some("/p/product-"), some("/api/v1/catalog/products/product-"));
        self.idle(store, &fleet).await?;
        self.work(store, PAGE, &fleet, Get::new(pages)).await?;
        self.work(store, JSON, &fleet, Get::new(details)).await?;
        let checkout = Checkout(carts(fleet.addr, self.products).await?);
        self.work(store, CHECKOUT, &fleet, checkout).await?;

        let carts = carts(fleet.addr, self.products).await?;
        let products = (0..self.products).map(|n| format!("product-{n}")).collect();
        let mix = Arc::new(Mix::new(carts, products, SEARCHES.map(str::to_owned).to_vec()));
        let quiet = self.mix(store, "mix, 100 steps/s", &fleet, &mix, Some(RATE)).await?;
        self.rows.push(quiet);
        let before: Vec<_> = fleet.members.iter().map(|m| m.cpu()).collect::<Result<_, _>>()?;
        let full = self.mix(store, "mix, as fast as it goes", &fleet, &mix, None).await?;
        let steps = full.done();
        self.rows.push(full);
        let mut members = Vec::new();
        for (member, before) in fleet.members.iter().zip(before) {
            let each = member.cpu()?.saturating_sub(before).div_f64(steps);
            members.push(Member { name: member.name, each, mb: member.resident_mb()? });
        }
        fleet.stop()?;
        Ok(members)
    }

    /// What it uses while nobody comes.
    async fn idle(&mut self, store: &'static str, fleet: &Fleet) -> anyhow::Result<()> {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let before = self.used(fleet)?;
        tokio::time::sleep(self.duration).await;
        let spent = self.used(fleet)?.since(&before).over(self.duration.as_secs_f64());
        self.rows.push(Row {
            store,
            work: "nothing, a second",
            outcome: None,
            spent,
            orders: None,
        });
        Ok(())
    }

    async fn work<W: AsyncWork<Client>>(
        &mut self,
        store: &'static str,
        name: &'static str,
        fleet: &Fleet,
        work: W,
    ) -> anyhow::Result<()> {
        let addr = fleet.addr;
        let before = self.used(fleet)?;
        let outcome = drive(CLIENTS, self.duration, |_| Client::connect(addr), work).await?;
        let spent = self.settled(fleet, &before).await?.over(outcome.done as f64);
        self.rows.push(Row { store, work: name, outcome: Some(outcome), spent, orders: None });
        Ok(())
    }

    async fn mix(
        &self,
        store: &'static str,
        work: &'static str,
        fleet: &Fleet,
        mix: &Arc<Mix>,
        rate: Option<f64>,
    ) -> anyhow::Result<Row> {
        let (before, orders) = (self.used(fleet)?, mix.orders());
        let addr: SocketAddr = fleet.addr;
        let duration = self.duration * 2;
        let come = |_| Shopper::come(addr);
        let outcome: Outcome = paced(CLIENTS, rate, duration, come, Arc::clone(mix)).await?;
        let spent = self.settled(fleet, &before).await?;
        let orders = Some(spent.all().as_secs_f64() / (mix.orders() - orders) as f64);
        let spent = spent.over(outcome.done as f64);
        Ok(Row { store, work, outcome: Some(outcome), spent, orders })
    }

    /// What was spent since, with what goes on after the last answer: events, e-mails.
    async fn settled(&self, fleet: &Fleet, before: &Spent) -> anyhow::Result<Spent> {
        let began = Instant::now();
        let mut used = self.used(fleet)?;
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = self.used(fleet)?;
            let rests = now.since(&used).all() < Duration::from_millis(60);
            if rests || began.elapsed() > Duration::from_secs(20) {
                return Ok(used.since(before));
            }
            used = now;
        }
    }

    fn used(&self, fleet: &Fleet) -> anyhow::Result<Spent> {
        Ok(Spent {
            store: fleet.cpu()?,
            postgres: process::family_cpu_time(self.postgres.pid()?)?,
            nats: process::cpu_time(self.nats.pid())?,
        })
    }

    fn figures(&self) -> Vec<Figure> {
        let plans = [
            (PAGE, "14 processes, as shipped", 4.0, "≤ 4 × one process"),
            (PAGE, "14 processes, every page asked for", 4.0, "≤ 4 × one process"),
            (CHECKOUT, "14 processes, as shipped", 3.0, "≤ 3 × one process"),
        ];
        let figure = |(work, store, most, goal)| {
            let split = spent::row(&self.rows, work, store)?;
            let one = spent::row(&self.rows, work, "one process, PostgreSQL")?;
            let times = split.spent.all().as_secs_f64() / one.spent.all().as_secs_f64();
            Some(Figure {
                name: format!("{work}: {store}"),
                per_second: split.outcome.as_ref().map(|outcome| outcome.per_second),
                p50: split.outcome.as_ref().map(|outcome| outcome.p50),
                p99: split.outcome.as_ref().map(|outcome| outcome.p99),
                cpu: Some(split.spent.all()),
                reached: format!("{times:.2} ×"),
                goal,
                holds: Some(times <= most),
            })
        };
        plans.into_iter().filter_map(figure).collect()
    }
}
