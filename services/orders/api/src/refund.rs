//! Money that goes back, pieces that come back, orders that are called off.

use emart_types::{Money, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::LineQuantity;

typed_id!(
    /// Something that gives money back: a refund, a cancellation, an edit.
    ActionId,
    "act"
);

/// How an order stands with the money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoneyState {
    /// Promised, not taken yet.
    #[default]
    Pending,
    /// Ours.
    Paid,
    /// Some of it was given back.
    PartiallyRefunded,
    /// All of it was given back.
    Refunded,
}

/// What is done to an order that moves money back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Money back, with or without pieces.
    Refund,
    /// The whole order is called off.
    Cancel,
    /// Pieces that were not sent yet are taken off the order.
    Edit,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// Written down and on its way; it will be finished, whatever happens.
    Running,
    /// Done.
    Done,
    /// The payment provider said no; nothing was changed.
    Failed,
}

/// Gives money back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// The pieces it is for. Those not sent yet are taken off the order, the others have come back.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub lines: Vec<LineQuantity>,
    /// Whether what shipping cost is given back, as far as it was not yet.
    #[serde(default)]
    pub shipping: bool,
    /// How much; what the pieces and shipping come to if absent.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Whether the pieces can be sold again.
    #[serde(default)]
    pub restock: bool,
    /// Why: 1 to 500 characters. The customer reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Whether the customer is told.
    #[serde(default)]
    pub notify: bool,
}

/// Calls an order off: everything that was not sent is taken off it, everything that was paid is given back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCancellation {
    /// Whether the pieces can be sold again.
    #[serde(default)]
    pub restock: bool,
    /// Why: 1 to 500 characters. The customer reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Whether the customer is told.
    #[serde(default)]
    pub notify: bool,
}

/// Takes pieces off an order before they are sent; the difference is given back and the pieces can be sold again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEdit {
    /// How many of a line are to be left; 0 takes it off.
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Vec<LineLeft>,
    /// Why: 1 to 500 characters. The customer reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Whether the customer is told.
    #[serde(default)]
    pub notify: bool,
}

/// How many pieces of a line are to be left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineLeft {
    /// The line's place in the order: 0 is the first.
    #[schema(maximum = 999)]
    pub line: u32,
    /// Pieces.
    #[schema(maximum = 9999)]
    pub quantity: u32,
}

/// Pieces that a money action takes off a line, and what they come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefundLine {
    /// The line's place in the order.
    pub line: u32,
    /// Pieces that were not sent yet: they are taken off the order.
    pub removed: u32,
    /// Pieces that were sent: they have come back.
    pub returned: u32,
    /// What they cost, with tax.
    pub amount: Money,
}

/// What a money action does, worked out before it is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefundPlan {
    /// The pieces.
    pub lines: Vec<RefundLine>,
    /// Of it, what shipping cost.
    pub shipping: Money,
    /// Of it, tax.
    pub tax: Money,
    /// What is given back.
    pub total: Money,
    /// What can still be given back before it.
    pub refundable: Money,
    /// Whether the pieces can be sold again.
    pub restock: bool,
}

/// What a money action would do, in words as well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefundPreview {
    /// In numbers.
    pub plan: RefundPlan,
    /// In sentences, for whoever is about to do it.
    pub says: Vec<String>,
}

/// A refund that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderRefund {
    /// What made it.
    pub id: ActionId,
    /// Whether the order was called off, edited, or refunded.
    pub kind: ActionKind,
    /// The pieces.
    pub lines: Vec<RefundLine>,
    /// Of it, what shipping cost.
    pub shipping: Money,
    /// Of it, tax.
    pub tax: Money,
    /// What was given back.
    pub total: Money,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A money action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderAction {
    /// The action.
    pub id: ActionId,
    /// What it does.
    pub kind: ActionKind,
    /// Where it stands.
    pub state: ActionState,
    /// What it does exactly.
    pub plan: RefundPlan,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
}
