//! What those who work here see of orders: lists, searches, notes, the whole of an order.

use emart_identity_api::Address;
use emart_types::{Money, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{FulfilmentState, MoneyState, Order, OrderAction, OrderState};

typed_id!(
    /// A list that somebody comes back to.
    ViewId,
    "vew"
);
typed_id!(
    /// What somebody wrote about an order.
    NoteId,
    "nte"
);

/// In which order they are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderSort {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// The largest total first.
    Largest,
    /// The smallest total first.
    Smallest,
}

/// Which orders are wanted. For staff, but for `mine`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Only the caller's own, also for staff.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
    /// Words, or their beginnings: of numbers, names, addresses, e-mail addresses, products, SKUs. All must be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only those bought with this e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(max_length = 254)]
    pub email: Option<String>,
    /// Only this customer's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(max_length = 64)]
    pub customer_id: Option<String>,
    /// Only the one with this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1)]
    pub number: Option<i64>,
    /// Only those that stand here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub state: Option<OrderState>,
    /// Only those whose money stands here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub payment_state: Option<MoneyState>,
    /// Only those of which so much was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub fulfilment_state: Option<FulfilmentState>,
    /// Only those with this tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(max_length = 40)]
    pub tag: Option<String>,
    /// Only those placed on this day or later, in the shop's time zone: `2026-01-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(max_length = 10)]
    pub placed_from: Option<String>,
    /// Only those placed on this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(max_length = 10)]
    pub placed_to: Option<String>,
    /// Only those of at least so many minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0)]
    pub total_min: Option<i64>,
    /// Only those of at most so many minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0)]
    pub total_max: Option<i64>,
    /// In which order; by total only without `q`, `tag`, `email`, `customer_id` and `mine`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub sort: Option<OrderSort>,
    /// How many entries a page holds: 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before. A page may hold fewer entries than asked for and still have one: what is
    /// wanted is rare, and the search goes on from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// How many orders a query finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderCount {
    /// At least so many.
    pub count: u32,
    /// Whether there may be more: nobody counts further than 10,000.
    pub more: bool,
}

/// What somebody who works here wrote about an order. Customers do not see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderNote {
    /// The note.
    pub id: NoteId,
    /// Who wrote it: the id of a person.
    pub author: String,
    /// What.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Writes a note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrderNote {
    /// 1 to 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
}

/// Sets an order's tags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutOrderTags {
    /// At most 20, each 1 to 40 characters. Upper and lower case are the same.
    #[schema(max_items = 20)]
    pub tags: Vec<String>,
}

/// Corrects an order; what is absent stays. The shipping address only before anything is sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderPatch {
    /// Where mail about it goes.
    #[serde(default)]
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// Where it goes. In the same country and region: taxes and shipping depend on them.
    #[serde(default)]
    pub shipping_address: Option<Address>,
    /// Whom it is billed to.
    #[serde(default)]
    pub billing_address: Option<Address>,
    /// What the customer wrote; empty takes it away.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// An order with all that staff know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderDetails {
    /// The order, as its customer sees it.
    pub order: Order,
    /// Whose it is, when bought by a customer.
    pub customer_id: Option<String>,
    /// For finding it.
    pub tags: Vec<String>,
    /// What people wrote, the oldest first.
    pub notes: Vec<OrderNote>,
    /// Refunds, cancellations and edits, the oldest first.
    pub actions: Vec<OrderAction>,
    /// What can still be given back.
    pub refundable: Money,
    /// One more with every change; the ETag.
    pub version: i64,
}

/// A list that somebody comes back to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SavedView {
    /// The list.
    pub id: ViewId,
    /// What they call it.
    pub name: String,
    /// The query: `state=confirmed&fulfilment_state=unfulfilled`.
    pub query: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Keeps a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSavedView {
    /// 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// The query of `GET /api/v1/orders`, without `cursor` and `limit`: at most 1,000 characters.
    #[schema(max_length = 1000)]
    pub query: String,
}
