//! A checkout's progress: what was asked, what was found out on the way, where it stands.

use emart_cart_api::CartView;
use emart_http::AuditRecord;
use emart_orders_api::{
    Checkout, CheckoutFailure, CheckoutId, CheckoutState, DraftId, NewCheckout, OrderId, Terms,
};
use emart_payments_api::{Payment, PaymentState};
use emart_pricing_api::{Quote, Shopper};
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::saga::Trouble;

/// Where a saga stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Forward, step by step.
    Running,
    /// Waits for the card's holder.
    RequiresAction,
    /// There is an order: from here only forward.
    Placed,
    /// Done.
    Completed,
    /// Backward, step by step.
    Compensating,
    /// Nothing was bought, everything was given back.
    Failed,
}

impl State {
    const ALL: [Self; 6] = [
        Self::Running,
        Self::RequiresAction,
        Self::Placed,
        Self::Completed,
        Self::Compensating,
        Self::Failed,
    ];

    /// Those from which it goes on.
    pub(crate) const OPEN: [Self; 4] =
        [Self::Running, Self::RequiresAction, Self::Placed, Self::Compensating];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::RequiresAction => "requires_action",
            Self::Placed => "placed",
            Self::Completed => "completed",
            Self::Compensating => "compensating",
            Self::Failed => "failed",
        }
    }

    /// Whether a saga that stands here may stand there next.
    pub(crate) const fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Running => matches!(
                next,
                Self::RequiresAction | Self::Placed | Self::Compensating | Self::Failed
            ),
            Self::RequiresAction => matches!(next, Self::Running | Self::Compensating),
            Self::Placed => matches!(next, Self::Completed),
            Self::Compensating => matches!(next, Self::Failed),
            Self::Completed | Self::Failed => false,
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Why a checkout bought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Somebody said no: out of stock, another price, no delivery there.
    Refused,
    /// The money was not promised.
    Payment,
    /// Its services stayed away for too long.
    GivenUp,
}

impl Ended {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Payment => "payment",
            Self::GivenUp => "given_up",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let all = [Self::Refused, Self::Payment, Self::GivenUp];
        all.into_iter().find(|ended| ended.as_str() == text)
    }
}

/// What a saga knows. Kept as one JSON document; it never holds a card number, only the card's token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) request: NewCheckout,
    #[serde(default)]
    pub(crate) terms: Terms,
    pub(crate) customer_id: Option<String>,
    /// The cart as it was when the checkout began: what is bought, whatever happens to the cart.
    pub(crate) cart: CartView,
    pub(crate) quote: Option<Quote>,
    pub(crate) delivery_date: Option<String>,
    pub(crate) payment: Option<Payment>,
    pub(crate) order_id: Option<OrderId>,
    pub(crate) order_number: Option<i64>,
    pub(crate) failure: Option<CheckoutFailure>,
    /// The draft it makes an order of, rather than of a cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) draft: Option<DraftId>,
    /// The money came another way than by card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) manual: Option<Manual>,
    /// The trace of the request that began it: whoever takes it up goes on with that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) traceparent: Option<String>,
}

impl Progress {
    /// Who buys, as far as promotions depend on it.
    pub(crate) fn shopper(&self) -> Shopper {
        let email = Some(self.request.email.clone());
        Shopper { customer_id: self.customer_id.clone(), email }
    }
}

/// Money that came another way: how, and who said so.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Manual {
    pub(crate) method: String,
    pub(crate) audit: AuditRecord,
}

/// A row of `checkouts`.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: CheckoutId,
    pub(crate) scope: String,
    pub(crate) idempotency_key: String,
    pub(crate) fingerprint: String,
    pub(crate) state: State,
    /// Boxed: a record is moved about a lot.
    pub(crate) progress: Box<Progress>,
    pub(crate) version: i64,
    pub(crate) lease_until: Timestamp,
    pub(crate) tries: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Why the last try did not work.
    pub(crate) trouble: Option<Trouble>,
    /// Why it turned back.
    pub(crate) ended: Option<Ended>,
}

impl Record {
    /// As callers see it; `order_token` only in answers to who bought.
    pub(crate) fn view(&self, order_token: Option<String>) -> Checkout {
        let waits = self.progress.payment.as_ref();
        let waits = waits.filter(|payment| payment.state == PaymentState::RequiresAction);
        Checkout {
            id: self.id.clone(),
            state: match self.state {
                State::Running => CheckoutState::Running,
                State::RequiresAction => CheckoutState::RequiresAction,
                State::Placed | State::Completed => CheckoutState::Completed,
                State::Compensating => CheckoutState::Compensating,
                State::Failed => CheckoutState::Failed,
            },
            order_id: self.progress.order_id.clone(),
            order_token: order_token.filter(|_| self.progress.order_id.is_some()),
            order_number: self.progress.order_number,
            action_path: waits.and_then(|payment| payment.action_path.clone()),
            payment_id: self.progress.payment.as_ref().map(|payment| payment.id.clone()),
            failure: self.progress.failure.clone(),
            created_at: self.created_at,
        }
    }

    /// Stands somewhere else now.
    pub(crate) fn turn(&mut self, next: State) {
        debug_assert!(self.state.leads_to(next), "{:?} does not lead to {next:?}", self.state);
        self.state = next;
    }

    /// Turns back, for this reason.
    pub(crate) fn fail(&mut self, ended: Ended, code: &str, detail: impl Into<String>) {
        self.turn(State::Compensating);
        self.ended = Some(ended);
        let failure = CheckoutFailure { code: code.to_owned(), detail: detail.into() };
        self.progress.failure.get_or_insert(failure);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn next(state: State) -> Vec<State> {
        State::ALL.into_iter().filter(|next| state.leads_to(*next)).collect()
    }

    proptest! {
        /// Whatever happens, an order that was placed is never undone, and nothing that ended begins again.
        #[test]
        fn a_saga_ends_once_and_never_turns_back_after_its_order(
            turns in prop::collection::vec(any::<prop::sample::Index>(), 1..60)
        ) {
            let mut way = vec![State::Running];
            for turn in turns {
                let ways = next(way[way.len() - 1]);
                if ways.is_empty() {
                    break;
                }
                way.push(ways[turn.index(ways.len())]);
            }
            if let Some(placed) = way.iter().position(|state| *state == State::Placed) {
                let after = &way[placed + 1..];
                prop_assert!(after.iter().all(|state| *state == State::Completed), "{way:?}");
            }
            let ends = way.iter().filter(|state| next(**state).is_empty());
            prop_assert!(ends.count() <= 1, "{way:?}");
        }
    }

    #[test]
    fn every_state_is_written_as_a_word_that_reads_as_it_and_leads_to_an_end() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
            let mut reached = vec![state];
            let mut seen = 0;
            while seen < reached.len() {
                for state in next(reached[seen]) {
                    if !reached.contains(&state) {
                        reached.push(state);
                    }
                }
                seen += 1;
            }
            assert!(reached.iter().any(|state| next(*state).is_empty()), "{state:?}");
        }
    }
}
