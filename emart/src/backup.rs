//! `emart backup`: one archive of everything a store on SQLite keeps, taken while it runs; and the same by the clock.

mod archive;
mod hold;
mod make;
mod manifest;
mod office;
mod schedule;
mod verify;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use emart_http::{Caller, Context};
use emart_types::Clock;
use serde::{Deserialize, Serialize};
use tokio::net::UnixStream;
use tokio::task::spawn_blocking;

use self::hold::Writers;
pub(crate) use self::hold::service;
use self::make::{Made, Order, Target};
use self::manifest::Manifest;
pub(crate) use self::office::of_this_store;
pub(crate) use self::schedule::{newest, run_by_the_clock};
pub(crate) use self::verify::unpack;
use crate::config::Config as Settings;
use crate::run::lock_data;
use crate::schema::Schema;
use crate::{client, disk, local};

/// Settings of the backups that a store takes of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Hours between two; 0: none.
    pub(crate) every_hours: u32,
    /// How many are kept.
    pub(crate) keep: u32,
    /// Where; `backups` in the data folder if absent.
    pub(crate) dir: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self { every_hours: 24, keep: 7, dir: None }
    }
}

impl Config {
    /// What is wrong with the settings.
    pub(crate) fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.keep == 0 {
            wrong.push("keep: must be 1 or more".to_owned());
        }
        if self.every_hours > 24 * 365 {
            wrong.push("every_hours: must be a year (8760) or less".to_owned());
        }
        wrong
    }

    /// Where they are kept.
    pub(crate) fn place(&self, data: &Path) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| data.join("backups"))
    }
}

/// What `backup` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
The store may run meanwhile: its writers are held for some milliseconds, in which all databases are looked at, so that \
they agree with each other. The archive holds passwords' hashes and signing keys: keep it as you keep the data, and \
keep one on another machine. `emart restore FILE` brings it back.")]
pub(crate) struct Command {
    /// The archive to write; - is standard output [default: emart-TIME.tar.zst]
    file: Option<PathBuf>,
    /// Do not unpack and check the archive once it is written
    #[arg(long)]
    no_verify: bool,
    /// Write nothing: only check this archive
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "no_verify"])]
    verify: Option<PathBuf>,
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Settings, command: Command) -> anyhow::Result<()> {
    if let Some(path) = command.verify {
        let schema = Schema::of_this_version().await?;
        let manifest = spawn_blocking(move || verify::verify(&path, &schema)).await??;
        say(&format!("it is good: {}", describe(&manifest)));
        return Ok(());
    }
    if config.store.postgres_url.is_some() {
        bail!(
            "this store is on PostgreSQL, which has its own: `pg_dump --format=custom` of the database is one moment of \
             all services; copy {} after it",
            config.data.join("media").display()
        );
    }
    if !config.data.is_dir() {
        bail!("there is no data in {}; another place: --data DIR", config.data.display());
    }
    let now = Clock::system().now();
    let target = match command.file {
        Some(file) if file.as_os_str() == "-" => Target::Stdout,
        Some(file) if file.is_dir() => Target::File(file.join(schedule::name(now))),
        Some(file) => Target::File(file),
        None => Target::File(PathBuf::from(schedule::name(now))),
    };
    let is_file = matches!(target, Target::File(_));
    let verify = !command.no_verify && is_file;
    let verify = if verify { Some(Schema::of_this_version().await?) } else { None };
    let verified = verify.is_some();
    let order = order(config, target.clone(), verify);
    let (writers, _lock) = writers(config).await?;
    let work = make::make(order, &writers);
    let made = Context::new(Caller::service("cli")).scope(work).await?;
    if let Target::File(path) = target {
        let checked = if verified { "checked" } else { "not checked" };
        let Made { manifest, bytes } = made;
        say(&format!(
            "{}: {}, {checked}\n{}",
            path.display(),
            disk::size(bytes),
            describe(&manifest)
        ));
    }
    Ok(())
}

fn order(config: &Settings, target: Target, verify: Option<Schema>) -> Order {
    let (data, shop) = (config.data.clone(), config.shop.name.clone());
    let backups = config.backup.place(&data);
    Order { data, backups, shop, target, verify }
}

/// Who writes to the databases now; nobody begins to while the lock is held.
async fn writers(config: &Settings) -> anyhow::Result<(Writers, Option<std::fs::File>)> {
    let socket = local::path(&config.data);
    if UnixStream::connect(&socket).await.is_ok() {
        return Ok((Writers::There(client::through(&socket, "backup")), None));
    }
    let lock = lock_data(&config.data).context("the store runs, but does not answer")?;
    Ok((Writers::None, Some(lock)))
}

fn describe(manifest: &Manifest) -> String {
    let databases = manifest.databases().count();
    let rows: u64 = manifest.databases().flat_map(|file| file.tables.values()).sum();
    let others = manifest.files.len() - databases;
    format!(
        "{} of {}: {databases} databases with {rows} rows, {others} files, {} in all, by E-Mart {}",
        manifest.shop,
        manifest.taken_at,
        disk::size(manifest.bytes()),
        manifest.program
    )
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn say(text: &str) {
    println!("{text}");
}
