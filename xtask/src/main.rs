//! What takes more than one cargo command: every check, the benchmark, the OpenAPI files.

#![expect(
    clippy::float_arithmetic,
    reason = "rates and ratios of measurements; no money is counted here"
)]

mod bench;
mod check;
mod nats;
mod openapi;
mod packages;
mod postgres;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about = "E-Mart's own tasks")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run every check: format, lints, all tests on both database engines, docs
    Test(check::Args),
    /// Measure the release build against what the machine allows, and print the table of docs/benchmarks.md
    Bench(bench::Args),
    /// Write every service's openapi.json from its code
    Openapi,
}

#[expect(clippy::print_stderr, reason = "a task talks to the person who runs it")]
fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Test(args) => check::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Openapi => openapi::write(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
