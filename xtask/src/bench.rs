//! `cargo xtask bench`: the release binary with 10,000 products, driven over HTTP keep-alive, beside what the machine
//! allows (a bare hyper server, raw group commits) in the same run. Ratios are what count: machines differ.

mod catalogue;
mod limits;
mod load;
mod process;
mod report;
mod shop;
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
    /// Only measurements whose name contains this
    #[arg(long)]
    only: Option<String>,
    /// (for the bench itself) everything is built, and this is the optimised bench
    #[arg(long, hide = true)]
    built: bool,
    /// (for the bench itself) serve this many bytes as a bare hyper server
    #[arg(long, hide = true)]
    bare: Option<String>,
}

/// Measures everything and prints the table.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let threads =
        |n| tokio::runtime::Builder::new_multi_thread().worker_threads(n).enable_all().build();
    if let Some(body) = &args.bare {
        return threads(2)?.block_on(limits::serve_bare(body));
    }
    if !args.built {
        return optimised();
    }
    let runtime = threads(2)?;
    let duration = Duration::from_secs(args.seconds);
    let figures = runtime.block_on(work::measure(args.products, duration, args.only.as_deref()))?;
    report::print(&figures);
    Ok(())
}

/// Runs the same again, optimised: an unoptimised client would take the processor from the store.
fn optimised() -> anyhow::Result<()> {
    let packages = ["--package", "emart", "--package", "xtask"];
    tools::run(cargo(&["build", "--release"]).args(packages))?;
    let mut again = cargo(&["run", "--quiet", "--release", "--package", "xtask", "--"]);
    tools::run(again.args(std::env::args_os().skip(1)).arg("--built"))
}
