//! Import: products from Shopify's CSV files, a batch at a time, so that a run that ends early can be run again.

mod cells;
pub(crate) mod columns;
mod draft;
pub(crate) mod fetch;
mod merge;
mod pictures;
mod report;
mod rows;
mod runs;
mod seed;
mod text;
mod tree;
mod write;

use std::collections::HashMap;

use bytes::Bytes;
use emart_catalog_api::{ImageId, ImportReport, ProductId};
use emart_types::Currency;

use self::draft::{Draft, Note};
use self::pictures::Gatherer;
pub(crate) use self::pictures::Pictures;
use self::report::Reporter;
use self::rows::File;
use self::tree::Branches;
use crate::Catalog;
use crate::domain::handle;
use crate::domain::product::Record;
use crate::error::Error;
use crate::store;
use crate::store::products::Which;

/// Rows of a batch: one transaction, a few milliseconds.
const BATCH: usize = 400;
/// Pictures of a batch: a second or two.
const PICTURES: usize = 16;

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("a file may have at most {0} MiB")]
    TooLarge(usize),
    #[error("the file is empty")]
    Empty,
    #[error("{0}")]
    Encoding(String),
    #[error("the file is no CSV: {0}")]
    Csv(String),
    #[error("the header lacks the columns: {0}. Is it a product file?")]
    Columns(String),
    #[error("the header has the column {0} twice")]
    ColumnTwice(String),
}

/// How to import.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Writes nothing, fetches nothing, and says what it would do.
    pub(crate) dry_run: bool,
    pub(crate) pictures: Pictures,
}

/// How far an import is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub(crate) done: u64,
    pub(crate) rows: u64,
}

impl Catalog {
    /// Imports a file; tells of its progress after each batch.
    pub(crate) async fn import_products(
        &self,
        csv: Bytes,
        options: Options,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<ImportReport, Error> {
        let open = move || -> Result<File, Unreadable> {
            let (text, separator) = text::read(&csv)?;
            drop(csv);
            File::open(text, separator)
        };
        let mut file = blocking(open).await??;
        let mut run = Run::new(self, &options, file.rows);
        let (rows, mut done) = (file.rows, 0);
        progress(Progress { done, rows });
        loop {
            let currency = self.config.currency;
            let pictures = if run.gatherer.fetches() { PICTURES } else { usize::MAX };
            let parse = move || -> Result<_, Unreadable> {
                let batch = Batch::read(&mut file, pictures, currency)?;
                Ok((file, batch))
            };
            let (same_file, batch) = blocking(parse).await??;
            file = same_file;
            if batch.rows == 0 {
                break;
            }
            done += batch.rows;
            run.take(batch).await?;
            progress(Progress { done, rows });
        }
        run.gatherer.finish(&mut run.report);
        // Who imports looks for it next.
        self.search.flush().await;
        let report = run.report.finish();
        self.audit_import(&report).await?;
        Ok(report)
    }

    /// The name of a picture's own file: what stands for it in an export.
    pub(crate) fn file_name(&self, id: &ImageId) -> Option<String> {
        let image = self.model.snapshot().image(id)?;
        image.sources.last()?.url.strip_prefix("/images/").map(ToOwned::to_owned)
    }
}

/// Off the threads that serve requests.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Disk(std::io::Error::other(error)))
}

/// Some products of a file, read.
struct Batch {
    rows: u64,
    drafts: Vec<Draft>,
    skipped: Vec<(String, Note)>,
    notes: Vec<(String, Note)>,
}

impl Batch {
    fn read(file: &mut File, pictures: usize, currency: Currency) -> Result<Self, Unreadable> {
        let groups = file.batch(BATCH, pictures)?;
        let mut batch =
            Self { rows: 0, drafts: Vec::new(), skipped: Vec::new(), notes: Vec::new() };
        for mut group in groups {
            batch.rows += group.rows.len() as u64;
            let line = group.rows.first().map_or(0, |row| row.line);
            if group.handle.is_empty() {
                let title = file.columns.cell(&group.rows[0].cells, columns::Field::Title);
                if title.is_empty() {
                    let why = "it has neither a handle nor a title: whose row is it?".to_owned();
                    batch.skipped.push((String::new(), (line, why)));
                    continue;
                }
                group.handle = handle::slug(title, "product", handle::LONGEST);
            }
            let mut notes = Vec::new();
            match draft::read(&group, &file.columns, currency, &mut notes) {
                Ok(draft) => batch.drafts.push(draft),
                Err(note) => batch.skipped.push((group.handle.clone(), note)),
            }
            batch.notes.extend(notes.into_iter().map(|note| (group.handle.clone(), note)));
        }
        Ok(batch)
    }
}

