//! Stock-takes: what people counted, against what the books say.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::StockItemId;

/// What becomes of a row that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// The books said something else.
    Changed,
    /// It cannot be taken; `message` says why.
    Refused,
}

/// A row of a stock-take that is not as the books have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenRow {
    /// The line of the file, the header being line 1.
    pub line: u64,
    /// As the file has it.
    pub sku: String,
    /// What people call the item.
    pub title: Option<String>,
    /// The item, where it is known.
    pub item_id: Option<StockItemId>,
    /// What becomes of it.
    pub outcome: Counted,
    /// Pieces in the house by the books.
    pub before: Option<i64>,
    /// Pieces counted.
    pub counted: Option<i64>,
    /// Why, for a row that is refused.
    pub message: String,
}

/// What a stock-take changes, or has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockTake {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Rows with something in them, the header not counted.
    pub rows: u64,
    /// Items whose count changes.
    pub changed: u64,
    /// Items that are as the books have them.
    pub same: u64,
    /// Rows that cannot be taken.
    pub refused: u64,
    /// Every row that changes something or is refused.
    pub items: Vec<TakenRow>,
}
