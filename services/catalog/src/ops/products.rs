//! Making, replacing and deleting products.

use std::sync::Arc;

use emart_catalog_api::{ImageId, ProductId, ProductPatch, PutProduct};
use emart_http::AuditRecord;
use emart_inventory_api::StockItemId;
use emart_store::Tx;

use super::note_stock;
use crate::domain::check::{self, Known};
use crate::domain::handle;
use crate::domain::patch;
use crate::domain::product::Record;
use crate::domain::stock::{self, StockWork};
use crate::domain::written;
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
        let audit = AuditRecord::new("product.created", id.as_str(), &record.title);
        let audit = audit.change(None, Some(&written::in_short(&record)));
        let new = Arc::new((record, work, audit));
        self.commit(&mut turn, move |tx| {
            let new = Arc::clone(&new);
            async move {
                let (batch, ()) = insert(&tx, &new.0, &new.1, chosen).await?;
                Ok((Batch { audits: vec![new.2.clone()], ..batch }, ()))
            }
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
        let change = Arc::new(Change::new(before, record, work));
        self.commit(&mut turn, move |tx| {
            let change = Arc::clone(&change);
            async move { update(&tx, &change).await }
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
        let is_others = |item: &StockItemId| snapshot.has_stock_item(item.as_str());
        let none = vec![None; after.variants.len()];
        let work = stock::work(&after, Some(&before), &none, is_others);
        let change = Arc::new(Change::new(before, after, work));
        self.commit(&mut turn, move |tx| {
            let change = Arc::clone(&change);
            async move { update(&tx, &change).await }
        })
        .await?;
        drop(turn);
        self.tell_inventory_soon().await;
        Ok(())
    }

    /// Deletes a product. Orders keep what they have written down of it.
    pub(crate) async fn delete_product(&self, id: &ProductId) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let before = self.record(id).await?.ok_or(Error::NotFound)?;
        let audit = AuditRecord::new("product.deleted", id.as_str(), &before.title);
        let audit = audit.change(Some(&written::in_short(&before)), None);
        let gone = Arc::new((id.clone(), audit));
        self.commit(&mut turn, move |tx| {
            let gone = Arc::clone(&gone);
            async move {
                if !store::products::delete(&tx, &gone.0).await? {
                    return Err(Error::NotFound);
                }
                let (deleted, audits) = (vec![gone.0.clone()], vec![gone.1.clone()]);
                Ok((Batch { deleted, audits, ..Batch::default() }, ()))
            }
        })
        .await
    }

    pub(super) async fn record(&self, id: &ProductId) -> Result<Option<Record>, Error> {
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

/// A product that is written over what it was.
pub(super) struct Change {
    before: Record,
    after: Record,
    stock: StockWork,
    audit: AuditRecord,
}

impl Change {
    pub(super) fn new(before: Record, after: Record, stock: StockWork) -> Self {
        let audit = AuditRecord::new("product.updated", after.id.as_str(), &after.title);
        let (was, is) = (written::audited(&before), written::audited(&after));
        Self { before, after, stock, audit: audit.change(Some(&was), Some(&is)) }
    }
}

pub(super) async fn update(tx: &Tx, change: &Change) -> Result<(Batch, ()), Error> {
    let Change { before, after, stock, audit } = change;
    if after.handle != before.handle {
        if store::handles::is_taken(tx, &after.handle).await? {
            return Err(Error::HandleTaken(after.handle.clone()));
        }
        store::handles::move_handle(tx, &after.id, &before.handle, &after.handle).await?;
    }
    if !store::products::update(tx, after).await? {
        return Err(Error::Contended);
    }
    let levels = note_stock(tx, stock).await?;
    let audits = if audit.is_empty() { Vec::new() } else { vec![audit.clone()] };
    Ok((Batch { products: vec![after.clone()], levels, audits, ..Batch::default() }, ()))
}
