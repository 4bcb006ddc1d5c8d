//! Promotions: what takes something off, by itself or for a code, and what a checkout claims of it.

use emart_catalog_api::{CategoryId, ProductId};
use emart_types::{Money, Rate, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{NewQuote, Quote};

typed_id!(
    /// A promotion.
    PromotionId,
    "prm"
);

/// Which goods are meant. Everything, where nothing is named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Goods {
    /// At most 500 products.
    pub products: Vec<ProductId>,
    /// At most 100 categories, with all below them.
    pub categories: Vec<CategoryId>,
}

impl Goods {
    /// Whether everything is meant.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        self.products.is_empty() && self.categories.is_empty()
    }
}

/// What a promotion gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Benefit {
    /// A share of the price of its goods.
    Percent {
        /// In parts per million: 100000 is 10 %.
        rate: Rate,
    },
    /// An amount off its goods together, never more than they cost.
    Amount {
        /// How much.
        amount: Money,
    },
    /// Who buys so many of its goods gets so many of others cheaper: the cheapest ones.
    BuyXGetY {
        /// How many must be bought at full price.
        #[schema(minimum = 1, maximum = 100)]
        buy: u32,
        /// How many are cheaper then.
        #[schema(minimum = 1, maximum = 100)]
        get: u32,
        /// By how much, in parts per million: 1000000 is free.
        rate: Rate,
        /// Of which goods; of its own goods when absent.
        #[serde(default)]
        gets: Option<Goods>,
    },
    /// Sending costs nothing.
    FreeShipping {
        /// Only ways to send that cost at most this; all when absent.
        #[serde(default)]
        up_to: Option<Money>,
    },
}

/// What a cart must be like. Subtotal and quantity are counted over the promotion's goods, before anything is taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// The goods cost at least this.
    pub minimum_subtotal: Option<Money>,
    /// There are at least so many pieces.
    #[schema(minimum = 1, maximum = 9999)]
    pub minimum_quantity: Option<u32>,
    /// It goes to one of these countries (ISO 3166-1 alpha-2); anywhere when empty.
    pub countries: Vec<String>,
    /// The shopper has not ordered before. Holds once a shopper, also of two orders at once.
    pub first_order: bool,
}

/// How often it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UseLimits {
    /// In so many orders, ever.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub uses: Option<u32>,
    /// In so many orders of one shopper, who is known by account and by e-mail address.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub per_customer: Option<u32>,
}

/// Makes or changes a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PutPromotion {
    /// What shoppers read beside the discount: 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    pub title: String,
    /// What shoppers type in, 3 to 40 letters, digits and `-`; large and small letters are the same. Without one, it
    /// counts by itself.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub code: Option<String>,
    /// Whether it counts at all.
    pub active: bool,
    /// What it gives.
    pub benefit: Benefit,
    /// Off which goods.
    #[serde(default)]
    pub goods: Goods,
    /// What a cart must be like.
    #[serde(default)]
    pub conditions: Conditions,
    /// How often it counts.
    #[serde(default)]
    pub limits: UseLimits,
    /// From then on; at once when absent.
    #[serde(default)]
    pub starts_at: Option<Timestamp>,
    /// Until then; for good when absent.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// Whether it counts together with others that may. One that does not counts alone, if that is cheaper for the shopper.
    #[serde(default)]
    pub combinable: bool,
    /// Of promotions that count together, higher ones are taken off first: -1000 to 1000.
    #[serde(default)]
    #[schema(minimum = -1000, maximum = 1000)]
    pub priority: i32,
}

/// Where a promotion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromotionState {
    /// It counts.
    Active,
    /// It will.
    Scheduled,
    /// It did: its time is over, or all its uses are.
    Ended,
    /// It is switched off.
    Off,
}

/// A promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Promotion {
    /// The promotion.
    pub id: PromotionId,
    /// What it is.
    #[serde(flatten)]
    pub body: PutPromotion,
    /// Where it stands now.
    pub state: PromotionState,
    /// Checkouts that claim or have used it.
    pub uses: u64,
    /// Orders placed with it.
    pub orders: u64,
    /// What it took off them.
    pub given: Money,
    /// What these orders cost.
    pub revenue: Money,
    /// Counts the changes; also the ETag.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An order that was placed with a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotionUse {
    /// The order.
    pub order_id: String,
    /// Its number for people.
    pub order_number: i64,
    /// What was taken off.
    pub given: Money,
    /// What it cost.
    pub total: Money,
    /// When it was placed.
    pub placed_at: Timestamp,
}

/// Asks what a promotion would do to a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPreview {
    /// The promotion, whether it is kept or not. It is taken to be switched on, now, and its code to be typed in.
    pub promotion: PutPromotion,
    /// The promotion that it is to replace.
    #[serde(default)]
    pub replaces: Option<PromotionId>,
    /// The cart.
    pub quote: NewQuote,
}

/// What a promotion would do to a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// Without it.
    pub before: Quote,
    /// With it.
    pub after: Quote,
    /// Whether it counts.
    pub applied: bool,
    /// Why it does not, for people.
    pub reason: Option<String>,
}

/// What a promotion takes off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineDiscount {
    /// Which promotion.
    pub promotion_id: PromotionId,
    /// How much off the whole line.
    pub amount: Money,
}

/// What a promotion takes off a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Discount {
    /// Which promotion.
    pub promotion_id: PromotionId,
    /// What shoppers read.
    pub title: String,
    /// The code it was asked for with.
    pub code: Option<String>,
    /// Off the lines.
    pub amount: Money,
    /// Off sending.
    pub shipping: Money,
}

/// What became of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Coupon {
    /// The code.
    pub code: String,
    /// Whether it takes something off.
    pub applied: bool,
    /// Why not: `unknown`, `not_started`, `ended`, `used_up`, `used_before`, `minimum_subtotal`, `minimum_quantity`, `goods`,
    /// `country`, `first_order`, `better_offer`, `nothing_off`.
    pub reason: Option<String>,
    /// The same for the shopper to read.
    pub detail: Option<String>,
}

/// Who buys, as far as promotions depend on it. Internal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shopper {
    /// The customer, when signed in.
    pub customer_id: Option<String>,
    /// The e-mail address, once it is known.
    pub email: Option<String>,
}

/// Asks what a cart costs somebody. Internal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopperQuote {
    /// The cart.
    pub quote: NewQuote,
    /// Whose.
    #[serde(default)]
    pub shopper: Shopper,
    /// Whether prices have delivery in them.
    #[serde(default)]
    pub delivered: bool,
}

/// Claims a use of promotions for a checkout. The same reference again changes nothing. Internal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotionClaim {
    /// The checkout's id; one claim each.
    pub reference: String,
    /// The promotions.
    pub promotions: Vec<PromotionId>,
    /// Who buys.
    pub shopper: Shopper,
}
