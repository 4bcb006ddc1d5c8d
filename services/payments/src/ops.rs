//! The operations of `payments`. The provider is asked outside of any transaction; what it answers is written by
//! [`Payments::record`] alone, so it does not matter who asks, how often, or who hears the answer first.

mod authorize;
mod cancel;
mod capture;
pub(crate) mod gift_cards;
mod record;
mod refund;
mod tokenize;

use std::future::Future;

use emart_events::Outbox;
use emart_payments_api::{
    PaymentCaptured, PaymentFailed, PaymentId, PaymentRefunded, PaymentState, PaymentVoided,
};
use emart_store::Tx;
use emart_types::Timestamp;

use crate::domain::payment::{Kept, entries, path};
use crate::error::Error;
use crate::providers::{Answer, Charge, ProviderError};
use crate::{Payments, store};

/// How often a transaction is tried again when it got in another's way.
const RETRIES: usize = 3;

impl Payments {
    /// A payment.
    pub(crate) async fn payment(&self, id: &PaymentId) -> Result<Kept, Error> {
        let id = id.clone();
        let read = |tx| async move { store::payments::payment(&tx, &id).await };
        self.db.read(read).await?.ok_or(Error::NotFound)
    }

    /// Waits for a provider as long as the settings say.
    async fn ask<T>(&self, answer: Answer<'_, T>) -> Result<T, ProviderError> {
        let waited = tokio::time::timeout(self.config.provider_timeout(), answer).await;
        waited.unwrap_or(Err(ProviderError::Timeout))
    }

    /// Writes what a provider says of a charge, once: state, ledger and events in one transaction.
    async fn record(&self, kept: Kept, charge: Charge) -> Result<Kept, Error> {
        if path(kept.state, charge).is_empty() {
            return Ok(kept);
        }
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (kept, outbox) = (kept.clone(), outbox.clone());
            async move { catch_up(&tx, &outbox, kept, charge, now).await }
        })
        .await
    }

    /// Runs a transaction, again when it got in another's way.
    async fn write<T, F, Fut>(&self, body: F) -> Result<T, Error>
    where
        F: Fn(Tx) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = Result<T, Error>> + Send,
        T: Send + 'static,
    {
        for _ in 0..RETRIES {
            match self.db.write(body.clone()).await {
                Err(Error::Store(error)) if error.is_serialization_failure() => {}
                result => return result,
            }
        }
        self.db.write(body).await
    }
}

async fn catch_up(
    tx: &Tx,
    outbox: &Outbox,
    mut kept: Kept,
    charge: Charge,
    now: Timestamp,
) -> Result<Kept, Error> {
    loop {
        let path = path(kept.state, charge);
        if path.is_empty() {
            return Ok(kept);
        }
        let after = kept.after(path, charge, now);
        if store::payments::advance(tx, kept.state, &after).await? {
            let kinds = entries(kept.state, path);
            store::entries::insert(tx, &after.id, &kinds, after.by_card(), now).await?;
            // Nothing was paid after all, or everything is given back.
            if after.gift_minor > 0 && after.is_final() {
                gift_cards::give_back(tx, &after.id, after.id.as_str(), after.gift_minor, now)
                    .await?;
            }
            tell(tx, outbox, &after, path).await?;
            return Ok(after);
        }
        // Somebody else wrote it meanwhile; from where it stands now, then.
        kept = store::payments::payment(tx, &kept.id).await?.ok_or(Error::NotFound)?;
    }
}

async fn tell(tx: &Tx, outbox: &Outbox, kept: &Kept, path: &[PaymentState]) -> Result<(), Error> {
    let (payment_id, reference) = (kept.id.clone(), kept.reference.clone());
    if path.contains(&PaymentState::Captured) {
        let (payment_id, reference) = (payment_id.clone(), reference.clone());
        let captured = PaymentCaptured { payment_id, reference, amount: kept.amount };
        outbox.emit(tx, &captured).await?;
    }
    match kept.state {
        PaymentState::Voided => {
            outbox.emit(tx, &PaymentVoided { payment_id, reference }).await?;
        }
        PaymentState::Failed => {
            let failure = kept.failure.clone().unwrap_or_default();
            outbox.emit(tx, &PaymentFailed { payment_id, reference, failure }).await?;
        }
        PaymentState::Refunded => {
            let (refund_reference, amount) = (reference.clone(), kept.amount);
            let refunded = PaymentRefunded { payment_id, reference, refund_reference, amount };
            outbox.emit(tx, &refunded).await?;
        }
        PaymentState::Pending
        | PaymentState::RequiresAction
        | PaymentState::Authorized
        | PaymentState::Captured => {}
    }
    Ok(())
}
