//! A payment, and how it follows the charge at its provider: the provider knows, the payment catches up.

use emart_payments_api::{Payment, PaymentId, PaymentState};
use emart_types::{Money, Timestamp};

use crate::providers::{Charge, Failure};

/// Who keeps payments that came another way: nobody.
pub(crate) const MANUAL: &str = "manual";

/// A payment as the database holds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) id: PaymentId,
    pub(crate) reference: String,
    pub(crate) state: PaymentState,
    pub(crate) amount: Money,
    pub(crate) provider: String,
    pub(crate) token: String,
    pub(crate) card: String,
    pub(crate) brand: String,
    pub(crate) last4: String,
    pub(crate) failure: Option<String>,
    pub(crate) cancel_requested: bool,
    /// What of the amount gift cards pay.
    pub(crate) gift_minor: i64,
    /// The last four characters of each, with commas between them.
    pub(crate) gift_last4: String,
    /// Given back, or being given back.
    pub(crate) refunded_minor: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What a reference means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known {
    Payment(Box<Kept>),
    /// It was cancelled before it began.
    Stopped,
}

impl Known {
    pub(crate) fn payment(self) -> Option<Kept> {
        match self {
            Self::Payment(kept) => Some(*kept),
            Self::Stopped => None,
        }
    }
}

impl Kept {
    /// What the card pays, and its provider knows.
    pub(crate) const fn by_card(&self) -> Money {
        let minor = self.amount.amount_minor - self.gift_minor;
        Money::new(minor, self.amount.currency)
    }

    /// Whether it came another way: there is no provider to ask.
    pub(crate) fn is_manual(&self) -> bool {
        self.provider == MANUAL
    }

    /// What can still be given back.
    pub(crate) const fn left(&self) -> Money {
        let left = self.amount.amount_minor - self.refunded_minor;
        Money::new(left, self.amount.currency)
    }

