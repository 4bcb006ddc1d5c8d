//! What file systems say: how much is free, and how to rename so that a power cut does not undo it.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use tempfile::TempDir;

/// Bytes that this user may still write where `path` is.
pub(crate) fn free(path: &Path) -> anyhow::Result<u64> {
    let stat = rustix::fs::statvfs(path).with_context(|| path.display().to_string())?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Files that can still be made there; `None` where the file system does not count them.
pub(crate) fn free_files(path: &Path) -> anyhow::Result<Option<u64>> {
    let stat = rustix::fs::statvfs(path).with_context(|| path.display().to_string())?;
    Ok((stat.f_files > 0).then_some(stat.f_favail))
}

/// A folder for the owner's eyes only, gone with what is in it when this is dropped.
pub(crate) fn private_dir(prefix: &str, within: &Path) -> std::io::Result<TempDir> {
    let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    tempfile::Builder::new().prefix(prefix).permissions(owner_only).tempdir_in(within)
}

/// Returns when everything that was written in the file system of `dir` is on the disk.
pub(crate) fn settle(dir: &Path) -> anyhow::Result<()> {
    let dir = File::open(dir).with_context(|| dir.display().to_string())?;
    rustix::fs::syncfs(dir).context("write to the disk")
}

/// Renames, and returns when that is on the disk.
pub(crate) fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::rename(from, to)
        .with_context(|| format!("cannot rename {} to {}", from.display(), to.display()))?;
    File::open(folder_of(to)).and_then(|dir| dir.sync_all()).context("write the folder")
}

/// The folder a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A size for people.
pub(crate) fn size(bytes: u64) -> String {
    let (mut whole, mut rest, mut unit) = (bytes, 0, "B");
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if whole < 1024 {
            break;
        }
        (whole, rest, unit) = (whole / 1024, whole % 1024, larger);
    }
    if unit == "B" { format!("{whole} B") } else { format!("{whole}.{} {unit}", rest * 10 / 1024) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let sizes = [0, 1023, 1024, 1_572_864, 5 << 40].map(size);
        assert_eq!(sizes, ["0 B", "1023 B", "1.0 KiB", "1.5 MiB", "5.0 TiB"]);
    }
}
