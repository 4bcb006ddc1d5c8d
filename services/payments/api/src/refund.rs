//! Money that goes back, and money that came another way than by card.

use emart_types::{Money, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PaymentId;

typed_id!(
    /// Some or all of a payment on its way back.
    RefundId,
    "rfd"
);

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// Asked of the provider; the answer is not known yet.
    Pending,
    /// The money is on its way back.
    Succeeded,
    /// The provider said no.
    Failed,
}

/// Some or all of a payment on its way back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// The refund.
    pub id: RefundId,
    /// What it is for: an order's action.
    pub reference: String,
    /// The payment.
    pub payment_id: PaymentId,
    /// Where it stands.
    pub state: RefundState,
    /// How much.
    pub amount: Money,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Gives some of a payment back. The same reference again answers the same refund. Internal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPaymentRefund {
    /// What it is for; one refund each.
    pub reference: String,
    /// How much: at most what was not given back yet.
    pub amount: Money,
}

/// A payment that was made already, another way than by card. The same reference again answers the same. Internal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewManualPayment {
    /// The checkout's id; one payment each.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The way it came, for people: `cash`, `bank transfer`; 1 to 40 characters.
    pub method: String,
}
