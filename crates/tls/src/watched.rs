//! Files that are read again when they change: a renewed certificate needs no restart.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use tokio_util::sync::CancellationToken;

type Read<T> = dyn Fn() -> anyhow::Result<T> + Send + Sync;
/// When each file was last changed.
type Stamp = Vec<Option<SystemTime>>;

/// What was made of some files, as they are now.
pub struct Watched<T> {
    files: Vec<PathBuf>,
    read: Box<Read<T>>,
    current: ArcSwap<T>,
    /// Of the files as they were when they were last read.
    read_at: Mutex<Stamp>,
}

impl<T> Watched<T> {
    /// Reads the files. `read` is called again whenever one of `files` has changed.
    pub fn open(
        files: Vec<PathBuf>,
        read: impl Fn() -> anyhow::Result<T> + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        // Before they are read: a change in between is then seen at the next look.
        let read_at = Mutex::new(stamp(&files));
        let current = ArcSwap::from_pointee(read()?);
        Ok(Self { files, read: Box::new(read), current, read_at })
    }

    /// What they hold.
    #[must_use]
    pub fn current(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// Looks at them that often, until `stop`.
    pub async fn follow(&self, every: Duration, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            self.look();
        }
    }

    /// Reads them again if they have changed. What cannot be used changes nothing.
    pub fn look(&self) {
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.files);
        if now == *read_at {
            return;
        }
        *read_at = now;
        let files = self.files.iter().map(|file| file.display().to_string());
        let files = files.collect::<Vec<_>>().join(", ");
        match (self.read)() {
            Ok(read) => {
                self.current.store(Arc::new(read));
                tracing::info!(files, "the certificate was read again");
            }
            // One file was written and the other not yet, perhaps: the next change is looked at again.
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(error, files, "the old certificate stays in use");
            }
        }
    }
}

impl<T> std::fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watched").field("files", &self.files).finish_non_exhaustive()
    }
}

fn stamp(files: &[PathBuf]) -> Stamp {
    let changed = |file| std::fs::metadata(file).and_then(|file| file.modified()).ok();
    files.iter().map(changed).collect()
}
