//! Orders that were placed elsewhere, many at once. Internal.

use serde::{Deserialize, Serialize};

use crate::{CheckoutId, Order};

/// Orders that were placed elsewhere. Nobody is told of them, and nothing is charged or counted for them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderImport {
    /// At most 1,000, the oldest first.
    pub orders: Vec<MovedOrder>,
    /// Says what would become of them, and changes nothing.
    pub dry_run: bool,
}

/// An order that was placed elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedOrder {
    /// The order. Its id is derived from the one it had: taken in twice, there is one order. Its number is given here.
    pub order: Order,
    /// What stands for the checkout it never had here.
    pub checkout_id: CheckoutId,
    /// Whose it is, where they have an account.
    pub customer_id: Option<String>,
}

/// What became of an order of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum OrderOutcome {
    /// It is new.
    Created,
    /// It is here already; nothing was changed.
    Unchanged,
    /// It cannot be kept.
    Refused {
        /// Why.
        reason: String,
    },
}
