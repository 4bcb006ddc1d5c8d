//! Backups as the back office has them: those there are, and one made now.

use std::path::Path;
use std::sync::Arc;

use emart_admin::{Backup, Backups, Work};
use emart_events::Host;
use tokio::task::spawn_blocking;

use super::schedule;
use crate::config::Config;

/// The backups of this store; `None` where a database server or several processes keep its data.
pub(crate) fn of_this_store(config: &Config, host: &Host) -> Option<Backups> {
    if config.store.postgres_url.is_some() || config.is_split() {
        return None;
    }
    let place = config.backup.place(&config.data);
    let list = move || -> Work<Vec<Backup>> {
        let place = place.clone();
        Box::pin(async move {
            let found = spawn_blocking(move || found(&place)).await;
            found.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
        })
    };
    let (config, host) = (config.clone(), host.clone());
    let make = move || -> Work<()> {
        let (config, host) = (config.clone(), host.clone());
        Box::pin(async move {
            let taken = Box::pin(schedule::take(&config, &host)).await;
            taken.map_err(|error| format!("{error:#}"))
        })
    };
    Some(Backups { list: Arc::new(list), make: Arc::new(make) })
}

fn found(place: &Path) -> std::io::Result<Vec<Backup>> {
    if !place.exists() {
        return Ok(Vec::new());
    }
    let mut backups = Vec::new();
    for (at, path) in schedule::archives(place)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        // One may be removed while this looks.
        let Ok(file) = std::fs::metadata(&path) else { continue };
        backups.push(Backup { at, name: name.unwrap_or_default(), bytes: file.len() });
    }
    Ok(backups)
}
