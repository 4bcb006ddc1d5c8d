//! How the shop is doing.

use emart_catalog_api::VariantId;
use emart_types::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the shop is doing, by days of the shop's time zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderStatistics {
    /// The time zone of the days: `Europe/Berlin`.
    pub time_zone: String,
    /// Today, and yesterday before it.
    pub today: PeriodStatistics,
    /// The last 7 days, today included, and the 7 before them.
    pub week: PeriodStatistics,
    /// The last 30 days, today included, and the 30 before them.
    pub month: PeriodStatistics,
    /// Each of the last 30 days, the oldest first; also those without an order.
    pub days: Vec<DayStatistics>,
    /// What waits for somebody.
    pub waiting: WaitingOrders,
    /// What sold best in the last 30 days, the best first: at most 10.
    pub top_products: Vec<TopProduct>,
}

/// Days and the days before them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeriodStatistics {
    /// These days.
    pub now: Sales,
    /// As many days before them.
    pub before: Sales,
}

/// What was sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sales {
    /// Orders that were placed.
    pub orders: i64,
    /// Pieces that were bought.
    pub pieces: i64,
    /// What the orders came to, with tax and shipping.
    pub sales: Money,
    /// What was given back in these days.
    pub refunds: Money,
    /// `sales` over `orders`; 0 without an order.
    pub average: Money,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DayStatistics {
    /// `2026-01-31`.
    #[schema(format = "date")]
    pub date: String,
    /// What was sold.
    #[serde(flatten)]
    pub sales: Sales,
}

/// What waits for somebody. No number counts further than 10,000.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaitingOrders {
    /// Paid orders that have something to be sent.
    pub to_fulfil: u32,
    /// Orders whose payment is not completed yet.
    pub to_pay: u32,
    /// Payments that failed in the last 7 days; nothing was charged.
    #[serde(default)]
    pub payments_failed: u32,
}

/// What sold well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TopProduct {
    /// The variant.
    pub variant_id: VariantId,
    /// The product's name in URLs.
    pub handle: String,
    /// The product's name.
    pub title: String,
    /// The variant's name.
    pub variant_title: String,
    /// Pieces.
    pub pieces: i64,
    /// What they came to, with tax.
    pub sales: Money,
}
