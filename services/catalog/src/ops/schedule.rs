//! Products that go on sale and come off it by themselves, and telling `inventory` what people call their items.

use std::sync::Arc;

use emart_catalog_api::{ProductId, Status};
use emart_store::Tx;
use emart_types::Timestamp;

use super::note_stock;
use super::products::{Change, update};
use crate::domain::product::Record;
use crate::domain::stock::{self, StockWork};
use crate::error::Error;
use crate::model::Batch;
use crate::store::products::Which;
use crate::{Catalog, store};

/// Products at a time.
const AT_ONCE: u32 = 100;

impl Catalog {
    /// Publishes and takes back what is due; returns whether there may be more.
    pub(crate) async fn publish_due(&self) -> Result<bool, Error> {
        let now = self.clock.now();
        let read = move |tx: Tx| async move { store::products::due(&tx, now, AT_ONCE).await };
        let ids = self.db.read(read).await?;
        for id in &ids {
            let Ok(id) = id.parse::<ProductId>() else { continue };
            match self.follow_schedule(&id, now).await {
                // Somebody was quicker; the next look sees what is left to do.
                Err(Error::Contended) => {}
                done => done?,
            }
        }
        Ok(ids.len() >= AT_ONCE as usize)
    }

    async fn follow_schedule(&self, id: &ProductId, now: Timestamp) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let Some(before) = self.record(id).await? else { return Ok(()) };
        let after = scheduled(&before, now);
        if after == before {
            return Ok(());
        }
        let change = Arc::new(Change::new(before, after, StockWork::default()));
        self.commit(&mut turn, move |tx| {
            let change = Arc::clone(&change);
            async move { update(&tx, &change).await }
        })
        .await
    }

    /// Tells `inventory` the titles of some products from before it knew any; returns whether there may be more.
    pub(crate) async fn tell_some_titles(&self) -> Result<bool, Error> {
        let read = |tx: Tx| async move {
            let Some(after) = store::titles::told(&tx).await? else { return Ok(None) };
            store::products::products(&tx, Which::After(&after, AT_ONCE)).await.map(Some)
        };
        let products: Option<Vec<Record>> = self.db.read(read).await?;
        let Some(products) = products else { return Ok(false) };
        let is_last = products.len() < AT_ONCE as usize;
        let mut turn = self.turn().await?;
        self.commit(&mut turn, move |tx| {
            let products = products.clone();
            async move {
                for product in &products {
                    note_stock(&tx, &stock::titles(product)).await?;
                }
                let last = products.last().filter(|_| !is_last).map(|last| last.id.as_str());
                store::titles::set_told(&tx, last).await?;
                Ok((Batch::default(), ()))
            }
        })
        .await?;
        drop(turn);
        self.tell_inventory_soon().await;
        Ok(!is_last)
    }
}

/// The product as its schedule wants it by now.
fn scheduled(before: &Record, now: Timestamp) -> Record {
    let mut after = before.clone();
    if before.publish_at.is_some_and(|at| at <= now) {
        after.publish_at = None;
        if before.status == Status::Draft {
            after.status = Status::Active;
        }
    }
    if before.unpublish_at.is_some_and(|at| at <= now) {
        after.unpublish_at = None;
        if after.status == Status::Active {
            after.status = Status::Draft;
        }
    }
    if after != *before {
        (after.version, after.updated_at) = (before.version + 1, now);
    }
    after
}
