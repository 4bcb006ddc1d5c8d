//! `emart doctor`: looks at an installation from outside and says what is wrong and what to do. It changes nothing.

mod books;
mod bus;
mod certificate;
mod data;
mod network;
mod server;
mod work;

use anyhow::bail;
use clap::Args;
use emart_types::{Clock, Timestamp};
use serde::Serialize;

use self::books::Books;
use self::data::Process;
use crate::config::Config;
use crate::schema::Schema;

/// What `doctor` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
The store may run meanwhile, or not. `warn` is worth knowing, `fail` wants something done; with a `fail` the exit code \
is 1. Nothing is changed, and no password is printed.")]
pub(crate) struct Command {
    /// Print JSON: [{\"level\": \"ok\", \"check\": …, \"found\": …, \"advice\": …}, …]
    #[arg(long)]
    json: bool,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// One line of the answer.
#[derive(Debug, Serialize)]
struct Finding {
    level: Level,
    check: String,
    found: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    advice: &'static str,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Report(Vec<Finding>);

impl Report {
    fn ok(&mut self, check: impl Into<String>, found: impl Into<String>) {
        self.add(Level::Ok, check, found, "");
    }

    fn warn(&mut self, check: impl Into<String>, found: impl Into<String>, advice: &'static str) {
        self.add(Level::Warn, check, found, advice);
    }

    fn fail(&mut self, check: impl Into<String>, found: impl Into<String>, advice: &'static str) {
        self.add(Level::Fail, check, found, advice);
    }

    fn add(
        &mut self,
        level: Level,
        check: impl Into<String>,
        found: impl Into<String>,
        advice: &'static str,
    ) {
        let (check, found) = (check.into(), found.into());
        self.0.push(Finding { level, check, found, advice });
    }

    #[expect(clippy::print_stdout, reason = "the command's answer")]
    fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            println!("{}", serde_json::to_string_pretty(&self.0)?);
            return Ok(());
        }
        let width = self.0.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
        for Finding { level, check, found, advice } in &self.0 {
            let level = match level {
                Level::Ok => "ok",
                Level::Warn => "warn",
                Level::Fail => "fail",
            };
            println!("{level:<4}  {check:<width$}  {found}");
            if !advice.is_empty() {
                println!("{:<4}  {:<width$}  → {advice}", "", "");
            }
        }
        Ok(())
    }
}

/// What every check knows.
struct Patient<'a> {
    config: &'a Config,
    schema: &'a Schema,
    process: Process,
    now: Timestamp,
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let mut report = Report::default();
    settings(config, &mut report);
    let schema = Schema::of_this_version().await?;
    let process = data::check(config, &mut report).await;
    let patient = Patient { config, schema: &schema, process, now: Clock::system().now() };
    network::port(&patient, &mut report).await;
    certificate::check(&patient, &mut report);
    bus::check(config, &mut report).await;
    let books = match &config.store.postgres_url {
        Some(url) => server::check(&patient, url, &mut report).await,
        None => books::check_files(&patient, &mut report),
    };
    if let Some(books) = &books {
        books::clock(&patient, books, &mut report).await;
        work::check(&patient, books, &mut report).await;
        data::pictures(&patient, books, &mut report).await;
    }
    data::backups(&patient, &mut report);
    network::mail_server(config, &mut report).await;
    report.print(command.json)?;
    match report.0.iter().filter(|finding| finding.level == Level::Fail).count() {
        0 => Ok(()),
        1 => bail!("one thing is wrong"),
        wrong => bail!("{wrong} things are wrong"),
    }
}

fn settings(config: &Config, report: &mut Report) {
    const CHECK: &str = "settings";
    let problems = config.problems();
    if problems.is_empty() {
        report.ok(CHECK, "they are good");
    }
    for problem in problems {
        report.fail(CHECK, problem, "change it in emart.toml or in the EMART_* variable");
    }
    let url = config.public_url();
    let host = url.split("://").nth(1).unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let here = ["localhost", "127.0.0.1", "[::1]", "[", ""].contains(&host);
    if host.is_empty() || url.chars().any(char::is_whitespace) || url.matches("://").count() != 1 {
        report.fail(
            "public_url",
            format!("{url} is no address"),
            "write it like https://shop.example",
        );
    } else if here && !config.listen.ip().is_loopback() {
        report.warn(
            "public_url",
            format!("links in e-mails go to {url}, which only this machine reaches"),
            "set public_url to the address that shoppers type",
        );
    } else if !here && url.starts_with("http://") {
        report.warn(
            "public_url",
            format!("{url} is not encrypted: passwords and sessions can be read on the way"),
            "put a proxy that speaks TLS before the store and set public_url to https://…",
        );
    } else {
        report.ok("public_url", url);
    }
}
