//! What gift cards do: they are issued and adjusted by staff, pay before the card does, and get back what was not
//! spent after all.

use emart_http::{AuditRecord, Fingerprint, Problem};
use emart_payments_api::{
    Audited, GiftCard, GiftCardId, GiftCardTender, IssuedGiftCard, NewGiftCard,
    NewGiftCardAdjustment, PaymentId,
};
use emart_store::Tx;
use emart_types::{Money, Timestamp};

use crate::Payments;
use crate::domain::gift_card::{self, Card};
use crate::error::Error;
use crate::store::gift_cards::{self as store, Issue, Line, Moved};

impl Payments {
    /// Issues a card, once a key: the same key again shows the same card and code.
    pub(crate) async fn issue(&self, key: &str, new: NewGiftCard) -> Result<IssuedGiftCard, Error> {
        let now = self.clock.now();
        let issue_key = self.seal.token(&format!("gift card key {key}"));
        let fingerprint = Fingerprint::of(&new).0;
        let code = gift_card::code(&self.seal, key);
        let known = issue_key.clone();
        let known =
            self.db.read(|tx| async move { store::issued_under(&tx, &known).await }).await?;
        if let Some((card, meant)) = known {
            return self.again(card, &code, meant == fingerprint);
        }
        gift_card::check_new(&new, self.config.currency, now)?;
        let card = Card {
            id: GiftCardId::new(),
            last4: code.chars().skip(code.len() - 4).collect(),
            initial: new.amount,
            balance: new.amount,
            active: true,
            recipient_email: new.recipient_email.map(|email| email.to_lowercase()),
            note: new.note,
            expires_at: new.expires_at,
            version: 1,
            created_at: now,
        };
        let issue = Issue {
            code_hash: self.code_hash(&code),
            issued_under: issue_key.clone(),
            fingerprint: fingerprint.clone(),
        };
        let record = AuditRecord::new("gift_card.issued", card.id.as_str(), &label(&card));
        let record = record.change(None, Some(&card.clone().shown(now)));
        let outbox = self.outbox.clone();
        let written = self.db.write(move |tx| async move {
            if !store::insert(&tx, &card, &issue).await? {
                let known = store::issued_under(&tx, &issue_key).await?;
                return known.ok_or(Error::NotFound);
            }
            outbox.emit(&tx, &Audited(record)).await?;
            Ok((card, issue.fingerprint))
        });
        let (card, meant) = written.await?;
        self.again(card, &code, meant == fingerprint)
    }

    fn again(&self, card: Card, code: &str, same: bool) -> Result<IssuedGiftCard, Error> {
        if !same {
            return Err(Problem::idempotency_key_reused().into());
        }
        let code = gift_card::grouped(code);
        Ok(IssuedGiftCard { code, card: card.shown(self.clock.now()) })
    }

    pub(crate) fn code_hash(&self, code: &str) -> String {
        self.seal.token(&format!("gift card {code}"))
    }

    /// Puts something on a card or takes something off, once a key.
    pub(crate) async fn adjust(
        &self,
        id: GiftCardId,
        key: &str,
        new: NewGiftCardAdjustment,
    ) -> Result<GiftCard, Error> {
        gift_card::check_adjustment(&new, self.config.currency)?;
        let (now, outbox) = (self.clock.now(), self.outbox.clone());
        let reference = self.seal.token(&format!("adjustment {key}"));
        let record = AuditRecord::new("gift_card.adjusted", id.as_str(), "");
        let changed = self.db.write(move |tx| async move {
            let before = store::locked(&tx, &id).await?.ok_or(Error::NotFound)?;
            let (reference, minor) = (reference.as_str(), new.amount.amount_minor);
            let line = Line { kind: "adjusted", reference, minor, payment: None };
            match store::change(&tx, &id, line, Some(new.note.trim()), now).await? {
                Moved::TooLittle => return Err(Error::GiftCardTooLittle(before.balance)),
                Moved::Before => return Ok(before.shown(now)),
                Moved::Done => {}
            }
            let after = store::card(&tx, &id).await?.ok_or(Error::NotFound)?;
            let record = AuditRecord { label: label(&after), ..record };
            let (before, after) = (before.shown(now), after.shown(now));
            let record = record.change(Some(&before), Some(&after));
            outbox.emit(&tx, &Audited(record)).await?;
            Ok(after)
        });
        changed.await
    }

