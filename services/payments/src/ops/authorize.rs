//! The promise of money: what is meant is written, then asked of the provider, then its answer is written.

use std::sync::Arc;

use emart_payments_api::{AuthenticationOutcome, GiftCardId, NewPayment, PaymentId, PaymentState};
use emart_store::Tx;
use emart_types::{Currency, Invalid, Money, Timestamp};

use crate::domain::check_reference;
use crate::domain::payment::{Kept, Known};
use crate::error::Error;
use crate::ops::gift_cards::{Held, hold};
use crate::providers::none::NoProvider;
use crate::providers::{Charge, Provider as _};
use crate::store::card_tokens::TokenCard;
use crate::{Payments, store};

/// Far above any order, far below where sums overflow.
const MOST_MINOR: i64 = 1_000_000_000_000;

impl Payments {
    /// Asks for the promise of money, once a reference.
    pub(crate) async fn authorize(&self, new: NewPayment) -> Result<Kept, Error> {
        check(&new, self.config.currency)?;
        let cards = self.opened(&new.gift_cards);
        let (new, now) = (Arc::new((new, cards)), self.clock.now());
        let due_at = now.plus(self.config.pending());
        let begun = self.write(move |tx| {
            let new = new.clone();
            async move { begin(&tx, (&new.0, new.1.as_deref()), due_at, now).await }
        });
        let (kept, is_new) = begun.await?;
        if kept.state != PaymentState::Pending || kept.cancel_requested {
            return Ok(kept);
        }
        match self.promise(&kept, is_new).await {
            Ok(charge) => self.record(kept, charge).await,
            Err(error) => {
                // It stays pending: a repetition, a cancellation or reconciliation finds out what became of it.
                let (payment_id, reference) = (kept.id.as_str(), kept.reference.as_str());
                tracing::warn!(payment_id, reference, %error, "authorisation has no outcome yet");
                Ok(kept)
            }
        }
    }

    async fn promise(&self, kept: &Kept, is_new: bool) -> Result<Charge, Error> {
        let reference = kept.id.as_str();
        let charge = match is_new {
            true => Charge::Unknown,
            false => self.ask(self.provider_of(kept).status(reference)).await?,
        };
        if charge != Charge::Unknown {
            return Ok(charge);
        }
        let provider = self.provider_of(kept);
        let authorized = provider.authorize(reference, &kept.card, kept.by_card());
        Ok(self.ask(authorized).await?)
    }

    /// Passes on what the card's holder says to their bank.
    pub(crate) async fn authenticate(
        &self,
        id: &PaymentId,
        outcome: AuthenticationOutcome,
    ) -> Result<Kept, Error> {
        let kept = self.payment(id).await?;
        if kept.state != PaymentState::RequiresAction || kept.cancel_requested {
            return Err(Error::NoAuthenticationDue);
        }
        let charge = self.ask(self.provider.authenticate(id.as_str(), outcome)).await?;
        self.record(kept, charge).await
    }
}

fn check(new: &NewPayment, currency: Currency) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    if let Err(detail) = check_reference(&new.reference) {
        invalid.push("/reference", detail);
    }
    check_amount(&mut invalid, new.amount, currency);
    invalid.finish()
}

/// What is wrong with an amount to be paid.
pub(super) fn check_amount(invalid: &mut Invalid, amount: Money, currency: Currency) {
    let fits = (0..=MOST_MINOR).contains(&amount.amount_minor);
    invalid.require(fits, "/amount/amount_minor", "must be from 0 to 1000000000000");
    if amount.currency != currency {
        invalid.push("/amount/currency", format!("this store takes {currency}"));
    }
}

/// Writes the payment that is about to be asked for, or finds the one that was; says whether it is new. Gift cards pay
/// first, in the same transaction.
async fn begin(
    tx: &Tx,
    (new, cards): (&NewPayment, Option<&[GiftCardId]>),
    due_at: Timestamp,
    now: Timestamp,
) -> Result<(Kept, bool), Error> {
    let reference = new.reference.as_str();
    if let Some(known) = store::payments::by_reference(tx, reference).await? {
        return again(known, new);
    }
    let id = PaymentId::new();
    let (held, card) = match tenders(tx, (new, cards), &id, now).await {
        Ok(tenders) => tenders,
        Err(error @ Error::Store(_)) => return Err(error),
        // What was there a moment ago may have gone into this very payment, begun elsewhere.
        Err(error) => return Err(begun_elsewhere(tx, reference).await?.unwrap_or(error)),
    };
    let kept = Kept {
        id,
        reference: reference.to_owned(),
        state: PaymentState::Pending,
        amount: new.amount,
        provider: card.provider,
        token: new.token.as_ref().map(ToString::to_string).unwrap_or_default(),
        card: card.card,
        brand: card.brand,
        last4: card.last4,
        failure: None,
        cancel_requested: false,
        gift_minor: held.minor,
        gift_last4: held.last4,
        refunded_minor: 0,
        created_at: now,
        updated_at: now,
    };
    if store::payments::insert(tx, &kept, due_at).await? {
        return Ok((kept, true));
    }
    // From the start, which undoes what was held here.
    Err(begun_elsewhere(tx, reference).await?.unwrap_or(Error::NotFound))
}

/// The error that has a payment begun from the start, where another one of the reference is there now.
async fn begun_elsewhere(tx: &Tx, reference: &str) -> Result<Option<Error>, Error> {
    let known = store::payments::by_reference(tx, reference).await?;
    let moved = || emart_store::Error::Serialization("the payment began elsewhere".to_owned());
    Ok(known.map(|_| moved().into()))
}

/// Takes what gift cards give, and the card for the rest.
async fn tenders(
    tx: &Tx,
    (new, cards): (&NewPayment, Option<&[GiftCardId]>),
    id: &PaymentId,
    now: Timestamp,
) -> Result<(Held, TokenCard), Error> {
    let cards = cards.ok_or(Error::GiftCardUnknown)?;
    let held = hold(tx, cards, new.amount, id, now).await?;
    let rest = Money::new(new.amount.amount_minor - held.minor, new.amount.currency);
    if new.expected_rest.is_some_and(|expected| expected != rest) {
        return Err(Error::GiftCardChanged(rest));
    }
    let card = card_for(tx, new, (rest, &held), now).await?;
    Ok((held, card))
}

/// The card that pays what gift cards leave; none where they leave nothing.
async fn card_for(
    tx: &Tx,
    new: &NewPayment,
    (rest, held): (Money, &Held),
    now: Timestamp,
) -> Result<TokenCard, Error> {
    if rest.is_zero() {
        let brand = if held.minor > 0 { "gift_card" } else { "none" };
        let last4 = held.last4.split(',').next().unwrap_or_default().to_owned();
        let provider = NoProvider.name().to_owned();
        return Ok(TokenCard { provider, card: String::new(), brand: brand.to_owned(), last4 });
    }
    let token = new.token.as_ref().ok_or(Error::CardRequired(rest))?;
    let card = store::card_tokens::bind(tx, token, &new.reference, now).await?;
    card.ok_or(Error::TokenInvalid)
}

/// What a reference means that was used before.
fn again(known: Known, new: &NewPayment) -> Result<(Kept, bool), Error> {
    match known {
        Known::Stopped => Err(Error::Cancelled(new.reference.clone())),
        Known::Payment(kept)
            if kept.amount == new.amount
                && kept.token
                    == new.token.as_ref().map(ToString::to_string).unwrap_or_default() =>
        {
            Ok((*kept, false))
        }
        Known::Payment(_) => Err(Error::ReferenceReused(new.reference.clone())),
    }
}
