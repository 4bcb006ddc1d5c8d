//! Verifying an archive: unpacked whole into a folder of its own, every file compared with the manifest, every database
//! opened, checked and counted, its schema one that this version knows.

use std::path::Path;

use anyhow::{Context as _, ensure};
use emart_store::Snapshot;
use tempfile::TempDir;

use super::archive;
use super::manifest::{Entry, Manifest};
use crate::disk;
use crate::schema::Schema;

/// Verifies it, and leaves nothing behind.
pub(super) fn verify(path: &Path, schema: &Schema) -> anyhow::Result<Manifest> {
    let (manifest, dir) = unpack(path, disk::folder_of(path), schema)?;
    dir.close().context("remove what was unpacked")?;
    Ok(manifest)
}

/// Verifies it, and keeps what came out in a new folder below `beside`.
pub(crate) fn unpack(
    path: &Path,
    beside: &Path,
    schema: &Schema,
) -> anyhow::Result<(Manifest, TempDir)> {
    let dir = disk::private_dir(".emart-restore-", beside);
    let dir = dir.with_context(|| format!("cannot write in {}", beside.display()))?;
    let manifest =
        archive::read(path, dir.path()).with_context(|| format!("{}", path.display()))?;
    for database in manifest.databases() {
        check(database, dir.path(), schema)
            .with_context(|| format!("{}: {}", path.display(), database.path))?;
    }
    Ok((manifest, dir))
}

fn check(database: &Entry, dir: &Path, schema: &Schema) -> anyhow::Result<()> {
    let snapshot = Snapshot::open(dir.join(&database.path))?;
    let contents = snapshot.contents()?;
    ensure!(contents.tables == database.tables, "its rows are not those that the manifest counts");
    schema.ensure_known(database.service().unwrap_or_default(), &contents)?;
    let faults = snapshot.faults(true)?;
    ensure!(faults.is_empty(), "it is damaged: {}", faults.join("; "));
    Ok(())
}
