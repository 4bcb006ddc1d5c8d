//! Two copies of a service that only computes, beside one: `catalog` searching. Each copy is pinned to a core and held to
//! half of it, so that who calls them has the rest of the machine; where a process cannot be held back, what each
//! search costs and how evenly the copies share is all that two cores can show.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::ensure;
use emart_load::Client;

use super::catalogue;
use super::fleet::{Fleet, Settings, set};
use super::load::{Get, Outcome, drive};
use super::quota::Quota;
use super::report::Figure;
use super::shop::import_with;
use super::tax::split_settings;
use super::work::figure;
use crate::nats::Nats;
use crate::postgres::Postgres;

const CLIENTS: usize = 32;
const SEARCHES: [&str; 4] = ["oak", "linen+chair", "copper+kettle", "ember+mug"];

/// Measures one copy, then two.
pub(crate) async fn measure(
    dir: &Path,
    products: usize,
    duration: Duration,
) -> anyhow::Result<Vec<Figure>> {
    let (postgres, nats) = (Postgres::start_durable()?, Nats::start()?);
    let settings = vec![set("EMART_STORE__POSTGRES_URL", &postgres.database("copies")?)];
    let file = dir.join("products.csv");
    std::fs::write(&file, catalogue::csv(products).0)?;
    import_with(&dir.join("copies"), &file, &settings)?;
    let mut settings = split_settings(settings, &nats.url());
    // Each search is to be asked of a copy.
    settings.push(set("EMART_GATEWAY__CACHE__ON", "never"));
    let one = Copies::measure(&dir.join("one"), settings.clone(), 1, duration).await?;
    let two = Copies::measure(&dir.join("two"), settings, 2, duration).await?;
    let times = two.outcome.per_second / one.outcome.per_second;
    let held = one.held && two.held;
    let reached = format!(
        "{times:.2} × one; the busier copy did {:.0} %{}",
        two.busiest * 100.0,
        if held { "" } else { " (not held to half a core here)" }
    );
    Ok(vec![
        figure("search, one copy of catalog on half a core", &one.outcome, one.each, ""),
        Figure {
            reached,
            holds: Some(times >= 1.7),
            ..figure("search, two copies", &two.outcome, two.each, "≥ 1.7 × one")
        },
    ])
}

/// What so many copies did.
struct Copies {
    outcome: Outcome,
    /// CPU of all copies for one search.
    each: Duration,
    /// The share of the work that the busiest had.
    busiest: f64,
    held: bool,
}

impl Copies {
    async fn measure(
        dir: &Path,
        settings: Settings,
        copies: usize,
        duration: Duration,
    ) -> anyhow::Result<Self> {
        let of = |service: &str| if service == "catalog" { copies } else { 1 };
        let fleet = Fleet::split(dir, settings, of).await?;
        let mut quotas = Vec::new();
        for (core, copy) in fleet.copies("catalog").enumerate() {
            pin(copy.pid(), core)?;
            quotas.push(Quota::half_a_core(copy.pid()));
        }
        let held = quotas.iter().all(Option::is_some);
        let paths = SEARCHES.map(|words| format!("/api/v1/catalog/search?q={words}")).to_vec();
        let used = || fleet.copies("catalog").map(|copy| copy.cpu()).collect::<Result<Vec<_>, _>>();
        let before = used()?;
        let connect = |_| Client::connect(fleet.addr);
        let outcome = drive(CLIENTS, duration, connect, Get::new(paths)).await?;
        let spent: Vec<f64> =
            used()?.iter().zip(before).map(|(now, was)| (*now - was).as_secs_f64()).collect();
        let all: f64 = spent.iter().sum();
        drop(quotas);
        fleet.stop()?;
        Ok(Self {
            each: Duration::from_secs_f64(all / outcome.done as f64),
            busiest: spent.iter().copied().fold(0.0, f64::max) / all,
            outcome,
            held,
        })
    }
}

/// All threads of a process on one core.
fn pin(pid: u32, core: usize) -> anyhow::Result<()> {
    let (core, pid) = (core.to_string(), pid.to_string());
    let mut pin = Command::new("taskset");
    let status = pin.args(["-a", "-c", "-p", &core, &pid]).stdout(Stdio::null()).status()?;
    ensure!(status.success(), "taskset: {status}");
    Ok(())
}
