//! Payments that did not work, for those who look after the orders.

use emart_types::{Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CheckoutId, DraftId, OrderId};

/// A checkout that ended because its money was not promised. Nothing was charged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FailedPayment {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// Who wanted to buy.
    pub email: String,
    /// What it would have come to.
    pub total: Option<Money>,
    /// What would have been bought.
    pub lines: Vec<UnsoldLine>,
    /// Why, as a word: `card-declined`, `authentication-expired`, …
    pub code: String,
    /// Why, in words.
    pub reason: String,
    /// When it was given up.
    pub failed_at: Timestamp,
    /// The draft that was to be paid, if it was one.
    pub draft_id: Option<DraftId>,
    /// The order that came of the same cart or draft after all.
    pub order_id: Option<OrderId>,
    /// Its number.
    pub order_number: Option<i64>,
}

/// Pieces that were not bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnsoldLine {
    /// The product's name.
    pub title: String,
    /// The variant's name.
    pub variant_title: String,
    /// How many pieces.
    pub quantity: u32,
}
