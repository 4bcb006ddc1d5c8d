//! Carts that were filled elsewhere. Internal.

use emart_catalog_api::VariantId;
use emart_types::{Money, Timestamp};
use serde::{Deserialize, Serialize};

/// What a customer had in their cart in another store. Who has a cart here keeps it as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedCart {
    /// The customer.
    pub customer_id: String,
    /// What is in it.
    pub lines: Vec<MovedLine>,
    /// When something was last put in.
    pub updated_at: Timestamp,
}

/// A line of such a cart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedLine {
    /// What.
    pub variant_id: VariantId,
    /// How many.
    pub quantity: u32,
    /// What one of it cost then.
    pub seen_price: Money,
}
