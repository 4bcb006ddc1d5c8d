//! `emart move`: a store's data from SQLite files to a PostgreSQL server, or back. All of it, or nothing: the target is
//! filled in one transaction, which is committed when every table has been read again and is the same.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, ValueEnum};
use emart_store::{Compared, Files, Server, Snapshot};
use emart_types::Secret;

use crate::config::Config;
use crate::disk;
use crate::run::lock_data;
use crate::schema::{self, Schema};

/// How long the claim of another command is waited for.
const CLAIM: Duration = Duration::from_secs(10);
/// How long a server may take to notice that a store has gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// What `move` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
The store must be stopped. Nothing is taken away where the data was. An interrupted move has changed nothing: run it \
again. Orders, events under way, keys, sessions and the numbers that go on from the last are moved; pictures and \
e-mails stay files in the data folder. Afterwards set store.postgres_url (or unset it) and start the store.")]
pub(crate) struct Command {
    /// Where the data is
    #[arg(long)]
    from: Kind,
    /// Where it goes
    #[arg(long)]
    to: Kind,
    /// The server; that of the setting `store.postgres_url` if absent (others may see what is typed)
    #[arg(long, value_name = "postgres://…")]
    url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Files in the data folder
    Sqlite,
    /// A server
    Postgres,
}

/// The server notices a moment later that a store has gone.
async fn nobody_is_connected(server: &Server) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let stores = server.stores().await?;
        if stores.is_empty() {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("a store is connected to this database ({}): stop it first", stores.join(", "));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    ensure!(command.from != command.to, "--from and --to are the same");
    let url = command.url.map(Secret::new).or_else(|| config.store.postgres_url.clone());
    let url = url.context("which server? --url, or store.postgres_url in the settings")?;
    ensure!(config.data.is_dir(), "there is no data in {}", config.data.display());
    let _lock = lock_data(&config.data)?;
    let server = Server::connect(&url.expose().clone().into()).await?;
    claim(&server).await?;
    nobody_is_connected(&server).await?;
    let schema = Schema::of_this_version().await?;
    match command.to {
        Kind::Postgres => to_server(config, &url, &server, &schema).await,
        Kind::Sqlite => to_files(config, &server, &schema).await,
    }
}

/// A server notices a moment later that a command was killed.
async fn claim(server: &Server) -> anyhow::Result<()> {
    let until = Instant::now() + CLAIM;
    while !server.claim().await? {
        ensure!(Instant::now() < until, "another `emart move` is at work in this database");
        tokio::time::sleep(CLAIM / 40).await;
    }
    Ok(())
}

async fn to_server(
    config: &Config,
    url: &Secret<String>,
    server: &Server,
    schema: &Schema,
) -> anyhow::Result<()> {
    let files = Files::in_dir(&config.data);
    for service in schema.services() {
        let path = files.path(service);
        ensure!(path.is_file(), "there is no {}", path.display());
        let contents = Snapshot::open(&path)?.contents()?;
        ensure_current(schema, service, &contents)?;
        refuse_foreign(schema, service, server).await?;
    }
    // What services put into a new database goes when it is filled.
    let dir = tempfile::tempdir()?;
    let mut target = config.clone();
    target.store.postgres_url = Some(url.clone());
    target.keep_data_in(dir.path());
    schema::make_databases(&target).await.context("the target")?;

    let mut report = Report::new();
    server.begin().await?;
    for service in schema.services() {
        // Looked at once more: a store may have been started meanwhile.
        refuse_foreign(schema, service, server).await?;
        report.add(service, server.take_in(service, &files.path(service)).await?);
    }
    server.commit().await.context("nothing was moved")?;
    report.done();
    say(&format!(
        "\nThe store is in PostgreSQL now. Set store.postgres_url (or store.postgres_url_file) and start it with the same \
         data folder: pictures stay in {}. The SQLite files are still there and are not used any more; remove them when \
         you have seen that all is well.",
        config.data.join("media").display()
    ));
    Ok(())
}

