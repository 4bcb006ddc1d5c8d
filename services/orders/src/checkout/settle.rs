//! Step `settle`, after the order is placed: the stock is sold, the money taken, the cart emptied. Tried again until
//! it works; an order whose stock was lost meanwhile is cancelled and its money given back.

use std::time::Duration;

use emart_cart_api::{Consumption, NewLine};
use emart_mesh::CallError;
use emart_orders_api::{Order, OrderCancelled, OrderState};
use emart_types::Timestamp;

use crate::checkout::{pause, promotions};
use crate::domain::order;
use crate::domain::progress::{Record, State};
use crate::domain::saga::Trouble;
use crate::error::Error;
use crate::{Orders, store};

/// A try that still has not settled an order is told to who looks at it.
const DELAYED: u32 = 5;

/// What became of an order.
enum Settled {
    /// Sold and paid.
    Sold,
    /// The stock is gone for good; the money was given back.
    Lost,
}

impl Orders {
    /// `false` when something is away just now.
    pub(crate) async fn settle(&self, record: &mut Record) -> Result<bool, Error> {
        match self.try_to_settle(record).await {
            Ok(settled) => {
                pause::before(self, "complete").await;
                self.complete(record, settled).await?;
                Ok(true)
            }
            Err(error) => {
                self.delay(record, &error).await?;
                Ok(false)
            }
        }
    }

    async fn try_to_settle(&self, record: &Record) -> Result<Settled, CallError> {
        let (sold, paid) = if self.claim_holds(record) {
            tokio::join!(self.sell(record), self.pay(record))
        } else {
            // Whoever may have lost the stock meanwhile does not pay before that is known.
            match self.sell(record).await {
                Ok(true) => (Ok(true), self.pay(record).await),
                lost => (lost, Ok(())),
            }
        };
        if !sold? {
            self.clients.payments.cancel(record.id.as_str()).await?;
            self.clients.pricing.release_slot(record.id.as_str()).await?;
            promotions::undo(self, record).await?;
            return Ok(Settled::Lost);
        }
        paid.map(|()| Settled::Sold)
    }

    /// Whether the stock is kept for this checkout for certain.
    fn claim_holds(&self, record: &Record) -> bool {
        let kept = Duration::from_secs(self.config.reservation_seconds.into());
        self.clock.now() < record.created_at.plus(kept)
    }

    async fn pay(&self, record: &Record) -> Result<(), CallError> {
        let (captured, consumed) = tokio::join!(self.capture(record), self.consume(record));
        captured.and(consumed)
    }

    /// `false` when the stock is gone for good.
    async fn sell(&self, record: &Record) -> Result<bool, CallError> {
        pause::before(self, "commit").await;
        match self.clients.inventory.commit(record.id.as_str()).await {
            Ok(_) => return Ok(true),
            Err(error) if error.is("reservation-released") => {}
            Err(error) => return Err(error),
        }
        // A claim that ran out may be had again later. Before money is given back that must end, or another driver
        // might sell what this one gives up.
        match self.clients.inventory.release(record.id.as_str()).await {
            Ok(()) => Ok(false),
            Err(error) if error.is("reservation-committed") => Ok(true),
            Err(error) => Err(error),
        }
    }

    async fn capture(&self, record: &Record) -> Result<(), CallError> {
        pause::before(self, "capture").await;
        match &record.progress.payment {
            Some(payment) => self.clients.payments.capture(&payment.id).await.map(|_| ()),
            None => Err(CallError::Malformed("there is no payment".to_owned())),
        }
    }

    async fn consume(&self, record: &Record) -> Result<(), CallError> {
        pause::before(self, "consume").await;
        if record.progress.draft.is_some() {
            return Ok(());
        }
        let cart = &record.progress.cart;
        let bought = cart
            .lines
            .iter()
            .map(|line| NewLine { variant_id: line.variant_id.clone(), quantity: line.quantity });
        let consumption = Consumption {
            reference: record.id.to_string(),
            lines: bought.collect(),
            coupons: cart.coupons.clone(),
        };
        self.clients.cart.consume(&cart.id, &consumption).await
    }

    async fn complete(&self, record: &mut Record, settled: Settled) -> Result<(), Error> {
        let mut next = record.clone();
        next.tries = 0;
        next.trouble = None;
        next.turn(State::Completed);
        let change: fn(&mut Order, Timestamp) = match settled {
            Settled::Sold => order::confirm,
            Settled::Lost => order::cancel,
        };
        *record = self.save_with_order(next, change).await?;
        Ok(())
    }

    /// Leaves it for the next try. It is never given up: the order stands.
    async fn delay(&self, record: &mut Record, error: &CallError) -> Result<(), Error> {
        record.tries += 1;
        record.trouble = Some(Trouble::new("settle", &error.to_string()));
        let (checkout, tries) = (record.id.to_string(), record.tries);
        tracing::warn!(checkout, tries, %error, "a placed order could not be settled yet");
        if record.tries != DELAYED {
            return self.save(record).await;
        }
        *record = self.save_with_order(record.clone(), order::delay).await?;
        Ok(())
    }

    /// Writes a checkout and what happened to its order.
    async fn save_with_order(
        &self,
        mut next: Record,
        change: fn(&mut Order, Timestamp),
    ) -> Result<Record, Error> {
        let (now, read_version) = (self.clock.now(), next.version);
        next.version += 1;
        next.updated_at = now;
        next.lease_until = self.lease(&next);
        let (outbox, seal, days) = (self.outbox.clone(), self.seal.clone(), self.days.clone());
        let written = self.db.write(move |tx| async move {
            let Some(id) = &next.progress.order_id else {
                return Err(Error::Unexpected("a placed checkout has no order"));
            };
            if !store::update_checkout(&tx, &next, read_version).await? {
                return Err(Error::DrivenElsewhere);
            }
            let Some(mut kept) = store::order_to_change(&tx, id).await? else {
                return Err(Error::Unexpected("a placed checkout's order is gone"));
            };
            change(&mut kept.order, now);
            store::update_order(&tx, &mut kept).await?;
            if kept.order.state == OrderState::Cancelled {
                let day = days.of(now).to_string();
                store::days::add_refund(&tx, kept.order.total, &day).await?;
                let refund = order::refund_of_lost(&kept.order, now);
                let order_token = seal.token(kept.order.id.as_str());
                let order = kept.order;
                let told = OrderCancelled { order, refund, order_token, notify: true };
                outbox.emit(&tx, &told).await?;
            }
            Ok(next)
        });
        written.await
    }
}
