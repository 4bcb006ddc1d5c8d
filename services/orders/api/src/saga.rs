//! Sagas, for whoever looks after the store: checkouts and what gives money back, while they are under way, while
//! something keeps them from going on, and when they were given up.

use emart_types::{Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::OrderId;

/// Something that is done step by step with others, and tried again until it has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Saga {
    /// Its id: a checkout's, or an action's.
    pub id: String,
    /// What it does.
    pub kind: SagaKind,
    /// How it stands.
    pub standing: SagaStanding,
    /// What people call it: `Order 1001`, or `Checkout` while there is no order.
    pub label: String,
    /// Its order, when there is one.
    pub order_id: Option<OrderId>,
    /// What it comes to, as far as that is known.
    pub total: Option<Money>,
    /// Where it stands: the step that did not work, or what it is about to do.
    pub step: String,
    /// Tries that did not work.
    pub tries: u32,
    /// Why the last of them did not.
    pub error: Option<String>,
    /// When it began.
    pub since: Timestamp,
    /// When it was last written.
    pub changed_at: Timestamp,
    /// When somebody takes it up again if nobody drives it; `null` once it has ended.
    pub next_try_at: Option<Timestamp>,
}

/// What a saga does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SagaKind {
    /// Makes an order of a cart or a draft.
    Checkout,
    /// Gives money back.
    Refund,
    /// Calls an order off.
    Cancel,
    /// Takes pieces off an order.
    Edit,
}

/// How a saga stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SagaStanding {
    /// A try did not work; it is tried again by itself.
    Stuck,
    /// It goes on, or waits for the customer to confirm the payment.
    UnderWay,
    /// It ended without what it was for, and what it had done was undone: its services stayed away, or the payment
    /// provider gave no money back.
    GivenUp,
}

impl SagaStanding {
    /// All of them, those that need somebody first.
    pub const ALL: [Self; 3] = [Self::Stuck, Self::UnderWay, Self::GivenUp];

    /// As in a query.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stuck => "stuck",
            Self::UnderWay => "under_way",
            Self::GivenUp => "given_up",
        }
    }
}
