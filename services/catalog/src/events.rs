//! What `catalog` does when an event arrives.

use std::sync::Arc;

use emart_events::{Consumer, Received};
use emart_inventory_api::{StockChanged, WhenOut};
use emart_store::{Db, Tx};
use emart_types::Clock;

use crate::model::Model;
use crate::store;
use crate::store::stock::LevelRow;

/// Follows the stock.
pub(crate) fn consumer(db: Db, model: Arc<Model>, clock: Clock) -> Consumer {
    Consumer::new("catalog", db).on(move |tx: Tx, event: Received<StockChanged>| {
        let (model, now) = (Arc::clone(&model), clock.now());
        async move {
            let changed = event.payload;
            let level = LevelRow {
                item_id: changed.item_id,
                tracked: changed.tracked,
                sell_when_out: changed.when_out == WhenOut::Continue,
                available: changed.available,
            };
            store::stock::set_level(&tx, &level, now).await?;
            // Before the commit, yet true: `inventory` has committed it, and this event comes again if we do not.
            model.set_stock(&level);
            Ok::<_, emart_store::Error>(())
        }
    })
}
