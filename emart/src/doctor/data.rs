//! The data folder: whose it is, what room there is, who uses it, which pictures and backups are in it.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tokio::net::UnixStream;

use super::{Books, Patient, Report};
use crate::config::Config;
use crate::{backup, disk, local, restore};

/// Below this, databases soon cannot grow.
const NO_ROOM: u64 = 256 << 20;
/// Below this, it is time to look.
const LITTLE_ROOM: u64 = 2 << 30;
const FEW_FILES: u64 = 2000;

/// Whether a store runs on the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    Runs,
    Stopped,
    /// Something holds the lock and does not answer.
    Silent,
}

/// Looks at the folder and who uses it.
pub(super) async fn check(config: &Config, report: &mut Report) -> Process {
    let data = &config.data;
    let Ok(meta) = std::fs::metadata(data) else {
        report.warn(
            "data folder",
            format!("there is no {}", data.display()),
            "`emart run` makes it; if there should be one, name it with --data or in the settings",
        );
        return Process::Stopped;
    };
    let mode = meta.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        report.ok("data folder", format!("{}, for its owner only", data.display()));
    } else {
        report.fail(
            "data folder",
            format!("{} can be opened by others (mode {mode:o})", data.display()),
            "chmod 700 it: it holds keys and people's addresses",
        );
    }
    if rustix::fs::access(data, rustix::fs::Access::WRITE_OK).is_err() {
        report.fail(
            "data folder",
            "this user cannot write it",
            "give it to the user who runs the store",
        );
    }
    room(data, report);
    if let Err(error) = restore::ensure_whole(data) {
        report.fail(
            "restore",
            error.to_string(),
            "run it again; until then the store does not start",
        );
    }
    leftovers(data, report);
    process(data, report).await
}

fn room(data: &Path, report: &mut Report) {
    match disk::free(data) {
        Ok(free) if free < NO_ROOM => {
            let found = format!("{} free", disk::size(free));
            report.fail(
                "disk",
                found,
                "make room: the store refuses to sell when the disk is full",
            );
        }
        Ok(free) if free < LITTLE_ROOM => {
            report.warn("disk", format!("{} free", disk::size(free)), "make room soon");
        }
        Ok(free) => report.ok("disk", format!("{} free", disk::size(free))),
        Err(error) => report.fail("disk", format!("{error:#}"), "look at the file system"),
    }
    if let Ok(Some(files)) = disk::free_files(data)
        && files < FEW_FILES
    {
        let found = format!("only {files} more files can be made");
        report.fail("inodes", found, "remove files, or make the file system anew with more");
    }
}

/// What a command that was killed left behind.
fn leftovers(data: &Path, report: &mut Report) {
    let Ok(entries) = std::fs::read_dir(data) else { return };
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let left: Vec<_> = names.filter(|name| name.starts_with(".emart-")).collect();
    if !left.is_empty() {
        report.warn(
            "leftovers",
            left.join(", "),
            "no command runs? then remove them: a command was killed before it could",
        );
    }
}

async fn process(data: &Path, report: &mut Report) -> Process {
    let socket = local::path(data);
    let answers = UnixStream::connect(&socket).await.is_ok();
    let free = match File::open(data.join("emart.lock")) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => true,
    };
    match (free, answers) {
        (false, true) => {
            report.ok("process", "a store runs on this data");
            Process::Runs
        }
        (false, false) => {
            report.fail(
                "process",
                "a process holds the data (emart.lock) and does not answer at emart.sock",
                "a command may be at work, or the store hangs: see its log; `fuser data/emart.lock` names it",
            );
            Process::Silent
        }
        (true, _) => {
            report.ok("process", "no store runs on this data");
            Process::Stopped
        }
    }
}

/// Every picture that a product shows must be there.
pub(super) async fn pictures(patient: &Patient<'_>, books: &Books<'_>, report: &mut Report) {
    #[derive(Deserialize)]
    struct Source {
        url: String,
    }
    // Asked of the catalogue as it is; a version that keeps pictures elsewhere has another answer.
    let Ok(rows) = books.column("catalog", "SELECT sources FROM images").await else { return };
    let mut wanted = BTreeSet::new();
    for row in &rows {
        let sources: Vec<Source> = serde_json::from_str(row).unwrap_or_default();
        wanted.extend(sources.into_iter().filter_map(|source| {
            Some(source.url.rsplit_once('/')?.1.to_owned()).filter(|name| !name.is_empty())
        }));
    }
    let media = patient.config.data.join("media");
    let missing: Vec<_> = wanted.iter().filter(|name| !media.join(name).is_file()).collect();
    match missing.first() {
        None => report.ok("pictures", format!("{} files", wanted.len())),
        Some(first) => report.fail(
            "pictures",
            format!(
                "{} of {} files are missing in {}: {first}",
                missing.len(),
                wanted.len(),
                media.display()
            ),
            "bring the folder media back from a backup, or upload the pictures again",
        ),
    }
}

/// Whether there is something to go back to.
pub(super) fn backups(patient: &Patient<'_>, report: &mut Report) {
    let config = patient.config;
    if config.store.postgres_url.is_some() {
        report.ok(
            "backup",
            "the database is the server's to back up (pg_dump, pg_basebackup), media yours",
        );
        return;
    }
    if config.backup.every_hours == 0 {
        report.warn(
            "backup",
            "the store takes none by itself",
            "`emart backup` by cron, or backup.every_hours",
        );
        return;
    }
    let place = config.backup.place(&config.data);
    let every = Duration::from_secs(u64::from(config.backup.every_hours) * 3600);
    match backup::newest(&place) {
        None => report.warn(
            "backup",
            format!("there is none in {}", place.display()),
            "the store takes the first ten minutes after it has started; `emart backup` takes one now",
        ),
        Some(at) if patient.now.since(at) > every * 2 => report.fail(
            "backup",
            format!("the newest in {} is of {at}", place.display()),
            "see the store's log for why there is no newer one",
        ),
        Some(at) => report.ok("backup", format!("the newest is of {at}")),
    }
}
