//! What others may know of `pricing`: its bodies, its client.

#![warn(missing_docs)]

mod client;
mod events;
mod promotions;

pub use client::Pricing;
pub use events::Audited;
pub use promotions::{
    Benefit, Conditions, Coupon, Discount, Goods, LineDiscount, NewPreview, Preview, Promotion,
    PromotionClaim, PromotionId, PromotionState, PromotionUse, PutPromotion, Shopper, ShopperQuote,
    UseLimits,
};

use emart_catalog_api::VariantId;
use emart_types::{Money, MoneyError, Rate, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A way to send things.
    ShippingMethodId,
    "shm"
);
typed_id!(
    /// A tax rate of a country or region.
    TaxRateId,
    "tax"
);

/// So many of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteLineRequest {
    /// The variant.
    pub variant_id: VariantId,
    /// 1 to 9,999.
    #[schema(minimum = 1, maximum = 9999)]
    pub quantity: u32,
}

/// Where it goes, as far as taxes and shipping depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE", min_length = 2, max_length = 2)]
    pub country: String,
    /// State or province (ISO 3166-2 without the country).
    #[serde(default)]
    #[schema(max_length = 60)]
    pub region: Option<String>,
}

/// Asks what a cart costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuote {
    /// 1 to 500 lines; lines of the same variant count together.
    pub lines: Vec<QuoteLineRequest>,
    /// Where it goes; the store's own country if absent.
    #[serde(default)]
    pub destination: Option<Destination>,
    /// How it is sent; the cheapest way if absent.
    #[serde(default)]
    pub shipping_method_id: Option<ShippingMethodId>,
    /// Codes, at most 5; the quote says what became of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 5)]
    pub coupons: Vec<String>,
}

/// Asks what a cart costs whose prices have delivery in them. Internal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDeliveredQuote {
    /// The cart; how it is sent does not matter.
    pub quote: NewQuote,
}

/// What a line costs. `net + tax = total`, always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteLine {
    /// The variant.
    pub variant_id: VariantId,
    /// How many.
    pub quantity: u32,
    /// One of it, as the catalogue says (with or without tax: `prices_include_tax`).
    pub unit_price: Money,
    /// `unit_price × quantity`.
    pub subtotal: Money,
    /// What promotions take off `subtotal`: tax is due on the rest.
    #[serde(default)]
    pub discounts: Vec<LineDiscount>,
    /// Without tax.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// With tax.
    pub total: Money,
    /// In parts per million: 190000 is 19 %.
    pub tax_rate: Rate,
}

impl QuoteLine {
    /// What promotions take off the line together.
    pub fn discount(&self) -> Result<Money, MoneyError> {
        Money::sum(self.subtotal.currency, self.discounts.iter().map(|discount| discount.amount))
    }
}

/// What sending costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteShipping {
    /// How.
    pub method_id: ShippingMethodId,
    /// Its name: `Standard`.
    pub name: String,
    /// What a promotion takes off the price of sending; the amounts below are after it.
    #[serde(default)]
    pub discount: Option<Money>,
    /// Without tax.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// With tax.
    pub total: Money,
}

/// All tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxLine {
    /// `VAT 19 %`.
    pub name: String,
    /// In parts per million.
    pub rate: Rate,
    /// What it is due on.
    pub base: Money,
    /// The tax.
    pub amount: Money,
}

/// A way to send a cart, with its price for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShippingOption {
    /// The way.
    pub id: ShippingMethodId,
    /// `Standard`.
    pub name: String,
    /// `2 to 4 working days`.
    pub description: String,
    /// What the shopper pays for it, shown as prices are shown in this store.
    pub price: Money,
    /// What it would cost without a promotion, when one makes it free.
    #[serde(default)]
    pub full_price: Option<Money>,
    /// What is still missing until it is free, when it is free over an amount.
    pub free_over_missing: Option<Money>,
}

/// What a cart costs. Parts add up to totals exactly; how cents are rounded stands in the service's README.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The lines, in the order asked for.
    pub lines: Vec<QuoteLine>,
    /// What sending costs; `None` when nothing has to be sent.
    pub shipping: Option<QuoteShipping>,
    /// All ways it could be sent, cheapest first; empty when nothing has to be sent or nothing reaches there.
    pub shipping_options: Vec<ShippingOption>,
    /// Tax by rate, shipping's included.
    pub taxes: Vec<TaxLine>,
    /// Sum of the lines' `subtotal`.
    pub subtotal: Money,
    /// What promotions take off the lines together; absent when it is nothing.
    #[serde(default)]
    pub discount_total: Option<Money>,
    /// The promotions that count, in the order in which they were taken off.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// What became of each code that was asked with.
    #[serde(default)]
    pub coupons: Vec<Coupon>,
    /// Sum of all tax.
    pub tax_total: Money,
    /// What is to be paid: lines' and shipping's `total`.
    pub total: Money,
    /// Whether catalogue prices have tax in them.
    pub prices_include_tax: bool,
    /// The country it was worked out for.
    pub country: String,
}

