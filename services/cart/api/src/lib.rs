//! What others may know of `cart`: its bodies, its client.

#![warn(missing_docs)]

mod client;
mod import;

pub use client::Cart;
pub use import::{MovedCart, MovedLine};

use emart_catalog_api::{Image, VariantId};
use emart_inventory_api::StockItemId;
use emart_types::{Money, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A cart.
    CartId,
    "crt"
);
typed_id!(
    /// A line of a cart.
    LineId,
    "cln"
);

/// So many of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// The variant. One that is in the cart already gets more of it.
    pub variant_id: VariantId,
    /// 1 to 999.
    #[schema(minimum = 1, maximum = 999)]
    pub quantity: u32,
}

/// Makes a cart, with its first lines if there are any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCart {
    /// At most 100.
    #[serde(default)]
    pub lines: Vec<NewLine>,
}

/// Changes a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinePatch {
    /// 0 takes the line out; at most 999.
    #[schema(maximum = 999)]
    pub quantity: u32,
}

/// Puts a code for a promotion into a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCoupon {
    /// 1 to 40 letters, digits and `-`; large and small letters are the same.
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
}

/// What a shopper should know about a line before paying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// The price is another one than when it was put in.
    PriceChanged {
        /// What it cost then.
        from: Money,
        /// What it costs now.
        to: Money,
    },
    /// There are fewer left than the cart holds.
    NotEnough {
        /// How many there are.
        available: i64,
    },
    /// There are none left.
    SoldOut,
    /// It is not sold any more.
    NotForSale,
}

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CartLine {
    /// The line.
    pub id: LineId,
    /// The variant.
    pub variant_id: VariantId,
    /// How many.
    pub quantity: u32,
    /// What one costs now.
    pub unit_price: Money,
    /// `unit_price × quantity`.
    pub total: Money,
    /// The product's name in URLs.
    pub handle: String,
    /// The product's name.
    pub title: String,
    /// The variant's name: `M / Red`.
    pub variant_title: String,
    /// The merchant's number.
    pub sku: Option<String>,
    /// A picture of it.
    pub image: Option<Image>,
    /// What it is counted as; `null` when catalog does not know the variant any more.
    pub stock_item_id: Option<StockItemId>,
    /// Whether it can be bought, in this quantity, as far as is known.
    pub can_be_bought: bool,
    /// What the shopper should know.
    pub notices: Vec<Notice>,
}

/// A cart with today's prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CartView {
    /// The cart.
    pub id: CartId,
    /// Whoever holds it may read and change the cart: send it as `Cart-Token`. Only in answers to who made it.
    pub token: Option<String>,
    /// In the order they were put in.
    pub lines: Vec<CartLine>,
    /// Pieces.
    pub item_count: u32,
    /// Codes for promotions, as they were put in; the quote says what they do.
    #[serde(default)]
    pub coupons: Vec<String>,
    /// Sum of the lines' totals; tax and shipping come with the quote.
    pub subtotal: Money,
    /// Whether every line can be bought, as far as is known, and there is one.
    pub can_be_bought: bool,
    /// Counts the changes; also the ETag.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A cart in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CartSummary {
    /// The cart.
    pub id: CartId,
    /// Whose it is, when it is a customer's.
    pub customer_id: Option<String>,
    /// Pieces.
    pub item_count: u32,
    /// Sum of what the lines cost when they last changed.
    pub seen_total: Money,
    /// Codes for promotions.
    pub coupons: Vec<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Takes out of a cart what an order has bought. The same reference again does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consumption {
    /// The checkout's id.
    pub reference: String,
    /// What was bought.
    pub lines: Vec<NewLine>,
    /// The codes it was bought with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<String>,
}
