//! How far a person may change a count.

use emart_inventory_api::{NewAdjustment, WhenOut};
use emart_types::Invalid;

use super::MOST_PIECES;
use super::item::Item;

/// A checked change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    By(i64),
    To(i64),
}

/// Why a change does not fit the item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there are only {0} on hand")]
    BelowZero(i64),
    #[error("{0} pieces belong to checkouts under way; try again when these have ended")]
    BelowReserved(i64),
    #[error("more than 1000000000 pieces cannot be counted")]
    TooMany,
}

impl Change {
    pub(crate) fn new(new: &NewAdjustment) -> Result<Self, Invalid> {
        let mut invalid = Invalid::new();
        let reason = new.reason.trim();
        let fits = (1..=200).contains(&new.reason.chars().count()) && !reason.is_empty();
        invalid.require(fits, "/reason", "must be 1 to 200 characters");
        let plain = !reason.chars().any(char::is_control);
        invalid.require(plain, "/reason", "must not contain control characters");
        let change = match (new.delta, new.on_hand) {
            (Some(delta), None) => {
                let fits = (-MOST_PIECES..=MOST_PIECES).contains(&delta);
                invalid.require(fits, "/delta", "must be from -1000000000 to 1000000000");
                Self::By(delta)
            }
            (None, Some(pieces)) => {
                let fits = (0..=MOST_PIECES).contains(&pieces);
                invalid.require(fits, "/on_hand", "must be from 0 to 1000000000");
                Self::To(pieces)
            }
            _ => return Err(Invalid::field("", "say either `delta` or `on_hand`")),
        };
        invalid.finish().map(|()| change)
    }

    /// How many pieces more the item then has.
    pub(crate) fn delta(self, item: &Item) -> Result<i64, Refusal> {
        let delta = match self {
            Self::By(delta) => delta,
            Self::To(pieces) => pieces - item.on_hand,
        };
        let after = item.on_hand + delta;
        let deny = item.tracked && item.when_out == WhenOut::Deny;
        if after > MOST_PIECES {
            Err(Refusal::TooMany)
        } else if delta >= 0 {
            Ok(delta)
        } else if after < 0 {
            Err(Refusal::BelowZero(item.on_hand))
        } else if deny && after < item.reserved {
            Err(Refusal::BelowReserved(item.reserved))
        } else {
            Ok(delta)
        }
    }
}

#[cfg(test)]
mod tests {
    use emart_inventory_api::{KeyedPut, PutStockItem, StockItemId};
    use emart_types::Timestamp;

    use super::*;

    fn item(on_hand: i64, reserved: i64, when_out: WhenOut) -> Item {
        let id = StockItemId::new();
        let put = PutStockItem { id, sku: None, tracked: true, when_out, on_hand: Some(on_hand) };
        let put = KeyedPut { put, title: None, count_key: None };
        Item { reserved, ..Item::new(&put, 5, Timestamp::default()) }
    }

    #[test]
    fn a_count_goes_neither_below_zero_nor_below_what_checkouts_hold() {
        let ten = item(10, 4, WhenOut::Deny);
        assert_eq!(Change::By(-6).delta(&ten), Ok(-6));
        assert_eq!(Change::To(4).delta(&ten), Ok(-6));
        assert_eq!(Change::By(-7).delta(&ten), Err(Refusal::BelowReserved(4)));
        assert_eq!(Change::By(-11).delta(&ten), Err(Refusal::BelowZero(10)));
        assert_eq!(Change::To(MOST_PIECES).delta(&ten), Ok(MOST_PIECES - 10));
        assert_eq!(Change::By(MOST_PIECES).delta(&ten), Err(Refusal::TooMany));
    }

    #[test]
    fn pieces_can_always_be_added_also_where_back_orders_are_owed() {
        let owing = item(-5, 2, WhenOut::Continue);
        assert_eq!(Change::By(1).delta(&owing), Ok(1));
        assert_eq!(Change::To(0).delta(&owing), Ok(5));
        assert_eq!(Change::By(-1).delta(&owing), Err(Refusal::BelowZero(-5)));
    }

    #[test]
    fn either_a_difference_or_a_count_is_said() {
        let new = |delta, on_hand, reason: &str| {
            Change::new(&NewAdjustment { delta, on_hand, reason: reason.to_owned() })
        };
        assert_eq!(new(Some(-3), None, "broken"), Ok(Change::By(-3)));
        assert!(new(None, None, "x").is_err());
        assert!(new(Some(1), Some(1), "x").is_err());
        assert!(new(Some(1), None, " ").is_err());
        assert!(new(Some(i64::MIN), None, "x").is_err());
        assert!(new(None, Some(-1), "x").is_err());
    }
}
