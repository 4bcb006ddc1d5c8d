//! Making an archive: look at all databases at one moment, copy them, read the other files, write, verify, and only
//! then give it its name.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use emart_store::Snapshot;
use emart_types::Timestamp;
use tokio::task::spawn_blocking;

use super::hold::{Moment, Writers};
use super::manifest::{Entry, FORMAT, Manifest};
use super::schedule::time_of;
use super::{archive, verify};
use crate::disk;
use crate::schema::Schema;

/// What is made anew, is an archive itself, or belongs to the process that runs. What begins with a dot is unfinished.
const LEFT_OUT: [&str; 4] = ["search", "emart.lock", "emart.sock", "demo-pictures"];

/// Where an archive goes.
#[derive(Debug, Clone)]
pub(super) enum Target {
    File(PathBuf),
    Stdout,
}

/// What to make.
pub(super) struct Order {
    pub(super) data: PathBuf,
    /// Where the store keeps its own archives, which are not archived.
    pub(super) backups: PathBuf,
    pub(super) shop: String,
    pub(super) target: Target,
    /// The schema to verify against; not verified without one.
    pub(super) verify: Option<Schema>,
}

/// What was made.
pub(super) struct Made {
    pub(super) manifest: Manifest,
    /// Of the archive.
    pub(super) bytes: u64,
}

/// Makes it.
pub(super) async fn make(order: Order, writers: &Writers) -> anyhow::Result<Made> {
    let moment = writers.look(&order.data).await?;
    spawn_blocking(move || write(&order, moment)).await?
}

fn write(order: &Order, moment: Moment) -> anyhow::Result<Made> {
    let beside = match &order.target {
        Target::File(path) => disk::folder_of(path),
        Target::Stdout => &order.data,
    };
    let staging = disk::private_dir(".emart-backup-", beside);
    let staging = staging.with_context(|| format!("cannot write in {}", beside.display()))?;
    ensure_room(&moment.snapshots, beside)?;
    let mut files = copy_databases(moment.snapshots, staging.path())?;
    read_others(&order.data, order, moment.at, &mut files)?;
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: moment.at,
        shop: order.shop.clone(),
        files,
    };
    let place = |entry: &Entry| match entry.service() {
        Some(_) => staging.path().join(&entry.path),
        None => order.data.join(&entry.path),
    };
    let Target::File(path) = &order.target else {
        let mut out = archive::write(std::io::stdout().lock(), &manifest, place)?;
        out.flush()?;
        return Ok(Made { manifest, bytes: 0 });
    };
    // With the rest of the staging folder it goes away should anything fail.
    let part = staging.path().join("archive");
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    archive::write(file, &manifest, place)?.sync_all()?;
    if let Some(schema) = &order.verify {
        for database in manifest.databases() {
            std::fs::remove_file(staging.path().join(&database.path))?;
        }
        verify::verify(&part, schema).context("the archive that was just written is not good")?;
    }
    let bytes = File::open(&part)?.metadata()?.len();
    disk::rename(&part, path)?;
    Ok(Made { manifest, bytes })
}

/// Better said at once than after minutes of copying.
fn ensure_room(snapshots: &[Snapshot], place: &Path) -> anyhow::Result<()> {
    let mut needed = 0;
    for snapshot in snapshots {
        needed += std::fs::metadata(snapshot.path())?.len();
    }
    let free = disk::free(place)?;
    ensure!(
        needed <= free,
        "the databases take {}, and there are {} free on {}",
        disk::size(needed),
        disk::size(free),
        place.display()
    );
    Ok(())
}

fn copy_databases(snapshots: Vec<Snapshot>, staging: &Path) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for snapshot in snapshots {
        let name = snapshot.path().file_name().context("a name")?.to_os_string();
        let copy = staging.join(&name);
        snapshot.copy_to(&copy).with_context(|| format!("copy {}", snapshot.path().display()))?;
        // Its log may be emptied again from here on.
        drop(snapshot);
        let tables = Snapshot::open(&copy)?.contents()?.tables;
        let (bytes, sha256) = archive::measure(&copy)?;
        let path = name.into_string().ok().context("a name in UTF-8")?;
        entries.push(Entry { path, bytes, sha256, tables });
    }
    Ok(entries)
}

/// Pictures, e-mails and whatever else is kept. Pictures never change and come before the row that shows them. An e-mail
/// comes after its row: one that is younger than the databases they know nothing of.
fn read_others(
    dir: &Path,
    order: &Order,
    at: Timestamp,
    entries: &mut Vec<Entry>,
) -> anyhow::Result<()> {
    for found in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let found = found?;
        let name = found.file_name();
        let name = name.to_str().with_context(|| format!("{name:?} is no name in UTF-8"))?;
        let (path, kind) = (found.path(), found.file_type()?);
        let top = dir == order.data && is_left_out(name);
        if name.starts_with('.') || top || path == order.backups || time_of(name).is_some() {
            continue;
        }
        if dir.ends_with("mailbox") && is_younger(&found, at) {
            continue;
        }
        if kind.is_dir() {
            read_others(&path, order, at, entries)?;
        } else if kind.is_file() {
            let (bytes, sha256) = match archive::measure(&path) {
                // It was removed meanwhile: the store does not need it any more.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                measured => measured.with_context(|| path.display().to_string())?,
            };
            let path =
                path.strip_prefix(&order.data)?.to_str().context("a path in UTF-8")?.to_owned();
            entries.push(Entry { path, bytes, sha256, tables: BTreeMap::new() });
        }
    }
    Ok(())
}

fn is_younger(file: &std::fs::DirEntry, at: Timestamp) -> bool {
    let written = file.metadata().and_then(|meta| meta.modified());
    let since = written.ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    since.is_some_and(|since| Timestamp::default().plus(since) > at)
}

fn is_left_out(name: &str) -> bool {
    let database = [".db", ".db-wal", ".db-shm", ".db-journal"];
    let database = database.iter().any(|ending| name.ends_with(ending));
    // What a restore into a folder that had to stay has moved aside.
    database || LEFT_OUT.contains(&name) || name.starts_with("before-")
}