    /// Turns a code into what pays with it.
    pub(crate) async fn tender(&self, typed: &str) -> Result<GiftCardTender, Error> {
        let hash = self.code_hash(&gift_card::plain(typed).ok_or(Error::GiftCardUnknown)?);
        let card = self.db.read(|tx| async move { store::by_code(&tx, &hash).await }).await?;
        self.tendered(card.ok_or(Error::GiftCardUnknown)?)
    }

    /// What there is on the cards of tokens now; tokens that do not pay (any more) are left out.
    pub(crate) async fn tenders(&self, tokens: Vec<String>) -> Result<Vec<GiftCardTender>, Error> {
        let now = self.clock.now();
        let ids = tokens.iter().take(MOST_CARDS);
        let ids: Vec<GiftCardId> =
            ids.filter_map(|token| gift_card::opened(&self.seal, token, now)).collect();
        let read = |tx| async move {
            let mut cards = Vec::new();
            for id in ids {
                cards.extend(store::card(&tx, &id).await?);
            }
            Ok::<Vec<Card>, emart_store::Error>(cards)
        };
        let cards = self.db.read(read).await?;
        Ok(cards.into_iter().filter_map(|card| self.tendered(card).ok()).collect())
    }

    fn tendered(&self, card: Card) -> Result<GiftCardTender, Error> {
        let now = self.clock.now();
        usable(&card, now)?;
        Ok(GiftCardTender {
            token: gift_card::token(&self.seal, &card.id, now),
            last4: card.last4,
            balance: card.balance,
            expires_at: card.expires_at,
        })
    }

    /// The cards of tokens that are to pay, each once, in an order that is the same for everybody; `None` when a token
    /// does not pay (any more).
    pub(crate) fn opened(&self, tokens: &[String]) -> Option<Vec<GiftCardId>> {
        let now = self.clock.now();
        if tokens.len() > MOST_CARDS {
            return None;
        }
        let open = |token: &String| gift_card::opened(&self.seal, token, now);
        let mut ids: Vec<GiftCardId> = tokens.iter().map(open).collect::<Option<_>>()?;
        ids.sort();
        ids.dedup();
        Some(ids)
    }
}

/// Cards that pay one payment.
const MOST_CARDS: usize = 5;

pub(crate) fn label(card: &Card) -> String {
    format!("…{}", card.last4)
}

fn usable(card: &Card, now: Timestamp) -> Result<(), Error> {
    use emart_payments_api::GiftCardState as State;
    let why = match card.state(now) {
        State::Active => return Ok(()),
        State::Spent => "there is nothing left on it",
        State::Expired => "it has expired",
        State::Disabled => "it was switched off",
    };
    Err(Error::GiftCardUnusable(why))
}

/// What gift cards pay of a payment.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) minor: i64,
    /// The last four characters of each, with commas between them.
    pub(crate) last4: String,
}

/// Takes what a payment costs off gift cards, as far as they go.
pub(crate) async fn hold(
    tx: &Tx,
    cards: &[GiftCardId],
    amount: Money,
    payment: &PaymentId,
    now: Timestamp,
) -> Result<Held, Error> {
    let mut held = Held::default();
    for id in cards {
        let card = store::locked(tx, id).await?.ok_or(Error::GiftCardUnknown)?;
        let taken = card.balance.amount_minor.min(amount.amount_minor - held.minor);
        if taken <= 0 && card.balance.amount_minor > 0 {
            break;
        }
        usable(&card, now)?;
        let reference = payment.as_str();
        let line = Line { kind: "redeemed", reference, minor: -taken, payment: Some(payment) };
        if store::change(tx, id, line, None, now).await? != Moved::Done {
            return Err(Error::GiftCardUnusable("there is not enough left on it"));
        }
        held.minor += taken;
        if !held.last4.is_empty() {
            held.last4.push(',');
        }
        held.last4.push_str(&card.last4);
    }
    Ok(held)
}

/// Gives gift cards back what they paid of a payment, up to an amount: for what a payment was given up or refunded for.
pub(crate) async fn give_back(
    tx: &Tx,
    payment: &PaymentId,
    reference: &str,
    most_minor: i64,
    now: Timestamp,
) -> Result<(), emart_store::Error> {
    let mut left = most_minor;
    for (id, spent) in store::spent(tx, payment).await? {
        let minor = spent.min(left);
        if minor > 0 {
            let line = Line { kind: "returned", reference, minor, payment: Some(payment) };
            store::change(tx, &id, line, None, now).await?;
            left -= minor;
        }
    }
    Ok(())
}
