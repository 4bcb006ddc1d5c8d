//! Imports that go on by themselves: the file is kept until it has been dealt with, so that a process that ends in the
//! middle leaves nothing half done; whoever looks next begins the file again, and what is in the shop already is
//! found so.

use std::time::Duration;

use bytes::Bytes;
use emart_catalog_api::{Audited, ImportReport, ImportRun, ImportRunId, ImportState};
use emart_http::{AuditRecord, Caller, Context, Problem};
use emart_store::Tx;
use serde_json::json;

use super::{Options, Pictures, Progress};
use crate::Catalog;
use crate::error::Error;
use crate::store::runs;

/// How long what became of an import can be read.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const LONGEST_NAME: usize = 200;

impl Catalog {
    /// Takes a file that is to be imported.
    pub(crate) async fn start_import(
        &self,
        csv: Bytes,
        file_name: &str,
        dry_run: bool,
    ) -> Result<ImportRun, Error> {
        let now = self.clock.now();
        let plain = |c: &char| !c.is_control();
        let run = ImportRun {
            id: ImportRunId::new(),
            file_name: file_name.chars().filter(plain).take(LONGEST_NAME).collect(),
            dry_run,
            state: ImportState::Running,
            done: 0,
            rows: 0,
            report: None,
            problem: None,
            created_at: now,
        };
        let (new, caller) = (run.clone(), caller());
        let write = move |tx: Tx| async move {
            runs::forget(&tx, now.minus(KEPT)).await?;
            runs::insert(&tx, &new, &caller, &csv).await
        };
        self.db.write(write).await?;
        self.imports.notify_one();
        Ok(run)
    }

    /// How far an import is.
    pub(crate) async fn import_run(&self, id: &ImportRunId) -> Result<ImportRun, Error> {
        let read = |tx: Tx| async move { runs::run(&tx, id).await };
        self.db.read(read).await?.ok_or(Error::NotFound)
    }

    /// Does what a preview said. Asked again, it says how far that is.
    pub(crate) async fn apply_import(&self, id: &ImportRunId) -> Result<ImportRun, Error> {
        let (wanted, caller) = (id.clone(), caller());
        let write = move |tx: Tx| async move { runs::apply(&tx, &wanted, &caller).await };
        let applied = self.db.write(write).await?;
        let run = self.import_run(id).await?;
        if !applied && (run.dry_run || run.state == ImportState::Failed) {
            return Err(Error::NotAPreview);
        }
        self.imports.notify_one();
        Ok(run)
    }

    /// Runs the import that waits longest; `false` when none does.
    pub(crate) async fn run_next_import(&self) -> Result<bool, Error> {
        let next = self.db.read(|tx| async move { runs::next(&tx).await }).await?;
        let Some(work) = next else { return Ok(false) };
        let caller: Caller = work.caller.parse().unwrap_or_else(|()| Caller::service("catalog"));
        let (told, mut heard) = tokio::sync::watch::channel(Progress { done: 0, rows: 0 });
        let options = Options { dry_run: work.dry_run, pictures: Pictures::Fetch(None) };
        let progress = move |progress| {
            // Nobody listens any more: the import has ended.
            let _ = told.send(progress);
        };
        let import = self.import_products(work.content.into(), options, progress);
        let import = Context::new(caller).scope(import);
        let note = async {
            while heard.changed().await.is_ok() {
                let Progress { done, rows } = *heard.borrow_and_update();
                let id = work.id.clone();
                let write = move |tx: Tx| async move { runs::progress(&tx, &id, done, rows).await };
                self.db.write(write).await?;
            }
            Ok::<_, Error>(())
        };
        let (ended, noted) = tokio::join!(import, note);
        noted?;
        let ended = match ended {
            // What will pass is tried again.
            Err(Error::Store(error)) if error.is_temporary() => return Err(error.into()),
            ended => ended.map_err(|error| Problem::from(&error)),
        };
        let id = work.id;
        let finish = move |tx: Tx| {
            let (id, ended) = (id.clone(), ended.clone());
            async move { runs::finish(&tx, &id, &ended).await }
        };
        self.db.write(finish).await?;
        Ok(true)
    }

    /// Tells the audit log of an import that changed something.
    pub(super) async fn audit_import(&self, report: &ImportReport) -> Result<(), Error> {
        if report.dry_run || report.created + report.updated == 0 {
            return Ok(());
        }
        let counts = json!({
            "created": report.created,
            "updated": report.updated,
            "skipped": report.skipped,
            "images": report.images,
        });
        let record = AuditRecord::new("products.imported", "products", "CSV file");
        let (record, outbox) = (record.change(None, Some(&counts)), self.outbox.clone());
        let tell = move |tx: Tx| async move { outbox.emit(&tx, &Audited(record)).await };
        Ok(self.db.write(tell).await?)
    }
}

fn caller() -> String {
    Context::current().unwrap_or_default().caller().to_string()
}