/// A day on which the store delivers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliverySlot {
    /// `2026-01-31`.
    #[schema(format = "date")]
    pub date: String,
    /// Orders the day takes.
    pub capacity: u32,
    /// Orders it still takes.
    pub remaining: u32,
}

/// A day as staff see it, a day of delivery or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarDay {
    /// `2026-01-31`.
    #[schema(format = "date")]
    pub date: String,
    /// Orders the day takes.
    pub capacity: u32,
    /// Whether staff set that; otherwise it is the default.
    pub set: bool,
    /// Orders it has taken.
    pub booked: u32,
    /// Whether shoppers can choose it now, as far as the calendar goes: it is neither past, too near, too far ahead nor
    /// a closed day of the week.
    pub open: bool,
}

/// How many orders a day takes. Staff only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutDeliverySlot {
    /// 0 closes the day; bookings made stay.
    #[schema(maximum = 1_000_000)]
    pub capacity: u32,
}

/// Takes a place on a day. The same reference again answers the same booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSlotBooking {
    /// The checkout's id; one booking each.
    pub reference: String,
    /// The day; the first with a place if absent.
    #[serde(default)]
    pub date: Option<String>,
}

/// A place on a day, whatever day of delivery it is otherwise: for stores that promise any day from today on. Internal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnyDayBooking {
    /// The checkout's id; one booking each.
    pub reference: String,
    /// The day, today or later.
    pub date: String,
}

/// A place on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SlotBooking {
    /// The checkout's id.
    pub reference: String,
    /// The day.
    pub date: String,
}

/// A country the store sends to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// In English.
    pub name: String,
    /// Whether an address needs a postal code.
    pub postal_code_required: bool,
    /// The regions an address must be in one of; empty when a country needs none.
    pub regions: Vec<Region>,
}

/// A state or province.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Region {
    /// ISO 3166-2 without the country: `CA`.
    pub code: String,
    /// `California`.
    pub name: String,
}

/// A tax rate. The most specific one counts: region before country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRate {
    /// The rate's id.
    pub id: TaxRateId,
    /// Where and how much.
    #[serde(flatten)]
    pub body: PutTaxRate,
    /// Counts the changes; also the ETag.
    #[serde(default)]
    pub version: i64,
}

/// Makes or changes a tax rate. Staff only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PutTaxRate {
    /// ISO 3166-1 alpha-2.
    #[schema(min_length = 2, max_length = 2)]
    pub country: String,
    /// ISO 3166-2 without the country; the whole country if absent.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// `VAT 19 %`: 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// In parts per million, at most 1000000.
    pub rate: Rate,
    /// Whether shipping is taxed by it, too.
    #[serde(default)]
    pub on_shipping: bool,
    /// A change of the rate that is known already.
    #[serde(default)]
    pub next: Option<NextTaxRate>,
}

/// From a day on, another rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextTaxRate {
    /// In parts per million, at most 1000000.
    pub rate: Rate,
    /// The first day on which it is due, where the store is.
    #[schema(format = "date", max_length = 10)]
    pub from: String,
}

/// What a way to send costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ShippingPrice {
    /// Always the same; nothing from `free_over` upwards.
    Flat {
        /// The price.
        amount: Money,
        /// Free when the lines' subtotal reaches this.
        #[serde(default)]
        free_over: Option<Money>,
    },
    /// By the weight of the whole cart: the first bracket that holds it; heavier than the last cannot be sent.
    ByWeight {
        /// Lightest first.
        brackets: Vec<WeightBracket>,
        /// Free when the lines' subtotal reaches this.
        #[serde(default)]
        free_over: Option<Money>,
    },
}

/// A price for carts up to a weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightBracket {
    /// Grams, inclusive.
    pub up_to_grams: u64,
    /// The price.
    pub amount: Money,
}

/// A way to send things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShippingMethod {
    /// The way.
    pub id: ShippingMethodId,
    /// What it is.
    #[serde(flatten)]
    pub body: PutShippingMethod,
    /// Counts the changes; also the ETag.
    #[serde(default)]
    pub version: i64,
}

/// Makes or changes a way to send things. Staff only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PutShippingMethod {
    /// `Standard`: 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// `2 to 4 working days`: at most 200 characters.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub description: String,
    /// Where it goes (ISO 3166-1 alpha-2); everywhere when this and `regions` are empty.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Single states or provinces it goes to as well (ISO 3166-2): `US-CA`.
    #[serde(default)]
    pub regions: Vec<String>,
    /// What it costs.
    pub price: ShippingPrice,
    /// Whether shoppers can choose it.
    pub active: bool,
}
