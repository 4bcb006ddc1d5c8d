//! How orders are spoken of: their states as badges.

use emart_orders_api::{FulfilmentState, MoneyState, OrderState};

use crate::view::{Badge, Tone};

pub(super) fn state(state: OrderState) -> Option<Badge> {
    match state {
        OrderState::Placed => Some(Badge::new(Tone::Warn, "Payment running")),
        OrderState::Confirmed => None,
        OrderState::Cancelled => Some(Badge::new(Tone::Bad, "Cancelled")),
    }
}

pub(super) fn money(state: MoneyState) -> Badge {
    match state {
        MoneyState::Pending => Badge::new(Tone::Warn, "To be paid"),
        MoneyState::Paid => Badge::new(Tone::Good, "Paid"),
        MoneyState::PartiallyRefunded => Badge::new(Tone::Info, "Partly refunded"),
        MoneyState::Refunded => Badge::new(Tone::Plain, "Refunded"),
    }
}

pub(super) fn fulfilment(state: FulfilmentState) -> Badge {
    match state {
        FulfilmentState::Unfulfilled => Badge::new(Tone::Warn, "To send"),
        FulfilmentState::Partial => Badge::new(Tone::Info, "Partly sent"),
        FulfilmentState::Fulfilled => Badge::new(Tone::Good, "Sent"),
    }
}
