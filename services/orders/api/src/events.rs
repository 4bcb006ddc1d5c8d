//! The events `orders` emits.

use emart_catalog_api::VariantId;
use emart_events::Payload;
use emart_http::AuditRecord;
use emart_types::Money;
use serde::{Deserialize, Serialize};

use crate::{CheckoutId, Fulfilment, Order, OrderId, OrderRefund};

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

/// Somebody wants the confirmation of an order once more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfirmationRequested {
    /// The order as it is now.
    pub order: Order,
    /// Opens the order to a guest.
    pub order_token: String,
}

impl Payload for ConfirmationRequested {
    const TYPE: &'static str = "orders.confirmation_requested.v1";
    fn subject(&self) -> &str {
        self.order.id.as_str()
    }
}

/// A parcel of an order is on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderShipped {
    /// The order as it is now.
    pub order: Order,
    /// The parcel; its lines are places in `order.lines`.
    pub fulfilment: Fulfilment,
    /// Opens the order to a guest.
    pub order_token: String,
    /// Whether the customer is to be told.
    pub notify: bool,
}

impl Payload for OrderShipped {
    const TYPE: &'static str = "orders.order_shipped.v1";
    fn subject(&self) -> &str {
        self.order.id.as_str()
    }
}

/// Money of an order was given back, or pieces were taken off it; not when it was cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderRefunded {
    /// The order as it is now.
    pub order: Order,
    /// What was given back; its lines are places in `order.lines`.
    pub refund: OrderRefund,
    /// Opens the order to a guest.
    pub order_token: String,
    /// Whether the customer is to be told.
    pub notify: bool,
}

impl Payload for OrderRefunded {
    const TYPE: &'static str = "orders.order_refunded.v1";
    fn subject(&self) -> &str {
        self.order.id.as_str()
    }
}

/// Whose order it was, is not to be known any more: what else is kept of it that names somebody goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderForgotten {
    /// The order.
    pub order_id: OrderId,
}

impl Payload for OrderForgotten {
    const TYPE: &'static str = "orders.order_forgotten.v1";
    fn subject(&self) -> &str {
        self.order_id.as_str()
    }
}

/// An order was called off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderCancelled {
    /// The order as it is now.
    pub order: Order,
    /// What was given back.
    pub refund: OrderRefund,
    /// Opens the order to a guest.
    pub order_token: String,
    /// Whether the customer is to be told.
    pub notify: bool,
}

impl Payload for OrderCancelled {
    const TYPE: &'static str = "orders.order_cancelled.v1";
    fn subject(&self) -> &str {
        self.order.id.as_str()
    }
}

/// Somebody who works here changed something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audited(pub AuditRecord);

impl Payload for Audited {
    const TYPE: &'static str = "orders.audited.v1";
    fn subject(&self) -> &str {
        &self.0.resource
    }
}
