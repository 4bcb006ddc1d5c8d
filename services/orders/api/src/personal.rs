//! What `orders` keeps of a person: to be handed to them. Internal, for those who may change customers.

use serde::{Deserialize, Serialize};

use crate::{Draft, Order, OrderId, OrderNote};

/// Whose orders and drafts are wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalOrdersQuery {
    /// The customer.
    pub customer_id: String,
    /// Their address: orders that were placed with it by nobody who was signed in are theirs, too.
    pub email: String,
    /// Orders placed before this one; the newest if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<OrderId>,
}

/// Orders and drafts of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalOrders {
    /// Orders, the newest first.
    pub orders: Vec<PersonalOrder>,
    /// Drafts, with the first orders only.
    pub drafts: Vec<Draft>,
    /// Where the next orders begin, if there are more.
    pub next: Option<OrderId>,
}

/// An order, with what staff say of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalOrder {
    /// The order.
    pub order: Order,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its notes.
    pub notes: Vec<OrderNote>,
}
