//! Money that came another way: cash, a bank transfer. Somebody says so; there is nobody to ask.

use std::sync::Arc;

use emart_events::Outbox;
use emart_payments_api::{NewManualPayment, PaymentId, PaymentState};
use emart_store::Tx;
use emart_types::{Invalid, Timestamp};

use super::authorize::check_amount;
use super::catch_up;
use crate::domain::check_reference;
use crate::domain::payment::{Kept, Known, MANUAL};
use crate::error::Error;
use crate::providers::Charge;
use crate::{Payments, store};

impl Payments {
    /// Writes a payment that was made already, once a reference.
    pub(crate) async fn record_manual(&self, new: NewManualPayment) -> Result<Kept, Error> {
        let mut invalid = Invalid::new();
        if let Err(detail) = check_reference(&new.reference) {
            invalid.push("/reference", detail);
        }
        let named = (1..=40).contains(&new.method.chars().count());
        invalid.require(named, "/method", "must be 1 to 40 characters");
        check_amount(&mut invalid, new.amount, self.config.currency);
        invalid.finish()?;
        let (new, outbox, now) = (Arc::new(new), self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (new, outbox) = (new.clone(), outbox.clone());
            async move { record(&tx, &outbox, &new, now).await }
        })
        .await
    }
}

async fn record(
    tx: &Tx,
    outbox: &Outbox,
    new: &NewManualPayment,
    now: Timestamp,
) -> Result<Kept, Error> {
    let kept = Kept {
        id: PaymentId::new(),
        reference: new.reference.clone(),
        state: PaymentState::Pending,
        amount: new.amount,
        provider: MANUAL.to_owned(),
        token: String::new(),
        card: String::new(),
        brand: new.method.clone(),
        last4: String::new(),
        failure: None,
        cancel_requested: false,
        refunded_minor: 0,
        gift_minor: 0,
        gift_last4: String::new(),
        created_at: now,
        updated_at: now,
    };
    if store::payments::insert(tx, &kept, now).await? {
        return catch_up(tx, outbox, kept, Charge::Captured, now).await;
    }
    let known = store::payments::by_reference(tx, &new.reference).await?;
    match known.ok_or(Error::NotFound)? {
        Known::Stopped => Err(Error::Cancelled(new.reference.clone())),
        Known::Payment(kept) if kept.is_manual() && kept.amount == new.amount => Ok(*kept),
        Known::Payment(_) => Err(Error::ReferenceReused(new.reference.clone())),
    }
}
