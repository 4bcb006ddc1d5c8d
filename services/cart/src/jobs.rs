//! What `cart` does by itself: it forgets carts that nobody has touched for long.

use std::time::Duration;

use crate::{Carts, store};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Looks for old carts now and every hour.
pub(crate) async fn forget_old_carts(carts: Carts) {
    loop {
        if let Err(error) = sweep(&carts).await {
            tracing::warn!(%error, "old carts could not be forgotten; trying again in an hour");
        }
        tokio::time::sleep(Duration::from_secs(60 * 60)).await;
    }
}

async fn sweep(carts: &Carts) -> Result<(), emart_store::Error> {
    let now = carts.clock.now();
    let guests = now.minus(DAY * carts.config.guest_days);
    let customers = now.minus(DAY * carts.config.customer_days);
    loop {
        let forgotten = carts
            .db
            .write(move |tx| async move { store::delete_untouched(&tx, guests, customers).await })
            .await?;
        if forgotten < 1000 {
            return Ok(());
        }
    }
}