/// An import under way.
struct Run<'a> {
    catalog: &'a Catalog,
    dry_run: bool,
    report: Reporter,
    gatherer: Gatherer<'a>,
    /// Handles met so far, with the line.
    handles: HashMap<String, u64>,
    /// What a dry run would have made of the tree.
    imagined: Option<Branches>,
}

impl<'a> Run<'a> {
    fn new(catalog: &'a Catalog, options: &Options, rows: u64) -> Self {
        let pictures = if options.dry_run { Pictures::Skip } else { options.pictures.clone() };
        Self {
            catalog,
            dry_run: options.dry_run,
            report: Reporter::new(options.dry_run, rows),
            gatherer: Gatherer::new(catalog, pictures),
            handles: HashMap::new(),
            imagined: None,
        }
    }

    /// Takes a batch in.
    async fn take(&mut self, batch: Batch) -> Result<(), Error> {
        for (handle, (line, why)) in batch.skipped {
            self.report.skipped(line, &handle, why);
        }
        for (handle, (line, what)) in batch.notes {
            self.report.warn(line, &handle, what);
        }
        let drafts = self.with_handles(batch.drafts);
        let drafts = self.catalog.known(drafts).await?;
        self.gatherer.gather(&drafts, &mut self.report).await?;
        let drafts = drafts.into_iter().map(|(draft, _)| draft).collect();
        self.write(drafts).await
    }

    /// Gives every draft a handle that can stand in a URL; two that would have the same are told apart by their lines.
    fn with_handles(&mut self, drafts: Vec<Draft>) -> Vec<Draft> {
        let mut kept = Vec::with_capacity(drafts.len());
        for mut draft in drafts {
            let wanted = draft.handle.clone();
            draft.handle = url_handle(&wanted);
            if let Some(line) = self.handles.get(&draft.handle) {
                let why = format!("the product on line {line} has the same handle");
                self.report.skipped(draft.line, &wanted, why);
                continue;
            }
            if draft.handle != wanted {
                let what = format!("the handle `{wanted}` became `{}`", draft.handle);
                self.report.warn(draft.line, &draft.handle, what);
            }
            self.handles.insert(draft.handle.clone(), draft.line);
            kept.push(draft);
        }
        kept
    }
}

/// A handle of a file as one of ours. Letters that cannot be written in Latin give way to a number made of them.
fn url_handle(wanted: &str) -> String {
    if handle::is_handle(wanted, handle::LONGEST) {
        return wanted.to_owned();
    }
    let slug = handle::slug(wanted, "", handle::LONGEST);
    let lost = wanted.chars().any(|c| c.is_alphabetic() && !c.is_ascii())
        && slug.len() < wanted.chars().count();
    if slug.is_empty() || lost {
        let hash = &crate::media::Media::hash(wanted.as_bytes())[..8];
        let slug = if slug.is_empty() { "product" } else { &slug[..slug.len().min(240)] };
        return format!("{}-{hash}", slug.trim_end_matches('-'));
    }
    slug
}

impl Catalog {
    /// The drafts with the products they are about, by their handles of today or before.
    async fn known(&self, drafts: Vec<Draft>) -> Result<Vec<(Draft, Option<Record>)>, Error> {
        let snapshot = self.model.snapshot_full();
        let mut known = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let entry = snapshot.find(&draft.handle);
            let before = match entry.map(|entry| entry.fixed().id.clone()) {
                Some(id) => self.record_of(&id).await?,
                None => None,
            };
            known.push((draft, before));
        }
        Ok(known)
    }

    async fn record_of(&self, id: &ProductId) -> Result<Option<Record>, Error> {
        let read = |tx| async move { store::products::products(&tx, Which::Id(id)).await };
        Ok(self.db.read(read).await?.pop())
    }
}
