//! Taking in what was made elsewhere, with the ids it is to have. What is here already stays as it is: taken in twice, or
//! again after a run that broke off, nothing is there twice.

use std::collections::HashSet;
use std::sync::Arc;

use emart_catalog_api::{
    CatalogBatch, CatalogOutcome, CatalogOutcomes, CategoryId, ImageId, MovedCategory, MovedProduct,
};
use emart_inventory_api::StockItemId;
use emart_store::Tx;
use emart_types::Invalid;

use super::categories::free_slug;
use super::products;
use crate::domain::category::{self, CategoryRecord};
use crate::domain::check::{self, Known};
use crate::domain::product::Record;
use crate::domain::stock::{self, StockWork};
use crate::error::Error;
use crate::model::{Batch, Snapshot};
use crate::{Catalog, store};

/// What is to be written of a batch.
struct Work {
    /// The whole tree, with what the batch adds to it.
    tree: Vec<CategoryRecord>,
    new_categories: Vec<CategoryRecord>,
    products: Vec<(Record, StockWork, bool)>,
}

impl Catalog {
    /// Takes a batch in, in one transaction, or says what would become of it.
    pub(crate) async fn put_batch(&self, batch: CatalogBatch) -> Result<CatalogOutcomes, Error> {
        let mut turn = self.turn().await?;
        let snapshot = self.model.snapshot_full();
        let tree = snapshot.tree.records().cloned().collect();
        let mut work = Work { tree, new_categories: Vec::new(), products: Vec::new() };
        let categories = batch.categories.into_iter();
        let categories: Vec<_> = categories.map(|moved| work.category(moved)).collect();
        let mut seen = HashSet::new();
        let products = batch.products.into_iter();
        let products = products.map(|moved| {
            if !seen.insert(moved.id.clone()) {
                return CatalogOutcome::Refused { reason: "is there twice".to_owned() };
            }
            work.product(moved, self, &snapshot)
        });
        let outcomes = CatalogOutcomes { categories, products: products.collect() };
        if batch.dry_run || (work.new_categories.is_empty() && work.products.is_empty()) {
            return Ok(outcomes);
        }
        let work = Arc::new(work);
        self.commit(&mut turn, move |tx| {
            let work = Arc::clone(&work);
            async move { Ok((write(&tx, &work).await?, ())) }
        })
        .await?;
        drop(turn);
        self.tell_inventory_soon().await;
        Ok(outcomes)
    }
}

impl Work {
    fn category(&mut self, moved: MovedCategory) -> CatalogOutcome {
        let MovedCategory { id, category: put } = moved;
        if let Some(known) = self.tree.iter().find(|known| known.id == id) {
            return CatalogOutcome::Unchanged { has_image: known.image_id.is_some() };
        }
        let (name, parent) = (put.name.trim(), &put.parent_id);
        let same = |known: &&CategoryRecord| known.name == name && known.parent_id == *parent;
        if let Some(same) = self.tree.iter().find(same) {
            return CatalogOutcome::Same { id: same.id.clone() };
        }
        let record = category::check(&put).and_then(|mut record| {
            record.id = id;
            record.slug = free_slug(&record.slug, &self.tree);
            category::check_place(&record, &self.tree).map(|()| record)
        });
        match record {
            Err(invalid) => refused(&invalid),
            Ok(record) => {
                self.tree.push(record.clone());
                self.new_categories.push(record);
                CatalogOutcome::Created
            }
        }
    }

    fn product(
        &mut self,
        moved: MovedProduct,
        catalog: &Catalog,
        snapshot: &Snapshot,
    ) -> CatalogOutcome {
        if let Some(known) = snapshot.product(moved.id.as_str()) {
            return CatalogOutcome::Unchanged { has_image: !known.fixed().images.is_empty() };
        }
        let image_alt = |id: &ImageId| snapshot.image(id).map(|image| image.alt);
        let has_stock_item = |item: &StockItemId| snapshot.has_stock_item(item.as_str());
        let known = Known {
            currency: catalog.config.currency,
            image_alt: &image_alt,
            has_category: &|id: &CategoryId| self.tree.iter().any(|known| known.id == *id),
            has_stock_item: &has_stock_item,
        };
        let on_hand: Vec<_> = moved.product.variants.iter().map(|v| v.on_hand).collect();
        let chosen = moved.product.handle.is_some();
        match record(moved, &known) {
            Err(invalid) => refused(&invalid),
            Ok(record) => {
                let stock = stock::work(&record, None, &on_hand, has_stock_item);
                self.products.push((record, stock, chosen));
                CatalogOutcome::Created
            }
        }
    }
}

fn record(moved: MovedProduct, known: &Known<'_>) -> Result<Record, Invalid> {
    let mut record = check::product(moved.product, None, known, moved.updated_at)?;
    if record.variants.len() != moved.variant_ids.len() {
        return Err(Invalid::field("/variant_ids", "must be one for each variant"));
    }
    record.id = moved.id;
    record.created_at = moved.created_at;
    for (variant, id) in record.variants.iter_mut().zip(moved.variant_ids) {
        variant.id = id;
    }
    Ok(record)
}

fn refused(invalid: &Invalid) -> CatalogOutcome {
    CatalogOutcome::Refused { reason: invalid.to_string() }
}

async fn write(tx: &Tx, work: &Work) -> Result<Batch, Error> {
    let mut all = Batch::default();
    if !work.new_categories.is_empty() {
        let mut tree = store::categories::lock_tree(tx).await?;
        for category in &work.new_categories {
            if !store::categories::insert(tx, category).await? {
                return Err(Error::SlugTaken(category.slug.clone()));
            }
            tree.push(category.clone());
        }
        all.categories = Some(tree);
    }
    for (record, stock, chosen) in &work.products {
        let (batch, ()) = products::insert(tx, record, stock, *chosen).await?;
        all.products.extend(batch.products);
        all.levels.extend(batch.levels);
    }
    Ok(all)
}
