//! The checkout: a saga whose steps are idempotent by the checkout's id.
//!
//! ```text
//!           quote → reserve → book slot → claim promotions → authorise → place → settle
//! running ─────────────────────────────────────────────────┬───────────▶ placed ─────▶ completed
//!    │  refused                                            │ 3-D Secure
//!    ▼                                                     ▼
//! compensating ◀─────────────────────────────────── requires_action
//!    │  authorise, promotions, book slot, reserve undone in reverse order
//!    ▼
//!  failed
//! ```
//!
//! Stock is claimed before money is promised; money is taken after the order is placed, once. Up to `place` a refusal
//! undoes what was done; from there it only goes forward. What stands in the database is enough to go on after a kill
//! at any point: every step can be run again and finds its first effect. Of two drivers at once one may write
//! (`version`); the other's calls change nothing, for they bear the same reference.

mod authorize;
pub(crate) mod pause;
mod place;
mod promotions;
mod quote;
mod reserve;
mod settle;
mod slot;

use std::time::Duration;

use emart_mesh::CallError;

use crate::domain::progress::{Ended, Record, State};
use crate::domain::saga::Trouble;
use crate::error::Error;
use crate::{Orders, store};

/// Whether a checkout can be stopped there.
#[cfg(feature = "fault-injection")]
pub(crate) fn is_pause(place: &str) -> bool {
    pause::PLACES.contains(&place)
}

/// Failed tries of a step before `place` until the checkout is given up: after more than two minutes.
const TRIES: u32 = 12;
/// The wait after the first failed try doubles up to the longest: somebody stands before the till.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// The steps before the point of no return, in order; they are undone in reverse order.
const STEPS: [Step; 5] =
    [Step::Quote, Step::Reserve, Step::Slot, Step::Promotions, Step::Authorize];

#[derive(Debug, Clone, Copy)]
enum Step {
    Quote,
    Reserve,
    Slot,
    Promotions,
    Authorize,
}

impl Step {
    /// Does its work, or finds it done.
    async fn run(self, orders: &Orders, record: &mut Record) -> Result<(), Stop> {
        pause::before(orders, self.names().0).await;
        match self {
            Self::Quote => quote::run(orders, record).await,
            Self::Reserve => reserve::run(orders, record).await,
            Self::Slot => slot::run(orders, record).await,
            Self::Promotions => promotions::run(orders, record).await,
            Self::Authorize => authorize::run(orders, record).await,
        }
    }

    /// Leaves nothing behind, whether it ran or not, and stops its work should it still be on its way.
    async fn undo(self, orders: &Orders, record: &Record) -> Result<(), CallError> {
        pause::before(orders, self.names().1).await;
        match self {
            Self::Quote => Ok(()),
            Self::Reserve => reserve::undo(orders, record).await,
            Self::Slot => slot::undo(orders, record).await,
            Self::Promotions => promotions::undo(orders, record).await,
            Self::Authorize => authorize::undo(orders, record).await,
        }
    }

    /// What a checkout ended by that it refused.
    const fn ended(self) -> Ended {
        match self {
            Self::Authorize => Ended::Payment,
            Self::Quote | Self::Reserve | Self::Slot | Self::Promotions => Ended::Refused,
        }
    }

    /// Of doing it and of undoing it.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Quote => ("quote", "undo-quote"),
            Self::Reserve => ("reserve", "undo-reserve"),
            Self::Slot => ("slot", "undo-slot"),
            Self::Promotions => ("promotions", "undo-promotions"),
            Self::Authorize => ("authorize", "undo-authorize"),
        }
    }
}

/// Why a step did not do its work.
pub(crate) enum Stop {
    /// It will not work: turn back, for this reason.
    Refused { code: String, detail: String },
    /// The card's holder has to confirm first.
    Wait,
    /// Not now: a service is away or slow. Try again later.
    Later(String),
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        match error.problem() {
            // Too busy, or too slow, is not no.
            Some(problem) if matches!(problem.status, 408 | 425 | 429) => {
                Self::Later(error.to_string())
            }
            Some(problem) if error.is_refusal() => {
                let code = problem.kind.trim_start_matches("/problems/").to_owned();
                let detail = problem.detail.clone().unwrap_or_else(|| problem.title.clone());
                Self::Refused { code, detail }
            }
            _ => Self::Later(error.to_string()),
        }
    }
}

