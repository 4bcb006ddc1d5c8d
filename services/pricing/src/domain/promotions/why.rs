//! Why a promotion does not count, in a word for programs and a sentence for shoppers.

use emart_pricing_api::Coupon;
use emart_types::Money;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// No promotion has this code, or it is switched off.
    Unknown,
    NotStarted,
    Ended,
    /// It was used as often as it may be.
    UsedUp,
    /// The shopper used it as often as they may.
    UsedBefore,
    /// The goods must cost this much more.
    MinimumSubtotal(Money),
    /// There must be so many pieces more.
    MinimumQuantity(u64),
    /// Nothing in the cart is meant.
    Goods,
    Country,
    FirstOrder,
    /// Something else takes more off, and they do not go together.
    BetterOffer,
    /// It counts, and takes nothing off.
    NothingOff,
}

impl Why {
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotStarted => "not_started",
            Self::Ended => "ended",
            Self::UsedUp => "used_up",
            Self::UsedBefore => "used_before",
            Self::MinimumSubtotal(_) => "minimum_subtotal",
            Self::MinimumQuantity(_) => "minimum_quantity",
            Self::Goods => "goods",
            Self::Country => "country",
            Self::FirstOrder => "first_order",
            Self::BetterOffer => "better_offer",
            Self::NothingOff => "nothing_off",
        }
    }

    pub(crate) fn sentence(&self) -> String {
        let text = match self {
            Self::Unknown => "We do not know this code.",
            Self::NotStarted => "This offer has not begun yet.",
            Self::Ended => "This offer is over.",
            Self::UsedUp => "This offer is used up.",
            Self::UsedBefore => "You have used this offer before.",
            Self::MinimumSubtotal(missing) => {
                return format!("Put in {missing} more, and it counts.");
            }
            Self::MinimumQuantity(1) => "Put in one more, and it counts.",
            Self::MinimumQuantity(missing) => {
                return format!("Put in {missing} more, and it counts.");
            }
            Self::Goods => "Nothing in the cart is part of this offer.",
            Self::Country => "This offer does not hold where the parcel goes.",
            Self::FirstOrder => "This offer is for first orders.",
            Self::BetterOffer => "You already get a better offer, and the two do not go together.",
            Self::NothingOff => "It takes nothing off this cart.",
        };
        text.to_owned()
    }

    /// What is said of a code.
    pub(crate) fn coupon(&self, code: &str) -> Coupon {
        Coupon {
            code: code.to_owned(),
            applied: false,
            reason: Some(self.word().to_owned()),
            detail: Some(self.sentence()),
        }
    }
}
