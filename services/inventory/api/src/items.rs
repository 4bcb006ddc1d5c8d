//! Stock items as those who look after them see them.

use emart_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{StockItemId, WhenOut};

/// How much there is of an item, and when that is little.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StockItem {
    /// The item.
    pub id: StockItemId,
    /// What people call it, for finding it in the warehouse.
    pub sku: Option<String>,
    /// What the shop calls it.
    pub title: Option<String>,
    /// Whether it is counted at all; when not, it can always be bought.
    pub tracked: bool,
    /// What happens when there is none left.
    pub when_out: WhenOut,
    /// Pieces in the house, those reserved included.
    pub on_hand: i64,
    /// Pieces that belong to checkouts under way.
    pub reserved: i64,
    /// Pieces that can be bought now: `on_hand - reserved`.
    pub available: i64,
    /// With so many available or fewer it is low.
    pub low_at: i64,
    /// Whether that was said of this item; otherwise it is the shop's setting.
    pub low_at_own: bool,
    /// Whether it is low now.
    pub low: bool,
    /// Pieces on their way from suppliers.
    pub incoming: i64,
    /// When this last changed.
    pub updated_at: Timestamp,
}

/// From how many pieces on an item is low.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutThreshold {
    /// 0 to 1,000,000,000; the shop's setting if absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub low_at: Option<i64>,
}

/// Stock in three numbers. Each counts up to 1,000 and no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct StockSummary {
    /// Items that are low, those that are out included.
    pub low: i64,
    /// Items of which nothing is available.
    pub out: i64,
    /// Deliveries that are expected.
    pub incoming: i64,
}
