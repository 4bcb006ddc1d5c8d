//! What leaves the warehouse for an order: fulfilments.

use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A parcel of an order.
    FulfilmentId,
    "ful"
);

/// How much of an order is on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FulfilmentState {
    /// Nothing yet.
    #[default]
    Unfulfilled,
    /// Some of it.
    Partial,
    /// All of it, or there is nothing left to send.
    Fulfilled,
}

/// Where a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShipmentState {
    /// On its way.
    Shipped,
    /// It has arrived.
    Delivered,
    /// It never left; its pieces are to be sent again.
    Cancelled,
}

/// So many pieces of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineQuantity {
    /// The line's place in the order: 0 is the first.
    #[schema(maximum = 999)]
    pub line: u32,
    /// Pieces.
    #[schema(minimum = 1, maximum = 9999)]
    pub quantity: u32,
}

/// How a parcel is followed on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tracking {
    /// Who carries it: at most 60 characters.
    #[schema(max_length = 60)]
    pub carrier: Option<String>,
    /// The carrier's number for it: at most 100 characters.
    #[schema(max_length = 100)]
    pub number: Option<String>,
    /// Where it can be followed: `https://…`.
    #[schema(max_length = 500)]
    pub url: Option<String>,
}

/// A parcel of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Fulfilment {
    /// The parcel.
    pub id: FulfilmentId,
    /// Where it is.
    pub state: ShipmentState,
    /// What is in it.
    pub lines: Vec<LineQuantity>,
    /// How it is followed.
    pub tracking: Tracking,
    /// When it left.
    pub shipped_at: Timestamp,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// When it was called off.
    pub cancelled_at: Option<Timestamp>,
}

/// Sends a parcel.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFulfilment {
    /// What is in it; all that was not sent yet when empty or absent.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub lines: Vec<LineQuantity>,
    /// How it is followed.
    #[serde(default)]
    pub tracking: Tracking,
    /// Whether the customer is told.
    #[serde(default)]
    pub notify: bool,
}
