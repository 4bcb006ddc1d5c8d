//! Import: what became of a CSV file, row by row.

use std::path::Path;

use emart_http::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of a product of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportAction {
    /// It is new.
    Created,
    /// It was there and changed.
    Updated,
    /// It was there, just so.
    Unchanged,
    /// It was left out; `message` says why.
    Skipped,
    /// It was taken, but something in it was left out or mended; `message` says what.
    Warning,
}

/// A line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportRow {
    /// The line of the file on which the row begins, the header being line 1.
    pub line: u64,
    /// The product's handle, as far as it could be read.
    pub handle: String,
    /// What became of it.
    pub action: ImportAction,
    /// Why, for `skipped` and `warning`.
    pub message: String,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Whether nothing was written (`dry_run`).
    pub dry_run: bool,
    /// Rows read, the header not counted.
    pub rows: u64,
    /// Products made.
    pub created: u64,
    /// Products changed.
    pub updated: u64,
    /// Products that were there just so.
    pub unchanged: u64,
    /// Products left out.
    pub skipped: u64,
    /// Pictures taken in.
    pub images: u64,
    /// What deserves a look: skipped products and warnings; at most 1,000 lines.
    pub messages: Vec<ImportRow>,
    /// Messages beyond those.
    pub more_messages: u64,
}

/// A line of what a long import says while it works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportLine {
    /// How far it is.
    Progress {
        /// Rows dealt with.
        done: u64,
        /// Rows there are.
        rows: u64,
    },
    /// The end.
    Report(Box<ImportReport>),
    /// The end, for a reason.
    Problem(Box<Problem>),
}

/// How a command on the store's machine imports.
#[derive(Debug, Clone, Default)]
pub struct ImportSource<'a> {
    /// Writes nothing and says what it would do.
    pub dry_run: bool,
    /// Leaves pictures for a later run.
    pub skip_images: bool,
    /// A folder on the store's machine in which pictures are looked for before the web is asked.
    pub image_folder: Option<&'a Path>,
}
