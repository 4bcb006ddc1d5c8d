//! `cargo xtask test`: every check, in the order in which a mistake costs least.

use std::time::Instant;

use crate::nats::Nats;
use crate::packages;
use crate::postgres::Postgres;
use crate::tools::{self, cargo};

/// What can be left out while working.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only run tests whose name contains this
    filter: Option<String>,
    /// Only the tests: no format, lints or docs
    #[arg(long)]
    tests_only: bool,
}

/// Runs them all; the first that fails ends it.
#[expect(clippy::print_stderr, reason = "a person follows what is run")]
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let began = Instant::now();
    if !args.tests_only {
        tools::run(&mut cargo(&["fmt", "--all", "--check"]))?;
        tools::run(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))?;
        tools::run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
        tools::run(&mut cargo(&["test", "--workspace", "--doc"]))?;
    }
    let postgres = Postgres::start()?;
    let nats = Nats::start()?;
    packages::ensure("Python", &["python3"], || tools::find("python3"))?;
    packages::ensure("ChromeDriver", &["chromium", "chromium-driver"], || {
        tools::find("chromedriver")
    })?;
    // The tests of the whole system start the program itself, and stop it in the middle of a checkout.
    let program = ["--features", "emart/fault-injection"];
    // Built together with the tests: alone it would be made of crates with other features, each built once more.
    tools::run(cargo(&["build", "--workspace", "--all-targets"]).args(program))?;
    let mut tests = if tools::find("cargo-nextest").is_some() {
        cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"])
    };
    tests.args(program);
    if let Some(filter) = &args.filter {
        tests.arg(filter);
    }
    let places = [("EMART_TEST_POSTGRES", postgres.url()), ("EMART_TEST_NATS", nats.url())];
    tools::run(tests.envs(places))?;
    eprintln!("\nall checks passed in {} s", began.elapsed().as_secs());
    Ok(())
}
