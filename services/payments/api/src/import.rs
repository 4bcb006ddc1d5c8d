//! Payments that were made elsewhere, many at once. Internal.

use emart_types::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::PaymentId;

/// A payment whose money was taken before it came here. No provider is asked for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedPayment {
    /// The payment.
    pub id: PaymentId,
    /// What it is for: a checkout's id.
    pub reference: String,
    /// The money.
    pub amount: Money,
    /// `visa`, …
    pub brand: String,
    /// The card's last four digits.
    pub last4: String,
    /// When it was made.
    pub at: Timestamp,
}
