//! What others may know of `payments`: its bodies, its events, its client.

#![warn(missing_docs)]

mod client;
mod events;
mod gift_cards;
mod import;
mod refund;

pub use client::Payments;
pub use events::{Audited, PaymentCaptured, PaymentFailed, PaymentRefunded, PaymentVoided};
pub use gift_cards::{
    GiftCard, GiftCardEntry, GiftCardId, GiftCardState, GiftCardTender, IssuedGiftCard,
    NewGiftCard, NewGiftCardAdjustment, NewGiftCardToken, PutGiftCard,
};
pub use import::MovedPayment;
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
    /// The provider: `test`; `none` where no card pays; `manual` when the money came another way.
    pub provider: String,
    /// `visa`, …; `gift_card` or `none` where no card pays; the way it came when `manual`: `cash`.
    pub brand: String,
    /// The card's last four digits.
    pub last4: String,
    /// Why it failed: `card_declined`, `insufficient_funds`, `authentication_failed`, `provider_error`, `provider_timeout`.
    pub failure: Option<String>,
    /// Where the card's holder confirms it, when `requires_action`.
    pub action_path: Option<String>,
    /// What of `amount` gift cards pay; absent when nothing. The card pays the rest.
    #[serde(default)]
    pub gift_card_amount: Option<Money>,
    /// The last four characters of their codes.
    #[serde(default)]
    pub gift_card_last4: Vec<String>,
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
    /// How much; nothing is a payment, too, which no card pays.
    pub amount: Money,
    /// The card; needed unless gift cards pay all of it.
    #[serde(default)]
    pub token: Option<CardToken>,
    /// Tokens of gift cards, which pay first; at most 5.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gift_cards: Vec<String>,
    /// What they were seen to leave. When they leave another amount now, nothing is paid: `gift-card-changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_rest: Option<Money>,
}

impl NewPayment {
    /// One that a card pays whole.
    #[must_use]
    pub fn by_card(reference: &str, amount: Money, token: CardToken) -> Self {
        let (reference, token) = (reference.to_owned(), Some(token));
        Self { reference, amount, token, gift_cards: Vec::new(), expected_rest: None }
    }
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
