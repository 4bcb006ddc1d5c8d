//! What `inventory` does by itself: it gives back what checkouts have held too long.

use std::time::Duration;

use crate::Inventory;
use crate::error::Error;

/// Looks for reservations that have run out, now and ever again.
pub(crate) async fn release_expired(inventory: Inventory, every: Duration) {
    loop {
        if let Err(error) = sweep(&inventory).await {
            tracing::warn!(%error, "expired reservations could not be released; trying again");
        }
        tokio::time::sleep(every).await;
    }
}

/// Lets the items that have no threshold of their own follow the setting, where it is another than at the last start.
pub(crate) async fn follow_low_stock(inventory: Inventory) {
    if let Err(error) = inventory.follow_low_stock().await {
        tracing::warn!(%error, "the threshold of low stock could not be set; the next start tries again");
    }
}

async fn sweep(inventory: &Inventory) -> Result<(), Error> {
    while inventory.release_expired().await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use emart_events::Host;
    use emart_inventory_api::{
        KeyedPut, NewReservation, PutStockItem, ReservationLine, StockItemId, WhenOut,
    };
    use emart_telemetry::Metrics;
    use emart_testkit::stores;
    use emart_types::{Clock, Timestamp};

    use super::*;
    use crate::{MIGRATIONS, store};

    #[tokio::test]
    async fn a_look_gives_back_all_that_has_run_out_and_nothing_else() {
        for store in stores().await {
            let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
            let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
            let db = host.open("inventory", MIGRATIONS).await.unwrap();
            let outbox = host.outbox("inventory", &db);
            let inventory = Inventory { db, outbox, clock: clock.clone(), low_stock: 5 };
            let id = StockItemId::new();
            let (sku, tracked, when_out, on_hand) = (None, true, WhenOut::Deny, Some(1000));
            let put = PutStockItem { id: id.clone(), sku, tracked, when_out, on_hand };
            inventory
                .put_items(vec![KeyedPut { put, title: None, count_key: None }])
                .await
                .unwrap();
            // More than one look takes up at once, and one that has time left.
            for (n, ttl_seconds) in (0..150).map(|n| (n, if n == 0 { 3600 } else { 60 })) {
                let line = ReservationLine { item_id: id.clone(), quantity: 2 };
                let (reference, lines) = (format!("chk_{n}"), vec![line]);
                inventory.reserve(NewReservation { reference, lines, ttl_seconds }).await.unwrap();
            }
            for (seconds, reserved) in [(59, 300), (1, 2)] {
                clock.advance(Duration::from_secs(seconds));
                sweep(&inventory).await.unwrap();
                let (db, id) = (&inventory.db, id.clone());
                let read = |tx| async move { store::items::item(&tx, &id).await };
                assert_eq!(db.read(read).await.unwrap().unwrap().reserved, reserved);
            }
        }
    }
}
