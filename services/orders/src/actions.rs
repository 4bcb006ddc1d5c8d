//! Money actions: refunds, cancellations, edits. Each is a saga whose steps are idempotent by the action's id.
//!
//! ```text
//!          money back → pieces back → order written
//! running ─────┬───────────────────────────────────▶ done
//!              │ the payment provider says no
//!              ▼
//!            failed
//! ```
//!
//! What it does is worked out and written down first, under a lock on the order; an order has one action at a time
//! and no other change meanwhile. Money goes first: until it has, nothing was changed. From there it only goes
//! forward, tried again until it works, by whoever starts next if the process dies.

mod begin;
mod finish;

pub(crate) use begin::Ask;

use std::time::Duration;

use emart_inventory_api::NewRestock;
use emart_mesh::CallError;
use emart_orders_api::{ActionKind, ActionState};
use emart_payments_api::NewPaymentRefund;

use crate::checkout::{Stop, pause};
use crate::domain::action::Record;
use crate::domain::saga::Trouble;
use crate::error::Error;
use crate::{Orders, store};

/// Its steps, as those who look after the store read them.
const MONEY: &str = "money back";
const PIECES: &str = "pieces back";

/// The wait after the first failed try doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

impl Orders {
    /// Drives an action as far as it goes now.
    pub(crate) async fn drive_action(&self, record: Record) -> Result<Record, Error> {
        if record.state != ActionState::Running {
            return Ok(record);
        }
        match self.money_back(&record).await {
            Ok(()) => {}
            Err(Stop::Refused { detail, .. }) => return self.fail_action(record, detail).await,
            Err(Stop::Wait) => return self.delay_action(record, MONEY, "it waits").await,
            Err(Stop::Later(reason)) => return self.delay_action(record, MONEY, &reason).await,
        }
        if let Err(error) = self.pieces_back(&record).await {
            return self.delay_action(record, PIECES, &error.to_string()).await;
        }
        pause::before(self, "refund-finish").await;
        self.finish_action(record).await
    }

    async fn money_back(&self, record: &Record) -> Result<(), Stop> {
        pause::before(self, "refund-money").await;
        let plan = &record.progress.plan;
        if plan.total.is_zero() {
            return Ok(());
        }
        let refund = NewPaymentRefund { reference: record.id.to_string(), amount: plan.total };
        self.clients.payments.refund(&record.progress.payment_id, &refund).await?;
        Ok(())
    }

    /// The stock; of a whole order also the place in the day of delivery, and the uses of its promotions.
    async fn pieces_back(&self, record: &Record) -> Result<(), CallError> {
        pause::before(self, "refund-restock").await;
        let progress = &record.progress;
        if !progress.restock.is_empty() {
            let restock =
                NewRestock { reference: record.id.to_string(), lines: progress.restock.clone() };
            self.clients.inventory.restock(&restock).await?;
        }
        if progress.asked.kind == ActionKind::Cancel {
            self.clients.pricing.release_slot(progress.checkout_id.as_str()).await?;
            self.clients.pricing.release_promotions(progress.checkout_id.as_str()).await?;
        }
        Ok(())
    }

    /// The provider said no: nothing was changed, and nothing will be.
    async fn fail_action(&self, mut record: Record, detail: String) -> Result<Record, Error> {
        record.state = ActionState::Failed;
        record.trouble = None;
        record.failure = Some(detail);
        self.save_action(&record).await?;
        Ok(record)
    }

    async fn delay_action(
        &self,
        mut record: Record,
        step: &str,
        reason: &str,
    ) -> Result<Record, Error> {
        record.tries += 1;
        record.trouble = Some(Trouble::new(step, reason));
        let (action, tries) = (record.id.to_string(), record.tries);
        tracing::warn!(action, tries, reason, "a refund will be tried again");
        let wait = FIRST_WAIT.saturating_mul(1 << (record.tries - 1).min(9));
        record.lease_until = self.clock.now().plus(wait.min(LONGEST_WAIT));
        self.save_action(&record).await?;
        record.version += 1;
        Ok(record)
    }

    async fn save_action(&self, record: &Record) -> Result<(), Error> {
        let (row, now) = (record.clone(), self.clock.now());
        let write =
            self.db.write(move |tx| async move { store::actions::update(&tx, &row, now).await });
        if write.await? { Ok(()) } else { Err(Error::DrivenElsewhere) }
    }
}