impl Orders {
    /// Asks what a new checkout costs, before it is written down: with its price in it, or refused already.
    pub(crate) async fn price(&self, record: &mut Record) {
        pause::before(self, "quote").await;
        match quote::ask(self, record).await {
            Err(Stop::Refused { code, detail }) => {
                record.fail(Ended::Refused, &code, detail);
                // Nothing is claimed yet: there is nothing to give back.
                record.turn(State::Failed);
            }
            // Not now: the step itself asks again.
            Ok(()) | Err(Stop::Wait | Stop::Later(_)) => {}
        }
    }

    /// Drives a checkout as far as it goes now.
    pub(crate) async fn drive(&self, mut record: Record) -> Result<Record, Error> {
        loop {
            match record.state {
                State::Running => self.forward(&mut record).await?,
                State::Compensating => {
                    if !self.backward(&mut record).await? {
                        return Ok(record);
                    }
                }
                State::Placed => {
                    if !self.settle(&mut record).await? {
                        return Ok(record);
                    }
                }
                State::RequiresAction | State::Completed | State::Failed => return Ok(record),
            }
            if record.state == State::Running {
                return Ok(record);
            }
        }
    }

    /// Runs the steps up to `place`. Leaves the record running when something is away just now.
    async fn forward(&self, record: &mut Record) -> Result<(), Error> {
        for step in STEPS {
            match step.run(self, record).await {
                Ok(()) => {}
                Err(Stop::Refused { code, detail }) => {
                    record.fail(step.ended(), &code, detail);
                    return self.save(record).await;
                }
                Err(Stop::Wait) => {
                    record.turn(State::RequiresAction);
                    record.trouble = None;
                    return self.save(record).await;
                }
                Err(Stop::Later(reason)) => return self.later(record, step, &reason).await,
            }
        }
        pause::before(self, "place").await;
        place::run(self, record).await
    }

    async fn later(&self, record: &mut Record, step: Step, reason: &str) -> Result<(), Error> {
        record.tries += 1;
        record.trouble = Some(Trouble::new(step.names().0, reason));
        let (checkout, tries) = (record.id.to_string(), record.tries);
        tracing::warn!(checkout, ?step, tries, reason, "a checkout's step will be tried again");
        if record.tries >= TRIES {
            record.fail(
                Ended::GivenUp,
                "unavailable",
                "something the shop needs was not available; nothing was charged",
            );
        }
        self.save(record).await
    }

    /// Undoes everything, in reverse order; `false` when something is away just now.
    async fn backward(&self, record: &mut Record) -> Result<bool, Error> {
        let undone = async {
            for step in STEPS.into_iter().rev() {
                step.undo(self, record).await.map_err(|error| (step, error))?;
            }
            Ok::<(), (Step, CallError)>(())
        };
        if let Err((step, error)) = undone.await {
            record.tries += 1;
            record.trouble = Some(Trouble::new(step.names().1, &error.to_string()));
            let (checkout, tries) = (record.id.to_string(), record.tries);
            tracing::warn!(checkout, tries, %error, "a checkout could not be undone yet");
            self.save(record).await?;
            return Ok(false);
        }
        record.turn(State::Failed);
        pause::before(self, "fail").await;
        self.save(record).await?;
        Ok(true)
    }

    /// Writes the record unless somebody else has meanwhile.
    pub(crate) async fn save(&self, record: &mut Record) -> Result<(), Error> {
        let read_version = record.version;
        record.version += 1;
        record.updated_at = self.clock.now();
        record.lease_until = self.lease(record);
        let row = record.clone();
        let written = self
            .db
            .write(move |tx| async move { store::update_checkout(&tx, &row, read_version).await })
            .await?;
        if written { Ok(()) } else { Err(Error::DrivenElsewhere) }
    }

    /// How long the job leaves this checkout alone: the lease, or the wait before the next try.
    pub(crate) fn lease(&self, record: &Record) -> emart_types::Timestamp {
        let now = self.clock.now();
        match record.state {
            State::RequiresAction => {
                now.plus(Duration::from_secs(u64::from(self.config.reservation_seconds)))
            }
            _ if record.tries > 0 => {
                let wait = FIRST_WAIT.saturating_mul(1 << (record.tries - 1).min(8));
                now.plus(wait.min(LONGEST_WAIT))
            }
            _ => now.plus(self.config.lease()),
        }
    }
}
