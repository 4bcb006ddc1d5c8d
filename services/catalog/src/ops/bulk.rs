//! Many products at once: each is changed whole or not at all, and says what became of it.

use std::collections::HashSet;
use std::sync::Arc;

use emart_catalog_api::{BulkEdit, BulkOutcome, BulkResult, BulkRow, ProductEdit, ProductId};
use emart_http::AuditRecord;
use emart_inventory_api::StockItemId;
use emart_store::Tx;
use emart_types::{FieldError, Invalid};

use super::note_stock;
use crate::domain::edit::{self, Edited};
use crate::domain::product::Record;
use crate::domain::stock::{self, StockWork};
use crate::domain::written;
use crate::error::Error;
use crate::model::Batch;
use crate::store::bulk_keys::{Before, Key};
use crate::{Catalog, store};

const MOST: usize = 500;

/// What is to become of a product.
enum Planned {
    Write(Box<Write>),
    Done(BulkRow),
}

/// A product to write.
struct Write {
    record: Record,
    /// Only a count is set: the product itself stays as it is.
    only_stock: bool,
    stock: StockWork,
    audit: AuditRecord,
}

impl Catalog {
    /// Changes many products, once for each key.
    pub(crate) async fn bulk_edit(&self, edit: BulkEdit, key: Key) -> Result<BulkResult, Error> {
        check(&edit)?;
        let mut turn = self.turn().await?;
        let mut plan = Vec::with_capacity(edit.products.len());
        for edit in edit.products {
            plan.push(self.planned(edit).await?);
        }
        let (work, now) = (Arc::new((plan, key)), self.clock.now());
        let result = self
            .commit(&mut turn, move |tx| {
                let work = Arc::clone(&work);
                async move {
                    let (plan, key) = &*work;
                    match store::bulk_keys::claim(&tx, key, now).await? {
                        Before::Answered(result) => return Ok((Batch::default(), result)),
                        Before::Other => return Err(Error::KeyReused),
                        Before::Nothing => {}
                    }
                    let (batch, result) = write(&tx, plan).await?;
                    store::bulk_keys::answer(&tx, key, &result).await?;
                    Ok((batch, result))
                }
            })
            .await?;
        drop(turn);
        self.tell_inventory_soon().await;
        Ok(result)
    }

    async fn planned(&self, asked: ProductEdit) -> Result<Planned, Error> {
        let id = asked.id.clone();
        let Some(before) = self.record(&id).await? else {
            let invalid = Invalid::field("/id", "there is no such product");
            return Ok(Planned::Done(refused(&id, None, invalid)));
        };
        let snapshot = self.model.snapshot_full();
        let known = edit::Known {
            currency: self.config.currency,
            has_category: &|id| snapshot.tree.get(id).is_some(),
        };
        let Edited { record, on_hand } =
            match edit::edited(&before, asked, &known, self.clock.now()) {
                Ok(edited) => edited,
                Err(invalid) => {
                    return Ok(Planned::Done(refused(&id, Some(before.version), invalid)));
                }
            };
        let is_others = |item: &StockItemId| snapshot.has_stock_item(item.as_str());
        let stock = stock::work(&record, Some(&before), &on_hand, is_others);
        if record == before && stock.puts.is_empty() {
            let version = Some(before.version);
            let outcome = BulkOutcome::Unchanged;
            return Ok(Planned::Done(BulkRow { id, outcome, version, errors: Vec::new() }));
        }
        let audit = AuditRecord::new("product.updated", id.as_str(), &record.title);
        let mut after = written::audited(&record);
        for (variant, pieces) in record.variants.iter().zip(&on_hand) {
            if let Some(pieces) = pieces {
                let name = variant.sku.as_deref().unwrap_or(variant.id.as_str());
                after[format!("{name}: on_hand")] = (*pieces).into();
            }
        }
        let audit = audit.change(Some(&written::audited(&before)), Some(&after));
        let only_stock = record == before;
        Ok(Planned::Write(Box::new(Write { record, only_stock, stock, audit })))
    }
}

fn check(edit: &BulkEdit) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let fits = (1..=MOST).contains(&edit.products.len());
    invalid.require(fits, "/products", "must be 1 to 500");
    let mut seen = HashSet::new();
    for (at, product) in edit.products.iter().enumerate() {
        let pointer = format!("/products/{at}/id");
        invalid.require(seen.insert(&product.id), &pointer, "is there twice");
    }
    invalid.finish()
}

async fn write(tx: &Tx, plan: &[Planned]) -> Result<(Batch, BulkResult), Error> {
    let (mut batch, mut result) = (Batch::default(), BulkResult::default());
    for planned in plan {
        let row = match planned {
            Planned::Done(row) => row.clone(),
            Planned::Write(write) => write_one(tx, write, &mut batch).await?,
        };
        match row.outcome {
            BulkOutcome::Changed => result.changed += 1,
            BulkOutcome::Unchanged => result.unchanged += 1,
            BulkOutcome::Refused => result.refused += 1,
        }
        result.rows.push(row);
    }
    Ok((batch, result))
}

async fn write_one(tx: &Tx, write: &Write, batch: &mut Batch) -> Result<BulkRow, Error> {
    let Write { record, only_stock, stock, audit } = write;
    let id = record.id.clone();
    // The first statement looks at the version: another copy's change leaves all of the product as it is.
    if !only_stock && !store::products::update(tx, record).await? {
        let invalid = Invalid::field("/version", "somebody else has changed it meanwhile");
        return Ok(refused(&id, None, invalid));
    }
    batch.levels.extend(note_stock(tx, stock).await?);
    if !only_stock {
        batch.products.push(record.clone());
    }
    batch.audits.push(audit.clone());
    let version = Some(record.version);
    Ok(BulkRow { id, outcome: BulkOutcome::Changed, version, errors: Vec::new() })
}

fn refused(id: &ProductId, version: Option<i64>, Invalid(errors): Invalid) -> BulkRow {
    let errors: Vec<FieldError> = errors;
    BulkRow { id: id.clone(), outcome: BulkOutcome::Refused, version, errors }
}
