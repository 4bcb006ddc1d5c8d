//! The events `orders` emits.

use emart_catalog_api::VariantId;
use emart_events::Payload;
use emart_types::Money;
use serde::{Deserialize, Serialize};

use crate::{CheckoutId, Order, OrderId};

/// An order was placed. Once a checkout, ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// The order as it was placed: what a confirmation needs.
    pub order: Order,
    /// The checkout it came from.
    pub checkout_id: CheckoutId,
    /// Opens the order to a guest: for the link in the confirmation.
    pub order_token: String,
    /// Whose it is, when bought by a customer.
    pub customer_id: Option<String>,
}

impl OrderPlaced {
    /// What was sold.
    pub fn sold(&self) -> impl Iterator<Item = OrderLineSold> {
        self.order.lines.iter().map(|line| OrderLineSold {
            order_id: self.order.id.clone(),
            variant_id: line.variant_id.clone(),
            quantity: line.quantity,
            total: line.total,
        })
    }
}

impl Payload for OrderPlaced {
    const TYPE: &'static str = "orders.order_placed.v1";
    fn subject(&self) -> &str {
        self.order.id.as_str()
    }
}

/// So many of a variant sold by an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLineSold {
    /// The order.
    pub order_id: OrderId,
    /// The variant.
    pub variant_id: VariantId,
    /// How many.
    pub quantity: u32,
    /// With tax.
    pub total: Money,
}
