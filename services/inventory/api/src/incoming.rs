//! Pieces on their way from suppliers.

use emart_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{IncomingId, StockItemId};

/// Pieces that are expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncoming {
    /// The item.
    pub item_id: StockItemId,
    /// Pieces.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub quantity: i64,
    /// The day: `2026-12-24`.
    pub expected_on: String,
    /// The purchase order, the supplier: at most 100 characters.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub reference: String,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncomingState {
    /// It is expected.
    Open,
    /// It is in the house.
    Received,
    /// It will not come.
    Cancelled,
}

/// A delivery of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Incoming {
    /// The delivery.
    pub id: IncomingId,
    /// The item.
    pub item_id: StockItemId,
    /// The item's SKU.
    pub sku: Option<String>,
    /// What people call the item.
    pub title: Option<String>,
    /// Pieces that were ordered.
    pub quantity: i64,
    /// The day: `2026-12-24`.
    pub expected_on: String,
    /// The purchase order, the supplier.
    pub reference: String,
    /// Where it stands.
    pub state: IncomingState,
    /// Pieces that came.
    pub received: i64,
    /// When it was noted.
    pub created_at: Timestamp,
    /// When it came or was given up.
    pub closed_at: Option<Timestamp>,
}

/// What came of a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Pieces that came; as many as were ordered if absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub quantity: Option<i64>,
}
