//! Making, replacing and deleting products.

use std::sync::Arc;

use emart_catalog_api::{ImageId, ProductId, ProductPatch, PutProduct};
use emart_inventory_api::StockItemId;
use emart_store::Tx;

use super::note_stock;
use crate::domain::check::{self, Known};
use crate::domain::handle;
use crate::domain::patch;
use crate::domain::product::Record;
use crate::domain::stock::{self, StockWork};
use crate::error::Error;
use crate::model::Batch;
use crate::store::products::Which;
use crate::{Catalog, store};

/// Handles that are tried before giving up: `mug`, `mug-2`, …
const HANDLES: usize = 1000;

impl Catalog {
    /// Makes a product.
    pub(crate) async fn create_product(&self, put: PutProduct) -> Result<ProductId, Error> {
        let mut turn = self.turn().await?;
        let chosen = put.handle.is_some();
        let (record, work) = self.checked(put, None)?;
        let id = record.id.clone();
        let new = Arc::new((record, work));
        self.commit(&mut turn, move |tx| {
            let new = Arc::clone(&new);
            async move { insert(&tx, &new.0, &new.1, chosen).await }
        })
        .await?;
        drop(turn);
        self.tell_inventory_soon().await;
        Ok(id)
    }

    /// Replaces a product, if it still has the version that `is_seen` accepts.
    pub(crate) async fn replace_product(
        &self,
        id: &ProductId,
        put: PutProduct,
        is_seen: impl FnOnce(i64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let before = self.record(id).await?.ok_or(Error::NotFound)?;
        is_seen(before.version)?;
        let (record, work) = self.checked(put, Some(&before))?;
        let change = Arc::new((before, record, work));
        self.commit(&mut turn, move |tx| {
            let change = Arc::clone(&change);
            async move { update(&tx, &change.0, &change.1, &change.2).await }
        })
        .await?;
        drop(turn);
        self.tell_inventory_soon().await;
        Ok(())
    }

    /// Changes a product, whatever version it has: nothing else of it is touched.
    pub(crate) async fn patch_product(
        &self,
        id: &ProductId,
        patch: ProductPatch,
    ) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let before = self.record(id).await?.ok_or(Error::NotFound)?;
        let snapshot = self.model.snapshot_full();
        let known = patch::Known {
            currency: self.config.currency,
            image_alt: patch.image_id.as_ref().map(|id| snapshot.image(id).map(|image| image.alt)),
            has_category: patch
                .category_id
                .as_ref()
                .is_none_or(|id| snapshot.tree.get(id).is_some()),
        };
        let after = patch::patched(&before, patch, known, self.clock.now())?;
        let change = Arc::new((before, after));
        self.commit(&mut turn, move |tx| {
            let change = Arc::clone(&change);
            async move { update(&tx, &change.0, &change.1, &StockWork::default()).await }
        })
        .await
    }

    /// Deletes a product. Orders keep what they have written down of it.
    pub(crate) async fn delete_product(&self, id: &ProductId) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let id = id.clone();
        self.commit(&mut turn, move |tx| {
            let id = id.clone();
            async move {
                if !store::products::delete(&tx, &id).await? {
                    return Err(Error::NotFound);
                }
                Ok((Batch { deleted: vec![id], ..Batch::default() }, ()))
            }
        })
        .await
    }

    async fn record(&self, id: &ProductId) -> Result<Option<Record>, Error> {
        let read = |tx| async move { store::products::products(&tx, Which::Id(id)).await };
        Ok(self.db.read(read).await?.pop())
    }

    fn checked(
        &self,
        put: PutProduct,
        before: Option<&Record>,
    ) -> Result<(Record, StockWork), Error> {
        let snapshot = self.model.snapshot_full();
        let image_alt = |id: &ImageId| snapshot.image(id).map(|image| image.alt);
        let has_stock_item = |item: &StockItemId| snapshot.has_stock_item(item.as_str());
        let known = Known {
            currency: self.config.currency,
            image_alt: &image_alt,
            has_category: &|id| snapshot.tree.get(id).is_some(),
            has_stock_item: &has_stock_item,
        };
        let on_hand: Vec<_> = put.variants.iter().map(|variant| variant.on_hand).collect();
        let record = check::product(put, before, &known, self.clock.now())?;
        let work = stock::work(&record, before, &on_hand, has_stock_item);
        Ok((record, work))
    }
}

pub(super) async fn insert(
    tx: &Tx,
    new: &Record,
    work: &StockWork,
    chosen: bool,
) -> Result<(Batch, ()), Error> {
    let mut product = new.clone();
    let mut number = 1;
    while store::handles::is_taken(tx, &product.handle).await? {
        number += 1;
        if chosen || number > HANDLES {
            return Err(Error::HandleTaken(product.handle));
        }
        product.handle = handle::numbered(&new.handle, number, handle::LONGEST);
    }
    if !store::products::insert(tx, &product).await? {
        return Err(Error::HandleTaken(product.handle));
    }
    let levels = note_stock(tx, work).await?;
    Ok((Batch { products: vec![product], levels, ..Batch::default() }, ()))
}

async fn update(
    tx: &Tx,
    before: &Record,
    after: &Record,
    work: &StockWork,
) -> Result<(Batch, ()), Error> {
    if after.handle != before.handle {
        if store::handles::is_taken(tx, &after.handle).await? {
            return Err(Error::HandleTaken(after.handle.clone()));
        }
        store::handles::move_handle(tx, &after.id, &before.handle, &after.handle).await?;
    }
    if !store::products::update(tx, after).await? {
        return Err(Error::Contended);
    }
    let levels = note_stock(tx, work).await?;
    Ok((Batch { products: vec![after.clone()], levels, ..Batch::default() }, ()))
}
