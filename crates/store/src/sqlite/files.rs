//! What SQLite does to files besides reading and writing rows: creating them safely, and copying them while in use.

use std::fs::{DirBuilder, File};
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};

use crate::Error;

/// Runs `f` while no other process that uses this crate creates or changes a schema in `dir`.
///
/// Switching a new file to a write-ahead log does not wait for its turn as everything else in SQLite does, it fails.
pub(crate) fn exclusively<T>(dir: &Path, f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let mut builder = DirBuilder::new();
    // The files hold people's addresses: not for other users of the machine.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir).map_err(disk)?;
    let lock = File::open(dir).map_err(disk)?;
    lock.lock().map_err(disk)?;
    f()
}

/// Copies the database as it is at this moment to `path`.
pub(crate) fn backup(source: &rusqlite::Connection, path: &Path) -> Result<(), Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let copied = copy(source, &part).and_then(|()| {
        std::fs::rename(&part, path).map_err(disk)?;
        let dir = path
            .parent()
            .filter(|dir| !dir.as_os_str().is_empty())
            .unwrap_or_else(|| Path::new("."));
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(disk)
    });
    if copied.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    copied
}

fn copy(source: &rusqlite::Connection, part: &Path) -> Result<(), Error> {
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(disk(error)),
        _ => {}
    }
    let mut target = rusqlite::Connection::open(part)?;
    // All pages in one step: a single snapshot, and the writer goes on meanwhile.
    let step = Backup::new(source, &mut target)?.step(-1)?;
    if step != StepResult::Done {
        return Err(Error::Overloaded("the database stayed locked during the copy".to_owned()));
    }
    // One file, without a log beside it.
    target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    target.close().map_err(|(_, error)| error)?;
    File::open(part).and_then(|file| file.sync_all()).map_err(disk)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn disk(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Error::Full(error.to_string()),
        std::io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly(error.to_string()),
        _ => Error::Disk(error.to_string()),
    }
}