async fn to_files(config: &Config, server: &Server, schema: &Schema) -> anyhow::Result<()> {
    for service in schema.services() {
        let Some(contents) = server.contents(service).await? else {
            bail!("there is no schema {service} in this database");
        };
        ensure_current(schema, service, &contents)?;
        let path = Files::in_dir(&config.data).path(service);
        if path.exists()
            && let Some(table) = schema.used_table(service, &Snapshot::open(&path)?.contents()?)
        {
            bail!("{} is in use: {table} has rows; choose an empty --data DIR", path.display());
        }
    }
    let staging = disk::private_dir(".emart-move-", &config.data)?;
    let mut target = config.clone();
    target.store.postgres_url = None;
    target.keep_data_in(staging.path());
    schema::make_databases(&target).await.context("the target")?;

    let files = Files::in_dir(staging.path());
    let mut report = Report::new();
    server.begin_reading().await?;
    for service in schema.services() {
        report.add(service, server.give_out(service, &files.path(service)).await?);
    }
    server.commit().await?;
    for service in schema.services() {
        put_in_place(&files.path(service), &config.data)?;
    }
    report.done();
    say(
        "\nThe store is in SQLite files now. Unset store.postgres_url and start it. The server's schemas are still there.",
    );
    Ok(())
}

/// Makes one file of a database and gives it its name.
fn put_in_place(file: &Path, data: &Path) -> anyhow::Result<()> {
    let whole = file.with_extension("whole");
    Snapshot::open(file)?.copy_to(&whole)?;
    let target = data.join(file.file_name().context("a name")?);
    for log in ["db-wal", "db-shm"] {
        // Of the database whose place it takes; a log of another file would damage it.
        remove(&target.with_extension(log))?;
    }
    disk::rename(&whole, &target)
}

fn remove(path: &PathBuf) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        _ => Ok(()),
    }
}

fn ensure_current(
    schema: &Schema,
    service: &str,
    contents: &emart_store::Contents,
) -> anyhow::Result<()> {
    schema.ensure_known(service, contents)?;
    let current = schema.is_current(service, contents);
    ensure!(current, "{service} is at an older version's schema: run `emart migrate` there first");
    Ok(())
}

/// The target may hold what a new store holds, and nothing else: it would be gone.
async fn refuse_foreign(schema: &Schema, service: &str, server: &Server) -> anyhow::Result<()> {
    let Some(contents) = server.contents(service).await? else { return Ok(()) };
    if let Some(table) = schema.used_table(service, &contents) {
        bail!(
            "there is data in the target: {service}.{table} has rows. Take an empty database, or drop its schemas if \
             they are not needed"
        );
    }
    Ok(())
}

/// The table of what was moved.
struct Report {
    began: Instant,
    rows: u64,
}

impl Report {
    fn new() -> Self {
        say(&format!("{:<40} {:>10} {:>12}  {}", "table", "rows", "rows/s", "sum on both sides"));
        Self { began: Instant::now(), rows: 0 }
    }

    fn add(&mut self, service: &str, tables: Vec<Compared>) {
        for Compared { table, rows, sum, took } in tables {
            self.rows += rows;
            let speed = if rows == 0 { String::new() } else { speed(rows, took).to_string() };
            let name = format!("{service}.{table}");
            say(&format!("{name:<40} {rows:>10} {speed:>12}  {sum}"));
        }
    }

    fn done(&self) {
        let (took, speed) = (self.began.elapsed(), speed(self.rows, self.began.elapsed()));
        say(&format!("{} rows in {took:.1?}, {speed} rows/s with comparing", self.rows));
    }
}

fn speed(rows: u64, took: Duration) -> u128 {
    u128::from(rows) * 1000 / took.as_millis().max(1)
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn say(text: &str) {
    println!("{text}");
}
