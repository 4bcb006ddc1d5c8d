//! Imports that go on by themselves and can be watched.

use emart_http::Problem;
use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ImportReport;

typed_id!(
    /// An import.
    ImportRunId,
    "imp"
);

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It is under way, or about to be.
    Running,
    /// `report` says what became of it.
    Done,
    /// `problem` says why it could not be.
    Failed,
}

/// An import of a file. A preview can be applied; it is kept for a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportRun {
    /// The import.
    pub id: ImportRunId,
    /// What the file was called.
    pub file_name: String,
    /// Whether it writes nothing and says what it would do.
    pub dry_run: bool,
    /// Where it stands.
    pub state: ImportState,
    /// Rows dealt with.
    pub done: u64,
    /// Rows there are.
    pub rows: u64,
    /// What became of the file.
    pub report: Option<ImportReport>,
    /// Why it could not be read.
    pub problem: Option<Problem>,
    /// When it was sent.
    pub created_at: Timestamp,
}
