//! Backups by the clock: the store's own, taken by the process that runs it, the oldest removed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use emart_events::Host;
use emart_types::Timestamp;

use super::hold::Writers;
use super::make::{self, Target};
use crate::config::Config;
use crate::disk;
use crate::schema::Schema;

/// A store that has just started has better things to do.
const AFTER_START: Duration = Duration::from_secs(10 * 60);
/// After a failure: a disk that is full may be emptied.
const AGAIN: Duration = Duration::from_secs(60 * 60);
/// Between two looks at whether one is due; the clock may have been set.
const LOOK: Duration = Duration::from_secs(10 * 60);

/// The clock's and one that somebody asks for would hold the writers twice.
static TAKING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The name of an archive: names in order are archives in order.
pub(super) fn name(at: Timestamp) -> String {
    format!("emart-{}.tar.zst", at.to_jiff().strftime("%Y-%m-%dT%H%M%SZ"))
}

/// When an archive with a name of ours was made.
pub(super) fn time_of(name: &str) -> Option<Timestamp> {
    let time = name.strip_prefix("emart-")?.strip_suffix(".tar.zst")?;
    let (day, clock) = time.strip_suffix('Z')?.split_once('T')?;
    let [hours, minutes, seconds] = [clock.get(..2)?, clock.get(2..4)?, clock.get(4..)?];
    let at: Timestamp = format!("{day}T{hours}:{minutes}:{seconds}Z").parse().ok()?;
    (self::name(at) == name).then_some(at)
}

/// The archives in a folder, the oldest first.
pub(super) fn archives(dir: &Path) -> std::io::Result<Vec<(Timestamp, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if let Some(at) = entry.file_name().to_str().and_then(time_of) {
            found.push((at, entry.path()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// When the newest of them was made.
pub(crate) fn newest(dir: &Path) -> Option<Timestamp> {
    Some(archives(dir).ok()?.last()?.0)
}

/// Takes them until the process stops.
pub(crate) async fn run_by_the_clock(config: Config, host: Host) {
    let every = Duration::from_secs(u64::from(config.backup.every_hours) * 60 * 60);
    if every.is_zero() || config.store.postgres_url.is_some() {
        return;
    }
    let stop = host.tasks.clone();
    let work = async {
        tokio::time::sleep(AFTER_START).await;
        loop {
            let newest = newest(&config.backup.place(&config.data));
            let now = host.clock.now();
            // One from the future is a clock that was wrong.
            let due = newest.is_none_or(|at| at > now || now.since(at) >= every);
            let pause = if due && let Err(error) = take(&config, &host).await {
                tracing::error!(error = format!("{error:#}"), "the store could not back itself up");
                AGAIN
            } else {
                LOOK
            };
            tokio::time::sleep(pause).await;
        }
    };
    tokio::select! {
        () = stop.stopping() => {}
        () = work => {}
    }
}

/// Takes one, and removes those that are too many.
pub(super) async fn take(config: &Config, host: &Host) -> anyhow::Result<()> {
    let _one_at_a_time = TAKING.lock().await;
    let dir = config.backup.place(&config.data);
    let mut builder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(&dir).with_context(|| dir.display().to_string())?;
    let path = dir.join(name(host.clock.now()));
    let schema = Schema::of_this_version().await?;
    let order = super::order(config, Target::File(path.clone()), Some(schema));
    let made = make::make(order, &Writers::Here(Box::new(host.clone()))).await?;
    let size = disk::size(made.bytes);
    tracing::info!(path = %path.display(), size, "the store has backed itself up");
    let kept = usize::try_from(config.backup.keep).unwrap_or(usize::MAX);
    let all = archives(&dir)?;
    for (_, old) in all.iter().take(all.len().saturating_sub(kept)) {
        std::fs::remove_file(old).with_context(|| old.display().to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Store;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_backs_itself_up_and_keeps_the_newest() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.keep_data_in(dir.path());
        config.backup.keep = 2;
        let place = config.backup.place(dir.path());
        std::fs::create_dir(&place).unwrap();
        let old = ["2026-01-01", "2026-01-02", "2026-01-03"];
        for day in old {
            std::fs::write(place.join(format!("emart-{day}T000000Z.tar.zst")), "").unwrap();
        }
        std::fs::write(place.join("mine.tar.zst"), "").unwrap();
        let store = Store::open(&config).await.unwrap();
        take(&config, &store.host).await.unwrap();
        store.close().await;
        let kept = archives(&place).unwrap();
        assert_eq!(kept.len(), 2);
        assert!(kept[0].1.ends_with("emart-2026-01-03T000000Z.tar.zst"));
        assert!(std::fs::metadata(&kept[1].1).unwrap().len() > 1000);
        assert!(place.join("mine.tar.zst").exists());
    }

    #[test]
    fn the_newest_is_known_by_its_name_and_other_files_are_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (old, new) = (at("2026-01-31T23:59:58Z"), at("2026-02-01T00:00:00Z"));
        assert_eq!(newest(dir.path()), None);
        for name in [&*name(new), &name(old), "emart-2099.tar.zst", "emart-mine.tar.zst", "x"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        assert_eq!(newest(dir.path()), Some(new));
        let names: Vec<_> = archives(dir.path()).unwrap().into_iter().map(|(at, _)| at).collect();
        assert_eq!(names, [old, new]);
        assert_eq!(name(old), "emart-2026-01-31T235958Z.tar.zst");
    }
}
