//! `cargo xtask test`: every check, in the order in which a mistake costs least.

use std::time::Instant;

use crate::nats::Nats;
use crate::packages;
use crate::postgres::Postgres;
use crate::tools::{self, cargo};

/// The tests of the whole system start the program itself, and stop it in the middle of a checkout. Everything is built
/// with it: other features would mean building every crate once more.
const PROGRAM: [&str; 2] = ["--features", "emart/fault-injection"];

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
        tools::run(
            cargo(&["clippy", "--workspace", "--all-targets"])
                .args(PROGRAM)
                .args(["--", "-D", "warnings"]),
        )?;
        tools::run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    let postgres = Postgres::start()?;
    let nats = Nats::start()?;
    packages::ensure("Python", &["python3"], || tools::find("python3"))?;
    packages::ensure("ChromeDriver", &["chromium", "chromium-driver"], || {
        tools::find("chromedriver")
    })?;
    packages::ensure("Pebble", &["pebble"], || {
        tools::find("pebble-challtestsrv").and_then(|_| tools::find("pebble"))
    })?;
    // Built together with the tests: alone it would be made of crates with other features, each built once more.
    tools::run(cargo(&["build", "--workspace", "--all-targets"]).args(PROGRAM))?;
    if !args.tests_only {
        tools::run(cargo(&["test", "--workspace", "--doc"]).args(PROGRAM))?;
    }
    let mut tests = if tools::find("cargo-nextest").is_some() {
        cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"])
    };
    tests.args(PROGRAM);
    if let Some(filter) = &args.filter {
        tests.arg(filter);
    }
    let places = [("EMART_TEST_POSTGRES", postgres.url()), ("EMART_TEST_NATS", nats.url())];
    // A test says in words what is wrong; a stack for every error on the way costs time and hides it.
    tools::run(tests.envs(places).env("RUST_BACKTRACE", "0"))?;
    eprintln!("\nall checks passed in {} s", began.elapsed().as_secs());
    Ok(())
}
