//! The rules of stock: what an item is, what a reservation asks for, how far an adjustment may go.

pub(crate) mod adjustment;
pub(crate) mod delivery;
pub(crate) mod item;
pub(crate) mod sheet;
pub(crate) mod take;
pub(crate) mod wanted;

/// More pieces of one item than any warehouse holds; keeps sums far from overflowing.
pub(crate) const MOST_PIECES: i64 = 1_000_000_000;
