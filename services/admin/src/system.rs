//! What the back office needs to look after the store itself: the services by name, and the backups of their data.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use emart_desk::Desk;
use emart_mesh::CopyWatch;
use emart_types::Timestamp;

/// A service, for those who run the store.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// Where it says how it is.
    pub desk: Desk,
    /// Its copies; `None` when it runs in this process.
    pub copies: Option<CopyWatch>,
}

/// Work that somebody else does; the error says what is in the way.
pub type Work<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;

/// The store's backups.
#[derive(Clone)]
pub struct Backups {
    /// Those there are, the oldest first.
    pub list: Arc<dyn Fn() -> Work<Vec<Backup>> + Send + Sync>,
    /// Makes one, and checks it.
    pub make: Arc<dyn Fn() -> Work<()> + Send + Sync>,
}

impl std::fmt::Debug for Backups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backups").finish_non_exhaustive()
    }
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The moment it shows.
    pub at: Timestamp,
    /// Its file's name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// The backup that was asked for here.
#[derive(Default)]
pub(crate) struct BackingUp {
    pub(crate) under_way: AtomicBool,
    failed: Mutex<Option<String>>,
}

impl BackingUp {
    /// Why the last one could not be made.
    pub(crate) fn failed(&self) -> Option<String> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn ended(&self, how: Result<(), String>) {
        if let Err(error) = &how {
            tracing::error!(error, "a backup that was asked for could not be made");
        }
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = how.err();
        self.under_way.store(false, Ordering::SeqCst);
    }
}
