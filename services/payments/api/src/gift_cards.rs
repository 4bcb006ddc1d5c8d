//! Gift cards: money that was paid before, spent by whoever knows the code.

use std::fmt;

use emart_types::{Money, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A gift card.
    GiftCardId,
    "gft"
);

/// Issues a gift card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGiftCard {
    /// What is on it: from 1 to 100,000,000 minor units.
    pub amount: Money,
    /// Whom it is for.
    #[serde(default)]
    #[schema(format = "email", max_length = 254)]
    pub recipient_email: Option<String>,
    /// Until when it can be spent; for good when absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// For staff: at most 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Changes a gift card. What is on it changes by adjustments only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutGiftCard {
    /// Whether it can be spent.
    pub active: bool,
    /// Whom it is for.
    #[serde(default)]
    #[schema(format = "email", max_length = 254)]
    pub recipient_email: Option<String>,
    /// Until when it can be spent; for good when absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// For staff: at most 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Where a gift card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GiftCardState {
    /// It can be spent.
    Active,
    /// There is nothing left on it.
    Spent,
    /// Its time is over.
    Expired,
    /// It was switched off.
    Disabled,
}

/// A gift card as staff see it: never with its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiftCard {
    /// The card.
    pub id: GiftCardId,
    /// The last four characters of its code.
    pub last4: String,
    /// Where it stands.
    pub state: GiftCardState,
    /// Whether it was not switched off.
    pub active: bool,
    /// What was on it first.
    pub initial: Money,
    /// What is left.
    pub balance: Money,
    /// Whom it is for.
    pub recipient_email: Option<String>,
    /// Until when it can be spent.
    pub expires_at: Option<Timestamp>,
    /// For staff.
    pub note: Option<String>,
    /// Counts the changes by staff; also the ETag.
    pub version: i64,
    /// When it was issued.
    pub created_at: Timestamp,
}

/// A gift card that was just issued: the only time its code is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedGiftCard {
    /// What spends it.
    #[schema(example = "ABCD-EFGH-JKMN-PQRS")]
    pub code: String,
    /// The card.
    #[serde(flatten)]
    pub card: GiftCard,
}

impl fmt::Debug for IssuedGiftCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedGiftCard").field("card", &self.card).finish_non_exhaustive()
    }
}

/// Puts something on a gift card, or takes something off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGiftCardAdjustment {
    /// Below zero takes off, never more than there is.
    pub amount: Money,
    /// Why: 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub note: String,
}

/// A line of a gift card's ledger: their sum is what is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiftCardEntry {
    /// `issued`, `redeemed`, `returned` or `adjusted`.
    pub kind: String,
    /// Below zero when it was taken off.
    pub amount: Money,
    /// The payment it was for.
    pub payment_id: Option<crate::PaymentId>,
    /// Why, when staff say so.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A code as its holder types it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGiftCardToken {
    /// Spaces, dashes and the size of letters do not count.
    #[schema(example = "ABCD-EFGH-JKMN-PQRS", max_length = 40)]
    pub code: String,
}

impl fmt::Debug for NewGiftCardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewGiftCardToken(***)")
    }
}

/// A gift card that pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiftCardTender {
    /// Pay with this, within two hours.
    pub token: String,
    /// The last four characters of its code.
    pub last4: String,
    /// What is left on it now.
    pub balance: Money,
    /// Until when the card can be spent.
    pub expires_at: Option<Timestamp>,
}
