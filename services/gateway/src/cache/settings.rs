//! Settings of the gateway's cache.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Settings of the gateway's cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheConfig {
    /// When it is used.
    pub on: CacheOn,
    /// How much memory it may take, in MiB.
    pub size_mib: u32,
    /// How long after its time an answer may stand in for a service that fails, in seconds; where the service does
    /// not say.
    pub stale_if_error_seconds: u32,
    /// How long a newer answer is waited for while an older one could be given out, in milliseconds.
    pub patience_ms: u32,
}

/// When the cache is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheOn {
    /// As soon as a service runs in another process. In one process it would only repeat what the services keep in
    /// memory themselves, and there is none that could be lost alone.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { on: CacheOn::Auto, size_mib: 64, stale_if_error_seconds: 600, patience_ms: 1000 }
    }
}

impl CacheConfig {
    pub(crate) fn check(&self, wrong: &mut Vec<String>) {
        if !(1..=65_536).contains(&self.size_mib) {
            wrong.push("cache.size_mib: must be between 1 and 65536".to_owned());
        }
        if !(10..=600_000).contains(&self.patience_ms) {
            wrong.push("cache.patience_ms: must be between 10 and 600000".to_owned());
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        u64::from(self.size_mib) << 20
    }

    pub(crate) fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms.into())
    }

    pub(crate) fn if_error(&self) -> Duration {
        Duration::from_secs(self.stale_if_error_seconds.into())
    }
}
