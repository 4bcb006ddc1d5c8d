//! What runs by itself.

use std::sync::Arc;
use std::time::Duration;

use crate::Catalog;

/// How long `inventory` may stay untold of what a crash or an outage kept from it.
const EVERY: Duration = Duration::from_secs(10);

/// Tells `inventory` what it has not been told yet, at start and from then on.
pub(crate) async fn tell_inventory(catalog: Arc<Catalog>) {
    loop {
        if let Err(error) = catalog.tell_inventory().await {
            tracing::warn!(%error, "inventory could not be told of new counts; trying again");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// How late a product may go on sale by itself.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);
/// How long an import waits that another copy of the service was asked for.
const IMPORTS_EVERY: Duration = Duration::from_secs(2);
/// The wait after what failed.
const RETRY: Duration = Duration::from_secs(30);

/// Publishes what is due and takes back what has had its time, from now on.
pub(crate) async fn publish_due(catalog: Arc<Catalog>) {
    loop {
        match catalog.publish_due().await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(PUBLISH_EVERY).await,
            Err(error) => {
                tracing::warn!(%error, "scheduled products could not be published; trying again");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

/// Runs imports as they come, one at a time.
pub(crate) async fn run_imports(catalog: Arc<Catalog>) {
    loop {
        let asked = catalog.imports.notified();
        match Box::pin(catalog.run_next_import()).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "an import could not be run; trying again"),
        }
        tokio::select! {
            () = asked => {}
            () = tokio::time::sleep(IMPORTS_EVERY) => {}
        }
    }
}

/// Tells `inventory` the titles of products from before it knew any, once.
pub(crate) async fn tell_titles(catalog: Arc<Catalog>) {
    loop {
        match catalog.tell_some_titles().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "inventory could not be told of titles; trying again");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