    /// Nothing can become of it any more.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(self.state, PaymentState::Voided | PaymentState::Failed | PaymentState::Refunded)
    }

    /// The payment at the end of a path that is not empty.
    pub(crate) fn after(&self, path: &[PaymentState], charge: Charge, now: Timestamp) -> Self {
        let state = path.last().copied().unwrap_or(self.state);
        let failure = match (state, charge) {
            (PaymentState::Failed, Charge::Declined(failure)) => Some(failure),
            (PaymentState::Failed, _) => Some(Failure::ProviderTimeout),
            _ => None,
        };
        let failure = failure.map(|failure| failure.code().to_owned());
        let refunded_minor = if state == PaymentState::Refunded {
            self.amount.amount_minor
        } else {
            self.refunded_minor
        };
        Self { state, failure, refunded_minor, updated_at: now, ..self.clone() }
    }

    pub(crate) fn payment(self) -> Payment {
        let waits = self.state == PaymentState::RequiresAction;
        let action_path = waits.then(|| format!("/api/v1/payments/{}/authentication", self.id));
        Payment {
            id: self.id,
            reference: self.reference,
            state: self.state,
            amount: self.amount,
            provider: self.provider,
            brand: self.brand,
            last4: self.last4,
            failure: self.failure,
            action_path,
            gift_card_amount: (self.gift_minor > 0)
                .then(|| Money::new(self.gift_minor, self.amount.currency)),
            gift_card_last4: self
                .gift_last4
                .split(',')
                .filter(|last4| !last4.is_empty())
                .map(ToOwned::to_owned)
                .collect(),
            refunded: Some(Money::new(self.refunded_minor, self.amount.currency)),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// The states a payment goes through to catch up with its charge. None when it is there, when the news is older than
/// what is known, or when nothing can become of it any more.
pub(crate) const fn path(from: PaymentState, charge: Charge) -> &'static [PaymentState] {
    use PaymentState as S;
    match (from, charge) {
        (S::Pending, Charge::RequiresAction) => &[S::RequiresAction],
        (S::Pending | S::RequiresAction, Charge::Authorized) => &[S::Authorized],
        (S::Pending | S::RequiresAction, Charge::Declined(_)) => &[S::Failed],
        (S::Pending | S::RequiresAction, Charge::Captured) => &[S::Authorized, S::Captured],
        (S::Authorized, Charge::Captured) => &[S::Captured],
        // Voided before the provider had heard of it: there was no promise to give back.
        (S::Pending, Charge::Voided { promised: false }) => &[S::Failed],
        (S::Pending | S::RequiresAction, Charge::Voided { promised: true }) => {
            &[S::Authorized, S::Voided]
        }
        (S::RequiresAction, Charge::Voided { promised: false })
        | (S::Authorized, Charge::Voided { .. }) => &[S::Voided],
        (S::Pending | S::RequiresAction, Charge::Refunded) => {
            &[S::Authorized, S::Captured, S::Refunded]
        }
        (S::Authorized, Charge::Refunded) => &[S::Captured, S::Refunded],
        (S::Captured, Charge::Refunded) => &[S::Refunded],
        _ => &[],
    }
}

/// What the ledger says of a path.
pub(crate) fn entries(from: PaymentState, path: &[PaymentState]) -> Vec<&'static str> {
    let promised = from == PaymentState::Authorized || path.contains(&PaymentState::Authorized);
    let kind = |state: &PaymentState| match state {
        PaymentState::Authorized => Some("authorized"),
        PaymentState::Captured => Some("captured"),
        PaymentState::Voided => promised.then_some("voided"),
        PaymentState::Refunded => Some("refunded"),
        PaymentState::Pending | PaymentState::RequiresAction | PaymentState::Failed => None,
    };
    path.iter().filter_map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [PaymentState; 7] = [
        PaymentState::Pending,
        PaymentState::RequiresAction,
        PaymentState::Authorized,
        PaymentState::Captured,
        PaymentState::Voided,
        PaymentState::Failed,
        PaymentState::Refunded,
    ];
    const CHARGES: [Charge; 8] = [
        Charge::Unknown,
        Charge::RequiresAction,
        Charge::Authorized,
        Charge::Declined(Failure::CardDeclined),
        Charge::Captured,
        Charge::Voided { promised: false },
        Charge::Voided { promised: true },
        Charge::Refunded,
    ];

    /// Each entry at most once, no capture without a promise, no return without a capture: the sums can never be off.
    #[test]
    fn whatever_is_heard_in_whatever_order_the_ledger_adds_up() {
        for first in CHARGES {
            for second in CHARGES {
                for third in CHARGES {
                    let (mut state, mut ledger) = (PaymentState::Pending, Vec::new());
                    for charge in [first, second, third] {
                        let path = path(state, charge);
                        ledger.extend(entries(state, path));
                        state = path.last().copied().unwrap_or(state);
                    }
                    let count = |kind: &str| ledger.iter().filter(|k| **k == kind).count();
                    let heard = format!("{first:?} {second:?} {third:?}: {ledger:?}");
                    for kind in ["authorized", "captured", "voided", "refunded"] {
                        assert!(count(kind) <= 1, "{heard}");
                    }
                    assert!(count("captured") + count("voided") <= count("authorized"), "{heard}");
                    assert!(count("refunded") <= count("captured"), "{heard}");
                }
            }
        }
    }

    #[test]
    fn what_has_ended_stays_as_it_ended() {
        for state in STATES.into_iter().skip(4) {
            for charge in CHARGES {
                assert!(path(state, charge).is_empty(), "{state:?} {charge:?}");
            }
        }
    }

    #[test]
    fn old_news_changes_nothing() {
        for charge in [Charge::Authorized, Charge::RequiresAction, Charge::Unknown] {
            assert!(path(PaymentState::Captured, charge).is_empty());
            assert!(path(PaymentState::Authorized, charge).is_empty());
        }
    }
}
