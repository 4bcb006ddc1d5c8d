//! Orders that staff put together for somebody: drafts. They become orders when they are paid.

use emart_catalog_api::VariantId;
use emart_identity_api::Address;
use emart_payments_api::CardToken;
use emart_pricing_api::{Quote, ShippingMethodId};
use emart_types::{Money, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::OrderId;

typed_id!(
    /// An order that is not one yet.
    DraftId,
    "drf"
);

/// Where a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    /// It can be changed and paid.
    Open,
    /// It is an order now.
    Completed,
}

/// So many of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftLine {
    /// The variant.
    pub variant_id: VariantId,
    /// 1 to 9,999.
    #[schema(minimum = 1, maximum = 9999)]
    pub quantity: u32,
}

/// Makes or changes a draft. What is absent can be filled in later; it is paid when nothing is missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutDraft {
    /// What is to be bought: at most 100 lines, each variant once.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub lines: Vec<DraftLine>,
    /// Where mail about it goes.
    #[serde(default)]
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// Whose order it becomes.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub customer_id: Option<String>,
    /// Where it goes.
    #[serde(default)]
    pub shipping_address: Option<Address>,
    /// How it is sent; the cheapest way if absent.
    #[serde(default)]
    pub shipping_method_id: Option<ShippingMethodId>,
    /// For the customer to read: at most 1,000 characters. It stays with the order.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    /// The draft.
    pub id: DraftId,
    /// Where it stands.
    pub state: DraftState,
    /// What it is.
    #[serde(flatten)]
    pub body: PutDraft,
    /// The order it became.
    pub order_id: Option<OrderId>,
    /// Opens it to whoever is to pay it: `/pay/{id}?token=…`.
    pub token: String,
    /// One more with every change; the ETag.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A line as whoever pays sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PayableLine {
    /// The product's name in URLs.
    pub handle: String,
    /// The product's name.
    pub title: String,
    /// The variant's name.
    pub variant_title: String,
    /// The merchant's number.
    pub sku: Option<String>,
    /// How many.
    pub quantity: u32,
    /// What they cost.
    pub subtotal: Money,
}

/// A draft as whoever pays sees it: with today's prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PayableDraft {
    /// The draft.
    pub id: DraftId,
    /// Where it stands.
    pub state: DraftState,
    /// What is bought; empty while it cannot be paid.
    pub lines: Vec<PayableLine>,
    /// What it costs; `None` while it cannot be paid.
    pub quote: Option<Quote>,
    /// What is missing before it can be paid, in sentences.
    pub missing: Vec<String>,
    /// Where mail about it goes.
    pub email: Option<String>,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// What the shop wrote.
    pub note: Option<String>,
    /// The order it became.
    pub order_id: Option<OrderId>,
}

/// Pays a draft by card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayDraft {
    /// The card that pays.
    pub card_token: CardToken,
    /// What the payer was shown. When it is not what it costs now, nothing is bought: `price-changed`.
    pub expected_total: Money,
}

/// Says that a draft was paid another way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkDraftPaid {
    /// How: `cash`, `bank transfer`, …; 1 to 40 characters.
    #[schema(min_length = 1, max_length = 40)]
    pub method: String,
    /// How much came. When it is not what it costs now, nothing is bought: `price-changed`.
    pub expected_total: Money,
}
