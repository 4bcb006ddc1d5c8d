//! What others may know of `inventory`: its bodies, its events, its client.

#![warn(missing_docs)]

mod client;
mod events;
mod incoming;
mod items;
mod stock_take;

pub use client::Inventory;
pub use events::{Audited, StockChanged};
pub use incoming::{Incoming, IncomingState, NewIncoming, Receipt};
pub use items::{PutThreshold, StockItem, StockSummary};
pub use stock_take::{Counted, StockTake, TakenRow};

use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// Something that is counted: one or more variants sell from it.
    StockItemId,
    "stk"
);
typed_id!(
    /// A line of the movements ledger.
    MovementId,
    "mov"
);
typed_id!(
    /// Pieces that are on their way from a supplier.
    IncomingId,
    "inc"
);

/// What happens when there is none left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenOut {
    /// It cannot be bought.
    #[default]
    Deny,
    /// It can be bought all the same (back-order).
    Continue,
}

/// How much there is of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StockLevel {
    /// The item.
    pub id: StockItemId,
    /// What people call it, for finding it in the warehouse.
    pub sku: Option<String>,
    /// Whether it is counted at all; when not, it can always be bought.
    pub tracked: bool,
    /// What happens when there is none left.
    pub when_out: WhenOut,
    /// Pieces in the house, those reserved included.
    pub on_hand: i64,
    /// Pieces that belong to checkouts under way.
    pub reserved: i64,
    /// Pieces that can be bought now: `on_hand - reserved`.
    pub available: i64,
    /// When this last changed.
    pub updated_at: Timestamp,
}

/// What anybody may know of an item's stock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Availability {
    /// The item.
    pub item_id: StockItemId,
    /// Whether at least one piece can be bought now, on back-order included.
    pub in_stock: bool,
    /// Whether it can be bought although there is none left; it then takes longer.
    pub back_order: bool,
    /// Pieces that can be bought now, 10 for any number over 10; `null` when there is no limit.
    #[schema(minimum = 0, maximum = 10)]
    pub available: Option<i64>,
}

/// Makes or changes an item. `on_hand` counts only where it is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PutStockItem {
    /// The item.
    pub id: StockItemId,
    /// Its SKU.
    pub sku: Option<String>,
    /// Whether it is counted.
    pub tracked: bool,
    /// What happens when there is none left.
    pub when_out: WhenOut,
    /// Sets the pieces in the house; `None` leaves them as they are.
    pub on_hand: Option<i64>,
}

/// An item of a batch that may be sent again later, when its first answer was lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyedPut {
    /// The item.
    #[serde(flatten)]
    pub put: PutStockItem,
    /// What people call it; absent leaves it as it is.
    #[serde(default)]
    pub title: Option<String>,
    /// Names the count: sent twice, the last key sets `on_hand` once, so that what was sold in between stays sold.
    /// 1 to 100 characters.
    #[serde(default)]
    pub count_key: Option<String>,
}

/// A change of stock by a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdjustment {
    /// Pieces more (or fewer, when negative). Either this or `on_hand`.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000)]
    pub delta: Option<i64>,
    /// Pieces counted. Either this or `delta`.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub on_hand: Option<i64>,
    /// Why: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// Why stock moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// A person or an import changed the count.
    Adjusted,
    /// A checkout claimed pieces.
    Reserved,
    /// A claim was given up or ran out.
    Released,
    /// Claimed pieces were sold.
    Sold,
    /// Sold pieces came back, or were never sent.
    Returned,
    /// Pieces came from a supplier.
    Received,
}

/// A line of the ledger: every change of an item, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Movement {
    /// The line.
    pub id: MovementId,
    /// The item.
    pub item_id: StockItemId,
    /// Why it moved.
    pub kind: MovementKind,
    /// Change of the pieces in the house.
    pub on_hand_delta: i64,
    /// Change of the pieces reserved.
    pub reserved_delta: i64,
    /// The checkout, or the reason a person gave.
    pub reference: String,
    /// When.
    pub at: Timestamp,
    /// The item's SKU of today.
    #[serde(default)]
    pub sku: Option<String>,
    /// What people call the item.
    #[serde(default)]
    pub title: Option<String>,
}

/// So many pieces of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservationLine {
    /// The item.
    pub item_id: StockItemId,
    /// Pieces: 1 or more. Lines on the same item count as one claim.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: u32,
}

/// Claims stock for a checkout. The same reference again answers the same reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReservation {
    /// The checkout's id; one reservation each.
    pub reference: String,
    /// All or nothing.
    pub lines: Vec<ReservationLine>,
    /// Seconds until the claim runs out by itself.
    #[schema(minimum = 1, maximum = 86_400)]
    pub ttl_seconds: u32,
}

/// Puts pieces back where they can be sold again. The same reference again does nothing. Internal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRestock {
    /// What they come back from; one restock each.
    pub reference: String,
    /// The pieces. Items that are not known any more are left out.
    pub lines: Vec<ReservationLine>,
}

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReservationState {
    /// The pieces are kept for the checkout.
    Held,
    /// The pieces are sold.
    Committed,
    /// The pieces are free again.
    Released,
}

/// A claim on stock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reservation {
    /// The checkout's id.
    pub reference: String,
    /// Where it stands.
    pub state: ReservationState,
    /// What is claimed, one line an item.
    pub lines: Vec<ReservationLine>,
    /// When it runs out by itself.
    pub expires_at: Timestamp,
}
