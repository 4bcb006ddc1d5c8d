//! The events `inventory` emits.

use emart_events::Payload;
use emart_http::AuditRecord;
use serde::{Deserialize, Serialize};

use crate::{StockItemId, WhenOut};

/// What can be bought of an item changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockChanged {
    /// The item.
    pub item_id: StockItemId,
    /// Whether it is counted.
    pub tracked: bool,
    /// What happens when there is none left.
    pub when_out: WhenOut,
    /// Pieces that can be bought now.
    pub available: i64,
}

impl Payload for StockChanged {
    const TYPE: &'static str = "inventory.stock_changed.v1";
    fn subject(&self) -> &str {
        self.item_id.as_str()
    }
}

/// Somebody changed stock, or what is said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audited(pub AuditRecord);

impl Payload for Audited {
    const TYPE: &'static str = "inventory.audited.v1";
    fn subject(&self) -> &str {
        &self.0.resource
    }
}
