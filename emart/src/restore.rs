//! `emart restore`: puts an archive of `emart backup` in the place of a store's data, once all of it has been checked.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use emart_types::{Clock, Timestamp};
use rustix::fs::{Access, CWD, RenameFlags};
use tokio::task::spawn_blocking;

use crate::backup::unpack;
use crate::config::Config;
use crate::disk;
use crate::run::lock_data;
use crate::schema::Schema;

/// While it is there, a folder holds half of an archive.
const UNFINISHED: &str = "restore-unfinished";

/// What `restore` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
The archive is unpacked beside the data folder and checked there (checksums, every database, its rows, its version) \
before anything is touched. Then it takes the folder's place. The search index is made anew when the store starts.")]
pub(crate) struct Command {
    /// The archive
    file: PathBuf,
    /// Where there is data already: move it aside (it is kept, under another name)
    #[arg(long)]
    replace: bool,
}

/// Carries it out.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    if config.store.postgres_url.is_some() {
        bail!(
            "the settings say that this store is on PostgreSQL: restore there with pg_restore, or unset \
             store.postgres_url to restore files and `emart move` them afterwards"
        );
    }
    let data = config.data.canonicalize().or_else(|_| std::path::absolute(&config.data))?;
    let occupied = is_occupied(&data)?;
    if occupied && !command.replace {
        bail!(
            "there is data in {}: --replace moves it aside, --data DIR restores to another place",
            data.display()
        );
    }
    // Nobody uses it, and nobody begins to.
    let _lock = if occupied { Some(lock_data(&data)?) } else { None };
    let schema = Schema::of_this_version().await?;
    let words = spawn_blocking(move || restore(&command.file, &data, &schema)).await??;
    println!("{words}");
    Ok(())
}

fn restore(archive: &Path, data: &Path, schema: &Schema) -> anyhow::Result<String> {
    let parent = disk::folder_of(data);
    let now = Clock::system().now();
    let (manifest, old) = if data.is_dir() && !can_be_renamed(data, parent)? {
        let (manifest, dir) = unpack(archive, data, schema)?;
        disk::settle(dir.path())?;
        (manifest, swap_contents(&dir.keep(), data, now)?)
    } else {
        std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        let (manifest, dir) = unpack(archive, parent, schema)?;
        disk::settle(dir.path())?;
        (manifest, swap(&dir.keep(), data, now)?)
    };
    let old = old.map(|old| format!("\nwhat was there is in {}", old.display()));
    let (data, at) = (data.display(), manifest.taken_at);
    Ok(format!("{data} is {} as it was at {at}{}", manifest.shop, old.unwrap_or_default()))
}

/// Refuses a folder in which a restore was interrupted: a store would take what is missing for a new beginning.
pub(crate) fn ensure_whole(data: &Path) -> anyhow::Result<()> {
    if data.join(UNFINISHED).exists() {
        bail!(
            "a restore into {} was interrupted: run `emart restore FILE --replace` again",
            data.display()
        );
    }
    Ok(())
}

/// Whether there is anything but the lock, which outlives every process.
fn is_occupied(data: &Path) -> anyhow::Result<bool> {
    match std::fs::read_dir(data) {
        Ok(entries) => Ok(entries
            .collect::<Result<Vec<_>, _>>()?
            .iter()
            .any(|entry| !["emart.lock", "lost+found"].iter().any(|n| entry.file_name() == *n))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| data.display().to_string()),
    }
}

/// A folder that something is mounted on (a container's volume) stays where it is; so does one in a folder that is not
/// ours.
fn can_be_renamed(data: &Path, parent: &Path) -> anyhow::Result<bool> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let wanted = data.to_string_lossy().replace('\\', "\\134").replace(' ', "\\040");
    let mounted = mounts.lines().any(|line| line.split(' ').nth(4) == Some(&*wanted));
    Ok(!mounted && rustix::fs::access(parent, Access::WRITE_OK).is_ok())
}

fn aside(now: Timestamp) -> String {
    now.to_jiff().strftime("before-%Y-%m-%dT%H%M%SZ").to_string()
}

/// Puts `new` in the place of `data`. Where there was something, both change places in one step: at no moment is there
/// nothing, which a store would take for a new beginning.
fn swap(new: &Path, data: &Path, now: Timestamp) -> anyhow::Result<Option<PathBuf>> {
    if !data.exists() {
        disk::rename(new, data)?;
        return Ok(None);
    }
    let exchanged = rustix::fs::renameat_with(CWD, new, CWD, data, RenameFlags::EXCHANGE);
    exchanged.with_context(|| {
        format!("cannot put {} in the place of {}", new.display(), data.display())
    })?;
    // `new` is the old one from here on.
    if !is_occupied(new)? {
        std::fs::remove_dir_all(new)?;
        return Ok(None);
    }
    let name = data.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let kept = data.with_file_name(format!("{name}-{}", aside(now)));
    disk::rename(new, &kept)?;
    Ok(Some(kept))
}

/// The same file by file, inside a folder that has to stay. A store does not start until the last is in its place.
fn swap_contents(new: &Path, data: &Path, now: Timestamp) -> anyhow::Result<Option<PathBuf>> {
    let kept = data.join(aside(now));
    std::fs::write(data.join(UNFINISHED), "")?;
    let mut builder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700).create(&kept)?;
    let stays = [UNFINISHED, "emart.lock", "lost+found", "backups"];
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        if path != new && !name.starts_with("before-") && !stays.contains(&&*name) {
            disk::rename(&path, &kept.join(name))?;
        }
    }
    for entry in std::fs::read_dir(new)? {
        let entry = entry?;
        disk::rename(&entry.path(), &data.join(entry.file_name()))?;
    }
    std::fs::remove_dir(new)?;
    let kept = if std::fs::read_dir(&kept)?.next().is_none() {
        std::fs::remove_dir(&kept)?;
        None
    } else {
        Some(kept)
    };
    std::fs::remove_file(data.join(UNFINISHED))?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            std::fs::write(dir.path().join(file), file).unwrap();
        }
        dir
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_new_folder_takes_the_place_and_the_old_one_is_kept_beside() {
        let root = folder(&[]);
        let (data, new) = (root.path().join("data"), root.path().join("new"));
        for (dir, file) in [(&data, "old"), (&new, "new")] {
            std::fs::create_dir(dir).unwrap();
            std::fs::write(dir.join(file), "").unwrap();
        }
        let kept = swap(&new, &data, Timestamp::default()).unwrap().unwrap();
        assert_eq!((names(&data), names(&kept)), (vec!["new".to_owned()], vec!["old".to_owned()]));
        assert_eq!(names(root.path()), ["data", "data-before-1970-01-01T000000Z"]);
    }

    #[test]
    fn in_a_folder_that_has_to_stay_files_change_places_and_half_of_them_is_noticed() {
        let data = folder(&["orders.db", "emart.lock"]);
        let new = data.path().join(".new");
        std::fs::create_dir(&new).unwrap();
        std::fs::write(new.join("cart.db"), "").unwrap();
        let kept = swap_contents(&new, data.path(), Timestamp::default()).unwrap().unwrap();
        assert_eq!(names(&kept), ["orders.db"]);
        assert_eq!(names(data.path()), ["before-1970-01-01T000000Z", "cart.db", "emart.lock"]);
        ensure_whole(data.path()).unwrap();
        std::fs::write(data.path().join(UNFINISHED), "").unwrap();
        assert!(ensure_whole(data.path()).is_err());
    }
}
