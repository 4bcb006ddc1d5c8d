//! What others may know of `payments`: its bodies, its events, its client.

#![warn(missing_docs)]

mod client;
mod events;
mod refund;

pub use client::Payments;
pub use events::{PaymentCaptured, PaymentFailed, PaymentRefunded, PaymentVoided};
pub use refund::{NewManualPayment, NewPaymentRefund, Refund, RefundId, RefundState};

use std::fmt;

use emart_types::{Money, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A payment, from its authorisation to its capture or end.
    PaymentId,
    "pay"
);
typed_id!(
    /// A card as everyone but the provider knows it.
    CardToken,
    "tok"
);

/// A card as its holder types it. It lives for one request: it is never stored, logged or passed on.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCardToken {
    /// 12 to 19 digits; spaces and dashes between them do not count.
    #[schema(example = "4242 4242 4242 4242", max_length = 32)]
    pub number: String,
    /// 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    pub exp_month: u8,
    /// Four digits.
    #[schema(minimum = 2000, maximum = 2100)]
    pub exp_year: u16,
    /// Three or four digits.
    #[schema(example = "123", max_length = 4)]
    pub cvc: String,
}

impl fmt::Debug for NewCardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewCardToken(***)")
    }
}

/// What is known of a tokenised card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Card {
    /// Pay with this: once, within 30 minutes.
    pub token: CardToken,
    /// `visa`, `mastercard`, … or `card`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// When the token runs out.
    pub expires_at: Timestamp,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Asked of the provider; the answer is not known yet (also: the provider timed out).
    Pending,
    /// The card's holder has to confirm it to their bank first (3-D Secure).
    RequiresAction,
    /// The money is promised.
    Authorized,
    /// The money is ours.
    Captured,
    /// The promise was given back.
    Voided,
    /// The bank or the provider refused.
    Failed,
    /// The money was given back.
    Refunded,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The checkout it pays.
    pub reference: String,
    /// Where it stands.
    pub state: PaymentState,
    /// How much.
    pub amount: Money,
    /// The provider: `test`; `manual` when the money came another way.
    pub provider: String,
    /// `visa`, …; the way it came when `manual`: `cash`.
    pub brand: String,
    /// The card's last four digits.
    pub last4: String,
    /// Why it failed: `card_declined`, `insufficient_funds`, `authentication_failed`, `provider_error`, `provider_timeout`.
    pub failure: Option<String>,
    /// Where the card's holder confirms it, when `requires_action`.
    pub action_path: Option<String>,
    /// What was given back, or is being given back.
    #[serde(default)]
    pub refunded: Option<Money>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Asks for the promise of money. The same reference again answers the same payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// The checkout's id; one payment each.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The card.
    pub token: CardToken,
}

/// What the card's holder said to their bank; the test provider's stand-in for the bank's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationOutcome {
    /// Yes, it is me.
    Approved,
    /// No.
    Rejected,
}

/// The answer of a card's holder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    /// What they said.
    pub outcome: AuthenticationOutcome,
}
