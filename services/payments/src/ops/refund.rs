//! Giving money back, whole or in parts: set aside on the payment first, then asked of the provider under the
//! refund's own reference, then its answer is written. Repeated, at once or after a crash, it is the same refund.

use std::sync::Arc;

use emart_events::Outbox;
use emart_payments_api::{
    NewPaymentRefund, PaymentId, PaymentRefunded, PaymentState, Refund, RefundId, RefundState,
};
use emart_store::Tx;
use emart_types::{Invalid, Money, Timestamp};

use crate::domain::check_reference;
use crate::domain::payment::Kept;
use crate::error::Error;
use crate::ops::gift_cards;
use crate::providers::RefundAnswer;
use crate::{Payments, store};

impl Payments {
    /// Gives some of a captured payment back, once a reference.
    pub(crate) async fn refund(
        &self,
        id: &PaymentId,
        new: NewPaymentRefund,
    ) -> Result<Refund, Error> {
        check_reference(&new.reference).map_err(|detail| Invalid::field("/reference", detail))?;
        if new.amount.amount_minor < 1 {
            return Err(Invalid::field("/amount/amount_minor", "must be 1 or more").into());
        }
        let (new, id, now) = (Arc::new(new), id.clone(), self.clock.now());
        let due_at = now.plus(self.config.pending());
        let begun = self.write(move |tx| {
            let (new, id) = (new.clone(), id.clone());
            async move { begin(&tx, &id, &new, (now, due_at)).await }
        });
        let refund = self.give_part(begun.await?).await?;
        match refund.failure {
            Some(failure) => Err(Error::RefundRefused(failure)),
            None => Ok(refund),
        }
    }

    /// Asks the provider for a refund that has no outcome yet, and writes what it says.
    pub(crate) async fn give_part(&self, refund: Refund) -> Result<Refund, Error> {
        if refund.state != RefundState::Pending {
            return Ok(refund);
        }
        let kept = self.payment(&refund.payment_id).await?;
        let id = refund.id.clone();
        let part = self.db.read(|tx| async move { store::refunds::card_part(&tx, &id).await });
        let part = Money::new(part.await?, refund.amount.currency);
        let answer = if kept.is_manual() || part.is_zero() {
            RefundAnswer::Made
        } else {
            let (charge, reference) = (kept.id.as_str(), refund.reference.as_str());
            self.ask(self.provider.refund_part(charge, reference, part)).await?
        };
        let failure = match answer {
            RefundAnswer::Made => None,
            RefundAnswer::Refused(reason) => Some(reason),
        };
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (refund, failure, outbox) = (refund.clone(), failure.clone(), outbox.clone());
            async move { end(&tx, &outbox, (refund, part), failure, now).await }
        })
        .await
    }

    /// The refunds of a payment.
    pub(crate) async fn refunds(&self, id: &PaymentId) -> Result<Vec<Refund>, Error> {
        let id = id.clone();
        let read = |tx| async move {
            store::payments::payment(&tx, &id).await?.ok_or(Error::NotFound)?;
            Ok::<_, Error>(store::refunds::of_payment(&tx, &id).await?)
        };
        self.db.read(read).await
    }
}

/// Sets the amount aside and writes the refund, or finds the one there was.
async fn begin(
    tx: &Tx,
    id: &PaymentId,
    new: &NewPaymentRefund,
    (now, due_at): (Timestamp, Timestamp),
) -> Result<Refund, Error> {
    if let Some(known) = store::refunds::by_reference(tx, &new.reference).await? {
        return again(known, id, new);
    }
    if !store::refunds::set_aside(tx, id, new.amount).await? {
        let kept = store::payments::payment(tx, id).await?.ok_or(Error::NotFound)?;
        return Err(refusal(&kept));
    }
    let refund = Refund {
        id: RefundId::new(),
        reference: new.reference.clone(),
        payment_id: id.clone(),
        state: RefundState::Pending,
        amount: new.amount,
        failure: None,
        created_at: now,
        updated_at: now,
    };
    if store::refunds::insert(tx, &refund, due_at).await? {
        // Setting aside has locked the payment: nobody else splits a refund of it now.
        let kept = store::payments::payment(tx, id).await?.ok_or(Error::NotFound)?;
        store::refunds::split(tx, &refund, kept.by_card()).await?;
        return Ok(refund);
    }
    // Somebody else wrote it meanwhile: from the start, which also undoes what was set aside.
    Err(emart_store::Error::Serialization("the refund was begun elsewhere".to_owned()).into())
}

/// What a reference means that was used before.
fn again(known: Refund, id: &PaymentId, new: &NewPaymentRefund) -> Result<Refund, Error> {
    if known.payment_id == *id && known.amount == new.amount {
        return Ok(known);
    }
    Err(Error::ReferenceReused(new.reference.clone()))
}

fn refusal(kept: &Kept) -> Error {
    if kept.state == PaymentState::Captured && !kept.cancel_requested {
        return Error::RefundTooLarge(kept.left());
    }
    Error::NotRefundable(kept.state)
}

async fn end(
    tx: &Tx,
    outbox: &Outbox,
    (refund, part): (Refund, Money),
    failure: Option<String>,
    now: Timestamp,
) -> Result<Refund, Error> {
    if !store::refunds::end(tx, &refund.id, failure.as_deref(), now).await? {
        let known = store::refunds::by_reference(tx, &refund.reference).await?;
        return known.ok_or(Error::NotFound);
    }
    let state = if failure.is_none() { RefundState::Succeeded } else { RefundState::Failed };
    let refund = Refund { state, failure, updated_at: now, ..refund };
    if refund.state == RefundState::Failed {
        store::refunds::take_back(tx, &refund.payment_id, refund.amount).await?;
        return Ok(refund);
    }
    store::entries::insert_refund(tx, &refund, part, now).await?;
    let rest = refund.amount.amount_minor - part.amount_minor;
    gift_cards::give_back(tx, &refund.payment_id, refund.id.as_str(), rest, now).await?;
    store::refunds::close_payment(tx, &refund.payment_id, now).await?;
    let kept = store::payments::payment(tx, &refund.payment_id).await?.ok_or(Error::NotFound)?;
    let told = PaymentRefunded {
        payment_id: refund.payment_id.clone(),
        reference: kept.reference,
        refund_reference: refund.reference.clone(),
        amount: refund.amount,
    };
    outbox.emit(tx, &told).await?;
    Ok(refund)
}
