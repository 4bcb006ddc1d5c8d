//! E-Mart: a whole store in one process. Reads the arguments and hands over.

mod admin;
mod backup;
mod books;
mod cli;
mod client;
mod compose;
mod config;
mod conform;
mod demo;
mod disk;
mod doctor;
mod events;
mod faults;
mod health;
mod load;
mod local;
mod mail;
mod openapi;
mod original;
mod products;
mod reload;
mod relocate;
mod restore;
mod run;
mod sagas;
mod schema;
mod seed;
mod serve;
mod top;
mod traces;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(clippy::print_stderr, reason = "the one place where the program's last words are said")]
fn main() -> ExitCode {
    match cli::dispatch(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("emart: {error:#}");
            ExitCode::FAILURE
        }
    }
}
