//! Giving a payment up: the wish is written first, so that it is carried out whatever happens in between.

use emart_payments_api::PaymentState;
use emart_store::Tx;
use emart_types::{Currency, Invalid, Timestamp};

use crate::domain::check_reference;
use crate::domain::payment::{Kept, Known};
use crate::error::Error;
use crate::providers::Charge;
use crate::{Payments, store};

/// What a cancellation finds.
enum Found {
    /// Something the provider has to be told of.
    Open(Kept),
    /// Ended before, one way or the other.
    Ended(Kept),
    /// Never begun; from now on it is refused.
    Stopped,
}

impl Payments {
    /// Gives a promise or the money back, or stops a payment that has not come yet. `None` when there was none.
    pub(crate) async fn cancel(&self, reference: String) -> Result<Option<Kept>, Error> {
        check_reference(&reference).map_err(|detail| Invalid::field("/reference", detail))?;
        let (currency, now) = (self.config.currency, self.clock.now());
        let due_at = now.plus(self.config.pending());
        let found = self.write(move |tx| {
            let reference = reference.clone();
            async move { request(&tx, &reference, currency, (now, due_at)).await }
        });
        match found.await? {
            Found::Stopped => Ok(None),
            Found::Ended(kept) => Ok(Some(kept)),
            Found::Open(kept) => self.give_back(kept).await.map(Some),
        }
    }

    /// Tells the provider of a payment that is not wanted any more.
    pub(crate) async fn give_back(&self, kept: Kept) -> Result<Kept, Error> {
        if kept.is_manual() {
            return self.record(kept, Charge::Refunded).await;
        }
        let mut charge = match kept.state {
            PaymentState::Captured => Charge::Captured,
            _ => self.ask(self.provider_of(&kept).void(kept.id.as_str())).await?,
        };
        if charge == Charge::Captured {
            charge = self.ask(self.provider_of(&kept).refund(kept.id.as_str())).await?;
        }
        let kept = self.record(kept, charge).await?;
        if kept.state == PaymentState::Captured && charge != Charge::Captured {
            // It was taken in this very moment.
            let charge = self.ask(self.provider_of(&kept).refund(kept.id.as_str())).await?;
            return self.record(kept, charge).await;
        }
        Ok(kept)
    }

    /// Finds out what became of a payment that has been open for long.
    pub(crate) async fn resolve(&self, kept: Kept) -> Result<Kept, Error> {
        if kept.cancel_requested {
            return self.give_back(kept).await;
        }
        let mut charge = self.ask(self.provider_of(&kept).status(kept.id.as_str())).await?;
        if charge == Charge::Unknown {
            // Not there after all this time; voided, it cannot arrive later either.
            charge = self.ask(self.provider_of(&kept).void(kept.id.as_str())).await?;
        }
        self.record(kept, charge).await
    }
}

async fn request(
    tx: &Tx,
    reference: &str,
    currency: Currency,
    (now, due_at): (Timestamp, Timestamp),
) -> Result<Found, Error> {
    if let Some(kept) = store::payments::request_cancel(tx, reference, now, due_at).await? {
        return Ok(Found::Open(kept));
    }
    if store::payments::stop(tx, reference, currency, now).await? {
        return Ok(Found::Stopped);
    }
    match store::payments::by_reference(tx, reference).await? {
        // Of what was given back in part, the rest is not given back unasked.
        Some(Known::Payment(kept)) if kept.is_final() || kept.refunded_minor > 0 => {
            Ok(Found::Ended(*kept))
        }
        Some(Known::Stopped) => Ok(Found::Stopped),
        // It began between the two statements: from the start, then.
        _ => Err(emart_store::Error::Serialization("the payment moved".to_owned()).into()),
    }
}
