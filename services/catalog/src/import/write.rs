//! Writing a batch: what is new, what differs, and nothing else, in one transaction.

use std::sync::Arc;

use emart_catalog_api::{ImageId, ImportAction};
use emart_inventory_api::StockItemId;
use emart_store::Tx;

use super::Run;
use super::draft::Draft;
use super::merge::{World, merge};
use super::tree::Branches;
use crate::copies::Copies;
use crate::domain::category::CategoryRecord;
use crate::domain::product::Record;
use crate::domain::stock::{self, StockWork};
use crate::error::Error;
use crate::model::Batch as Changes;
use crate::ops::note_stock;
use crate::store;

/// How often a batch is compared again when another copy of the service was quicker.
const TRIES: usize = 5;

/// A product to write.
struct Write {
    record: Record,
    is_new: bool,
    stock: StockWork,
}

impl Run<'_> {
    /// Compares the drafts with what is there and writes the differences.
    pub(super) async fn write(&mut self, drafts: Vec<Draft>) -> Result<(), Error> {
        let mut drafts = Some(drafts);
        for tries_left in (0..TRIES).rev() {
            let mut turn = self.catalog.turn().await?;
            // Only another copy of the service can be quicker: where there is none, nothing is kept for a second try.
            let again = (turn.are_several() && tries_left > 0)
                .then(|| (drafts.clone(), self.report.clone()));
            match self.try_to_write(&mut turn, drafts.take().unwrap_or_default()).await {
                Err(error) if again.is_some() && was_slower(&error) => {
                    tracing::debug!(%error, "another copy was quicker; the batch is compared again");
                }
                done => {
                    done?;
                    break;
                }
            }
            (drafts, self.report) = again.unwrap_or_default();
        }
        if !self.dry_run {
            self.catalog.tell_inventory_soon().await;
        }
        Ok(())
    }

    async fn try_to_write(&mut self, turn: &mut Copies, drafts: Vec<Draft>) -> Result<(), Error> {
        let catalog = self.catalog;
        let known = catalog.known(drafts).await?;
        let mut branches = match self.imagined.take() {
            Some(imagined) => imagined,
            None => Branches::new(catalog.model.snapshot().tree.records().cloned().collect()),
        };
        let writes = self.compare(known, &mut branches);
        if self.dry_run {
            self.imagined = Some(branches);
            return Ok(());
        }
        if !writes.is_empty() {
            self.commit(turn, writes, branches).await?;
        }
        Ok(())
    }

    /// What is to be written; the rest is reported.
    fn compare(
        &mut self,
        known: Vec<(Draft, Option<Record>)>,
        branches: &mut Branches,
    ) -> Vec<Write> {
        let catalog = self.catalog;
        let snapshot = catalog.model.snapshot_full();
        let now = catalog.clock.now();
        let file_name = |id: &ImageId| catalog.file_name(id);
        let world = World { taken: &self.gatherer.taken, file_name: &file_name, now };
        let is_others = |item: &StockItemId| snapshot.has_stock_item(item.as_str());
        let mut writes = Vec::new();
        for (draft, before) in known {
            let (handle, before) = (draft.handle.clone(), before.as_ref());
            let merged = match merge(draft, handle.clone(), before, branches, &world) {
                Ok(merged) => merged,
                Err((line, why)) => {
                    self.report.skipped(line, &handle, why);
                    continue;
                }
            };
            let mut record = merged.record;
            let stock = stock::work(&record, before, &merged.on_hand, is_others);
            let action = match before {
                None => ImportAction::Created,
                Some(before) if *before == record && stock.puts.is_empty() => {
                    ImportAction::Unchanged
                }
                Some(before) => {
                    record.version = before.version + 1;
                    record.updated_at = now;
                    ImportAction::Updated
                }
            };
            self.report.done(action);
            if action != ImportAction::Unchanged {
                writes.push(Write { record, is_new: before.is_none(), stock });
            }
        }
        writes
    }

    async fn commit(
        &self,
        turn: &mut Copies,
        writes: Vec<Write>,
        branches: Branches,
    ) -> Result<(), Error> {
        let work = Arc::new((writes, branches.new_ones().to_vec()));
        self.catalog
            .commit(turn, move |tx| {
                let work = Arc::clone(&work);
                async move { Ok((commit(&tx, &work.0, &work.1).await?, ())) }
            })
            .await
    }
}

/// Whether another copy of the service has written between the comparison and the commit.
fn was_slower(error: &Error) -> bool {
    match error {
        Error::Contended | Error::SlugTaken(_) => true,
        Error::Store(error) => error.is_foreign_key_violation(),
        _ => false,
    }
}

async fn commit(tx: &Tx, writes: &[Write], new: &[CategoryRecord]) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    if !new.is_empty() {
        let mut all = store::categories::lock_tree(tx).await?;
        for category in new {
            if !store::categories::insert(tx, category).await? {
                return Err(Error::SlugTaken(category.slug.clone()));
            }
            all.push(category.clone());
        }
        changes.categories = Some(all);
    }
    for Write { record, is_new, stock } in writes {
        let done = if *is_new {
            store::products::insert(tx, record).await?
        } else {
            store::products::update(tx, record).await?
        };
        if !done {
            return Err(Error::Contended);
        }
        changes.levels.extend(note_stock(tx, stock).await?);
        changes.products.push(record.clone());
    }
    Ok(changes)
}
