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
