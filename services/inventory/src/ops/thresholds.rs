//! From how many pieces on an item is low.

use emart_http::AuditRecord;
use emart_inventory_api::{Audited, PutThreshold, StockItem, StockItemId};
use emart_store::Tx;
use emart_types::Invalid;
use serde_json::json;

use super::stock::seen;
use crate::domain::MOST_PIECES;
use crate::domain::item::Item;
use crate::error::Error;
use crate::{Inventory, store};

impl Inventory {
    /// Says it of one item, or lets it follow the setting again.
    pub(crate) async fn put_threshold(
        &self,
        id: StockItemId,
        put: PutThreshold,
    ) -> Result<StockItem, Error> {
        let fits = put.low_at.is_none_or(|pieces| (0..=MOST_PIECES).contains(&pieces));
        if !fits {
            return Err(Invalid::field("/low_at", "must be from 0 to 1000000000").into());
        }
        let record = AuditRecord::new("stock.threshold_set", id.as_str(), "");
        let (outbox, now, default) = (self.outbox.clone(), self.clock.now(), self.low_stock);
        self.write(move |tx| {
            let (id, outbox, mut record) = (id.clone(), outbox.clone(), record.clone());
            async move {
                let before = store::items::lock(&tx, &id).await?.ok_or(Error::NotFound)?;
                let (low_at, low_own) = (put.low_at.unwrap_or(default), put.low_at.is_some());
                if (before.low_at, before.low_own) == (low_at, low_own) {
                    return seen(&tx, before).await;
                }
                let version = before.version + 1;
                let after = Item { low_at, low_own, version, updated_at: now, ..before.clone() };
                store::items::update(&tx, std::slice::from_ref(&after)).await?;
                after.label().clone_into(&mut record.label);
                let state = |item: &Item| json!({ "low_at": item.low_own.then_some(item.low_at) });
                let record = record.change(Some(&state(&before)), Some(&state(&after)));
                outbox.emit(&tx, &Audited(record)).await?;
                seen(&tx, after).await
            }
        })
        .await
    }

    /// Lets all items without a threshold of their own follow the setting, a thousand at a time.
    pub(crate) async fn follow_low_stock(&self) -> Result<(), Error> {
        let low_at = self.low_stock;
        let read = |tx: Tx| async move { store::thresholds::applied(&tx).await };
        if self.db.read(read).await? == low_at {
            return Ok(());
        }
        let mut after = Some(String::new());
        while let Some(from) = after {
            let follow =
                move |tx: Tx| async move { store::thresholds::follow(&tx, &from, low_at).await };
            after = self.db.write(follow).await?;
        }
        let done = move |tx: Tx| async move { store::thresholds::set_applied(&tx, low_at).await };
        Ok(self.db.write(done).await?)
    }
}
