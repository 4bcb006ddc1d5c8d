//! `cargo xtask bench`: the release binary with 10,000 products, driven over HTTP keep-alive, beside what the machine
//! allows (a bare hyper server, raw group commits, nginx) in the same run; then the store in one process beside the same
//! store as services. Ratios are what count: machines differ.

mod books;
mod catalogue;
mod classic;
mod copies;
mod fleet;
mod gateway;
mod guest;
mod limits;
mod load;
mod nginx;
mod numbers;
mod process;
mod quota;
mod report;
mod shop;
mod spent;
mod tax;
mod wire;
mod work;

use std::time::Duration;

use crate::tools::{self, cargo};

/// How to measure.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Seconds each measurement lasts
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Products in the catalogue
    #[arg(long, default_value_t = 10_000)]
    products: usize,
    /// Only measurements whose name contains this; `classic` is the original's contract beside /api/v1 and its books;
    /// `gateway`, `split`, `copies`, `numbers` and `wire` are those of many processes
    #[arg(long)]
    only: Option<String>,
    /// (for the bench itself) everything is built, and this is the optimised bench
    #[arg(long, hide = true)]
    built: bool,
    /// (for the bench itself) serve this many bytes as a bare hyper server
    #[arg(long, hide = true)]
    bare: Option<String>,
    /// (for the bench itself) serve them over HTTP/2
    #[arg(long, hide = true)]
    h2: bool,
}

/// What is measured on stores of its own, by the name `--only` has for it.
const APART: [&str; 6] = ["classic", "gateway", "split", "copies", "numbers", "wire"];

/// Measures everything and prints the tables.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let threads =
        |n| tokio::runtime::Builder::new_multi_thread().worker_threads(n).enable_all().build();
    if let Some(body) = &args.bare {
        return threads(2)?.block_on(limits::serve_bare(body, args.h2));
    }
    if !args.built {
        return optimised();
    }
    let runtime = threads(2)?;
    let duration = Duration::from_secs(args.seconds);
    let only = args.only.as_deref();
    if only.is_none_or(|only| !APART.contains(&only)) {
        report::print(&runtime.block_on(work::measure(args.products, duration, only))?);
    }
    for name in APART.into_iter().filter(|name| only.is_none_or(|only| only == *name)) {
        report::print(&runtime.block_on(apart(name, args.products, duration))?);
    }
    Ok(())
}

async fn apart(
    name: &str,
    products: usize,
    duration: Duration,
) -> anyhow::Result<Vec<report::Figure>> {
    let dir = tempfile::tempdir()?;
    match name {
        "classic" => Box::pin(classic::measure(dir.path(), duration)).await,
        "gateway" => gateway::measure(dir.path(), duration).await,
        "split" => Box::pin(tax::measure(dir.path(), products, duration)).await,
        "numbers" => numbers::measure(dir.path(), duration),
        "copies" => Box::pin(copies::measure(dir.path(), products, duration)).await,
        _ => wire::measure(duration).await,
    }
}

/// Runs the same again, optimised: an unoptimised client would take the processor from the store.
fn optimised() -> anyhow::Result<()> {
    let packages = ["--package", "emart", "--package", "xtask"];
    tools::run(cargo(&["build", "--release"]).args(packages))?;
    let mut again = cargo(&["run", "--quiet", "--release", "--package", "xtask", "--"]);
    tools::run(again.args(std::env::args_os().skip(1)).arg("--built"))
}
