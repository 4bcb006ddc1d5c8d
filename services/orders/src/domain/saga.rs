//! Checkouts and money actions as those who look after the store see them: how each stands, and what can be done.

use emart_orders_api::{ActionKind, ActionState, Saga, SagaKind, SagaStanding};

use crate::domain::{action, progress};

/// The longest error that is kept, in characters.
const LONGEST: usize = 500;

/// What kept a try from working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) step: String,
    pub(crate) error: String,
}

impl Trouble {
    pub(crate) fn new(step: &str, error: &str) -> Self {
        Self { step: step.to_owned(), error: error.chars().take(LONGEST).collect() }
    }
}

/// Why a saga is not tried at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("it has ended, and what it had done was undone: it has to be asked for anew")]
    Ended,
    #[error("it waits for the customer to confirm the payment, and nobody can do that for them")]
    Waits,
    #[error("no try of it has failed: it is on its way")]
    OnItsWay,
}

/// Whether a saga may be taken up before its time.
pub(crate) fn may_hasten(saga: &Saga) -> Result<(), Refusal> {
    match saga.standing {
        SagaStanding::GivenUp => Err(Refusal::Ended),
        SagaStanding::Stuck => Ok(()),
        SagaStanding::UnderWay if saga.step == WAITS => Err(Refusal::Waits),
        SagaStanding::UnderWay => Err(Refusal::OnItsWay),
    }
}

/// What a checkout does while its card's holder has to act.
const WAITS: &str = "waits for the customer";

/// The checkout as a saga, unless it bought what it was for or was refused: then there is nothing to look after.
pub(crate) fn of_checkout(record: progress::Record) -> Option<Saga> {
    let refused =
        record.state == progress::State::Failed && record.ended != Some(progress::Ended::GivenUp);
    let is_over = refused || record.state == progress::State::Completed;
    (!is_over).then(|| record.saga())
}

/// The action as a saga, unless it did what it was for.
pub(crate) fn of_action(record: action::Record) -> Option<Saga> {
    (record.state != ActionState::Done).then(|| record.saga())
}

impl progress::Record {
    /// The checkout as a saga.
    pub(crate) fn saga(self) -> Saga {
        let has_ended = matches!(self.state, progress::State::Completed | progress::State::Failed);
        let standing = match (&self.trouble, has_ended) {
            (_, true) => SagaStanding::GivenUp,
            (Some(_), false) => SagaStanding::Stuck,
            (None, false) => SagaStanding::UnderWay,
        };
        let next = match self.state {
            progress::State::Running => "on its way to an order",
            progress::State::RequiresAction => WAITS,
            progress::State::Placed => "settle",
            progress::State::Compensating => "gives everything back",
            progress::State::Completed | progress::State::Failed => "ended",
        };
        let (step, error) = told(self.trouble, next);
        let progress = *self.progress;
        let label = progress.order_number.map(|number| format!("Order {number}"));
        Saga {
            id: self.id.to_string(),
            kind: SagaKind::Checkout,
            standing,
            label: label.unwrap_or_else(|| "Checkout".to_owned()),
            order_id: progress.order_id,
            total: progress.quote.map(|quote| quote.total),
            step,
            tries: self.tries,
            error,
            since: self.created_at,
            changed_at: self.updated_at,
            next_try_at: Some(self.lease_until).filter(|_| !has_ended),
        }
    }
}

impl action::Record {
    /// The action as a saga.
    pub(crate) fn saga(self) -> Saga {
        let runs = self.state == ActionState::Running;
        let standing = match (&self.trouble, runs) {
            (_, false) => SagaStanding::GivenUp,
            (Some(_), true) => SagaStanding::Stuck,
            (None, true) => SagaStanding::UnderWay,
        };
        let (step, error) = told(self.trouble, if runs { "on its way" } else { "money back" });
        Saga {
            id: self.id.to_string(),
            kind: match self.progress.asked.kind {
                ActionKind::Refund => SagaKind::Refund,
                ActionKind::Cancel => SagaKind::Cancel,
                ActionKind::Edit => SagaKind::Edit,
            },
            standing,
            label: self.progress.audit.label.clone(),
            order_id: Some(self.order_id),
            total: Some(self.progress.plan.total),
            step,
            tries: self.tries,
            error: error.or(self.failure),
            since: self.created_at,
            changed_at: self.updated_at,
            next_try_at: Some(self.lease_until).filter(|_| runs),
        }
    }
}

/// The step that did not work, and why; or what it is about to do.
fn told(trouble: Option<Trouble>, next: &str) -> (String, Option<String>) {
    match trouble {
        Some(Trouble { step, error }) => (step, Some(error)),
        None => (next.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use emart_types::Timestamp;

    use super::*;

    fn saga(standing: SagaStanding, step: &str) -> Saga {
        let at = Timestamp::from_millis(0);
        Saga {
            id: "chk_1".to_owned(),
            kind: SagaKind::Checkout,
            standing,
            label: "Checkout".to_owned(),
            order_id: None,
            total: None,
            step: step.to_owned(),
            tries: 0,
            error: None,
            since: at,
            changed_at: at,
            next_try_at: Some(at),
        }
    }

    #[test]
    fn only_what_is_stuck_is_taken_up_before_its_time() {
        assert_eq!(may_hasten(&saga(SagaStanding::Stuck, "settle")), Ok(()));
        assert_eq!(may_hasten(&saga(SagaStanding::UnderWay, "settle")), Err(Refusal::OnItsWay));
        assert_eq!(may_hasten(&saga(SagaStanding::UnderWay, WAITS)), Err(Refusal::Waits));
        assert_eq!(may_hasten(&saga(SagaStanding::GivenUp, "ended")), Err(Refusal::Ended));
    }

    #[test]
    fn an_error_is_kept_as_far_as_it_can_be_read() {
        assert_eq!(Trouble::new("settle", &"é".repeat(900)).error.chars().count(), LONGEST);
    }
}
