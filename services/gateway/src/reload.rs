//! Other settings while the door is open. Each set of settings has a door of its own; what has to go on (what is kept,
//! what is counted, who is inside) is shared by them. Requests under way end behind the door they came through.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::config::Config;
use crate::door::Door;

/// Changes the settings of an open gateway. Clones are handles to the same one.
#[derive(Clone)]
pub struct Reload(Arc<ArcSwap<Door>>);

impl std::fmt::Debug for Reload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Reload").finish_non_exhaustive()
    }
}

impl Reload {
    pub(crate) fn new(door: Door) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(door)))
    }

    pub(crate) fn current(&self) -> Arc<Door> {
        self.0.load_full()
    }

    /// Takes other settings for the requests that come from now on. Settings that cannot work are refused, and those
    /// in effect stay.
    pub fn apply(&self, config: &Config) -> anyhow::Result<()> {
        let door = self.current().with(config)?;
        self.0.store(Arc::new(door));
        Ok(())
    }
}
