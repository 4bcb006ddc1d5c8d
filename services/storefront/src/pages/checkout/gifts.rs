//! Gift cards at checkout: a code becomes a token, which a cookie keeps until the order is placed.

use axum::response::Response;
use emart_payments_api::{GiftCardTender, NewGiftCardToken};
use emart_types::Money;

use super::CheckoutForm;
use crate::Storefront;
use crate::cookies::{self, Cookie};
use crate::error::{Error, spoken};
use crate::forms::problem;
use crate::frame::Visitor;
use crate::view::{FormProblem, TotalRow};
use crate::words;

const MOST: usize = 5;
/// A token pays for two hours.
const AGE: u64 = 2 * 3600;

/// The tokens the browser has kept.
pub(super) fn kept(visitor: &Visitor) -> Vec<String> {
    let cookie = visitor.cookie(cookies::GIFT).unwrap_or_default();
    cookie.split('~').filter(|token| !token.is_empty()).take(MOST).map(ToOwned::to_owned).collect()
}

/// Has the browser keep these tokens, or none.
pub(super) fn keep(storefront: &Storefront, response: &mut Response, tokens: &[String]) {
    let cookie = Cookie {
        name: cookies::GIFT,
        value: &tokens.join("~"),
        path: "/checkout",
        max_age: if tokens.is_empty() { 0 } else { AGE },
        open: false,
        secure: storefront.config.secure(),
    };
    cookie.set(response.headers_mut());
}

/// Puts the card in whose code was typed, or takes out the one whose button was pressed.
pub(super) async fn change(
    storefront: &Storefront,
    form: &mut CheckoutForm,
) -> Result<Vec<FormProblem>, Error> {
    let payments = &storefront.clients.payments;
    if let Some(last4) = form.action.strip_prefix("remove-gift ") {
        let held = payments.gift_card_balances(&form.gifts).await?;
        let others = held.into_iter().filter(|card| card.last4 != last4);
        form.gifts = others.map(|card| card.token).collect();
        return Ok(Vec::new());
    }
    if form.gift.trim().is_empty() {
        return Ok(Vec::new());
    }
    if form.gifts.len() >= MOST {
        return Ok(vec![problem("gift", "Five gift cards are as many as one order takes.")]);
    }
    let code = NewGiftCardToken { code: form.gift.trim().chars().take(40).collect() };
    match payments.create_gift_card_token(&code).await {
        Ok(card) => {
            let id = |token: &str| token.split('.').next().unwrap_or_default().to_owned();
            form.gifts.retain(|held| id(held) != id(&card.token));
            form.gifts.push(card.token);
            form.gift.clear();
            Ok(Vec::new())
        }
        Err(error) => match spoken(&error) {
            Some(text) => Ok(vec![problem("gift", text)]),
            None => Err(error.into()),
        },
    }
}

/// What gift cards pay of a total, and what they leave.
pub(super) struct Paid {
    /// Each card: its last four characters, and what it pays.
    pub(super) cards: Vec<(String, Money)>,
    pub(super) left: Money,
}

/// Cards pay in the order in which `payments` takes them: by their ids, which their tokens begin with.
pub(super) fn paid(mut cards: Vec<GiftCardTender>, total: Money) -> Paid {
    cards.sort_by(|a, b| a.token.cmp(&b.token));
    let mut left = total.amount_minor;
    let mut pays = |card: GiftCardTender| {
        let minor = card.balance.amount_minor.min(left);
        left -= minor;
        (card.last4, Money::new(minor, total.currency))
    };
    let cards = cards.into_iter().map(&mut pays).collect();
    Paid { cards, left: Money::new(left, total.currency) }
}

impl Paid {
    /// As rows below the total.
    pub(super) fn rows(&self) -> Vec<TotalRow> {
        let row = |(last4, amount): &(String, Money)| TotalRow {
            label: format!("Gift card ending in {last4}"),
            value: words::money(Money::new(-amount.amount_minor, amount.currency)),
            quiet: false,
        };
        self.cards.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use emart_types::Currency;

    use super::*;

    fn card(token: &str, minor: i64) -> GiftCardTender {
        let balance = Money::new(minor, Currency::EUR);
        let (token, last4) = (token.to_owned(), token.to_owned());
        GiftCardTender { token, last4, balance, expires_at: None }
    }

    #[test]
    fn gift_cards_pay_one_after_the_other_and_never_more_than_there_is_to_pay() {
        let eur = |minor| Money::new(minor, Currency::EUR);
        let paid = |cards: Vec<GiftCardTender>| super::paid(cards, eur(1000));
        assert_eq!(paid(vec![card("b", 500), card("a", 300)]).left, eur(200));
        let whole = paid(vec![card("b", 500), card("a", 800)]);
        assert_eq!(whole.cards, [("a".to_owned(), eur(800)), ("b".to_owned(), eur(200))]);
        assert!(whole.left.is_zero());
    }
}
