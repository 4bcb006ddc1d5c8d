//! The rules of a cart: how lines come, grow, merge and go. Pure.

use emart_cart_api::{Consumption, LineId, NewLine};
use emart_catalog_api::VariantId;
use emart_types::{Money, Timestamp};
use serde::{Deserialize, Serialize};

/// A line as it is kept. The price is what the shopper saw when the line last changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: LineId,
    pub(crate) variant_id: VariantId,
    pub(crate) quantity: u32,
    pub(crate) seen_price: Money,
}

/// A cart as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cart {
    pub(crate) id: emart_cart_api::CartId,
    pub(crate) customer_id: Option<String>,
    pub(crate) lines: Vec<Line>,
    /// Codes for promotions, in large letters, each once.
    pub(crate) coupons: Vec<String>,
    pub(crate) version: i64,
    pub(crate) consumed: Vec<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// How much a cart holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) lines: usize,
    pub(crate) quantity: u32,
}

/// Why a line cannot go in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("a cart holds at most {0} different things")]
    TooManyLines(usize),
    #[error("a cart holds at most {0} of one thing")]
    TooMany(u32),
    #[error("a cart holds at most {MOST_COUPONS} codes")]
    EnoughCoupons,
}

/// Codes in a cart; as many as a quote is asked with.
const MOST_COUPONS: usize = 5;

/// A code as it is kept; `None` when nothing is ever called that.
pub(crate) fn coupon(code: &str) -> Option<String> {
    let code = code.trim().to_uppercase();
    let known = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    ((1..=40).contains(&code.len()) && code.chars().all(known)).then_some(code)
}

impl Cart {
    /// An empty cart.
    pub(crate) fn new(customer_id: Option<String>, now: Timestamp) -> Self {
        Self {
            id: emart_cart_api::CartId::new(),
            customer_id,
            lines: Vec::new(),
            coupons: Vec::new(),
            version: 1,
            consumed: Vec::new(),
            created_at: now,
            updated_at: now,
        }
    }

    /// Puts something in; more of a variant that is in already.
    pub(crate) fn add(
        &mut self,
        new: &NewLine,
        price: Money,
        limits: Limits,
    ) -> Result<(), Refusal> {
        if let Some(line) = self.lines.iter_mut().find(|line| line.variant_id == new.variant_id) {
            let quantity = line.quantity.saturating_add(new.quantity);
            if quantity > limits.quantity {
                return Err(Refusal::TooMany(limits.quantity));
            }
            (line.quantity, line.seen_price) = (quantity, price);
            return Ok(());
        }
        if self.lines.len() >= limits.lines {
            return Err(Refusal::TooManyLines(limits.lines));
        }
        if new.quantity > limits.quantity {
            return Err(Refusal::TooMany(limits.quantity));
        }
        let (variant_id, quantity) = (new.variant_id.clone(), new.quantity);
        self.lines.push(Line { id: LineId::new(), variant_id, quantity, seen_price: price });
        Ok(())
    }

    /// Sets a line's quantity, 0 taking it out; `false` when there is no such line.
    pub(crate) fn set_quantity(&mut self, id: &LineId, quantity: u32) -> bool {
        let Some(at) = self.lines.iter().position(|line| line.id == *id) else { return false };
        if quantity == 0 {
            self.lines.remove(at);
        } else {
            self.lines[at].quantity = quantity;
        }
        true
    }

    /// Puts a code in that is not in yet.
    pub(crate) fn add_coupon(&mut self, code: &str) -> Result<(), Refusal> {
        if self.coupons.iter().any(|held| held == code) {
            return Ok(());
        }
        if self.coupons.len() >= MOST_COUPONS {
            return Err(Refusal::EnoughCoupons);
        }
        self.coupons.push(code.to_owned());
        Ok(())
    }

    /// Takes over another cart's lines and codes. What does not fit is cut to the limits: a shopper who signs in loses
    /// nothing that the cart can hold.
    pub(crate) fn merge(&mut self, other: &Self, limits: Limits) {
        for line in &other.lines {
            let held = self.lines.iter().find(|mine| mine.variant_id == line.variant_id);
            let room = limits.quantity - held.map_or(0, |mine| mine.quantity.min(limits.quantity));
            let quantity = line.quantity.min(room);
            if quantity > 0 {
                let new = NewLine { variant_id: line.variant_id.clone(), quantity };
                let _ = self.add(&new, line.seen_price, limits);
            }
        }
        for code in &other.coupons {
            let _ = self.add_coupon(code);
        }
    }

    /// Takes out what an order has bought; what was put in since stays. `false` when it was taken out before.
    pub(crate) fn consume(&mut self, by: &Consumption) -> bool {
        let Consumption { reference, lines: bought, coupons } = by;
        if self.consumed.iter().any(|done| done == reference) {
            return false;
        }
        self.coupons.retain(|code| !coupons.contains(code));
        for sold in bought {
            let mut left = sold.quantity;
            for line in self.lines.iter_mut().filter(|line| line.variant_id == sold.variant_id) {
                let taken = left.min(line.quantity);
                line.quantity -= taken;
                left -= taken;
            }
        }
        self.lines.retain(|line| line.quantity > 0);
        self.consumed.push(reference.clone());
        // A cart lives long; only the newest orders can still be repeated.
        let old = self.consumed.len().saturating_sub(20);
        self.consumed.drain(..old);
        true
    }
}

#[cfg(test)]
mod tests {
    use emart_types::Currency;
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { lines: 3, quantity: 10 };

    fn price() -> Money {
        Money::new(100, Currency::EUR)
    }

    fn cart() -> Cart {
        Cart::new(None, Timestamp::from_millis(0))
    }

    fn line(variant: &VariantId, quantity: u32) -> NewLine {
        NewLine { variant_id: variant.clone(), quantity }
    }

    #[test]
    fn the_same_variant_again_is_more_of_it() {
        let (mut cart, tea) = (cart(), VariantId::new());
        cart.add(&line(&tea, 2), price(), LIMITS).unwrap();
        cart.add(&line(&tea, 3), price(), LIMITS).unwrap();
        assert_eq!((cart.lines.len(), cart.lines[0].quantity), (1, 5));
    }

    #[test]
    fn a_full_cart_says_so_and_stays_as_it_was() {
        let (mut cart, tea) = (cart(), VariantId::new());
        cart.add(&line(&tea, 10), price(), LIMITS).unwrap();
        assert_eq!(cart.add(&line(&tea, 1), price(), LIMITS), Err(Refusal::TooMany(10)));
        for _ in 0..2 {
            cart.add(&line(&VariantId::new(), 1), price(), LIMITS).unwrap();
        }
        let full = cart.add(&line(&VariantId::new(), 1), price(), LIMITS);
        assert_eq!(full, Err(Refusal::TooManyLines(3)));
        assert_eq!(cart.lines.len(), 3);
    }

    #[test]
    fn an_order_takes_out_what_it_bought_once_and_leaves_what_came_since() {
        let (mut cart, tea, mug) = (cart(), VariantId::new(), VariantId::new());
        cart.add(&line(&tea, 2), price(), LIMITS).unwrap();
        cart.add(&line(&mug, 1), price(), LIMITS).unwrap();
        let bought = Consumption {
            reference: "chk_1".to_owned(),
            lines: vec![line(&tea, 2)],
            coupons: vec!["TEN".to_owned()],
        };
        cart.add_coupon("TEN").unwrap();
        cart.add_coupon("MORE").unwrap();
        cart.add(&line(&tea, 1), price(), LIMITS).unwrap();
        assert!(cart.consume(&bought));
        assert!(!cart.consume(&bought));
        assert_eq!(cart.coupons, ["MORE"]);
        let left: Vec<_> = cart.lines.iter().map(|l| (l.variant_id.clone(), l.quantity)).collect();
        assert_eq!(left, [(tea, 1), (mug, 1)]);
    }

    #[test]
    fn a_code_is_in_once_however_it_is_written_and_five_are_enough() {
        let mut cart = cart();
        for code in ["ten", " TEN ", "Ten"] {
            cart.add_coupon(&coupon(code).unwrap()).unwrap();
        }
        assert_eq!(cart.coupons, ["TEN"]);
        for code in ["A", "B", "C", "D"] {
            cart.add_coupon(code).unwrap();
        }
        assert_eq!(cart.add_coupon("E"), Err(Refusal::EnoughCoupons));
        for odd in ["", "  ", "a b", "TEN%", &"X".repeat(41)] {
            assert_eq!(coupon(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn merging_never_passes_the_limits(mine in prop::collection::vec(1u32..=10, 0..3), theirs in prop::collection::vec((any::<bool>(), 1u32..=10), 0..5)) {
            let (mut a, mut b) = (cart(), cart());
            for quantity in mine {
                a.add(&line(&VariantId::new(), quantity), price(), LIMITS).unwrap();
            }
            for (shared, quantity) in theirs {
                let variant = a.lines.first().filter(|_| shared).map_or_else(VariantId::new, |l| l.variant_id.clone());
                let _ = b.add(&line(&variant, quantity), price(), LIMITS);
            }
            let before = a.lines.clone();
            a.merge(&b, LIMITS);
            prop_assert!(a.lines.len() <= LIMITS.lines);
            prop_assert!(a.lines.iter().all(|l| (1..=LIMITS.quantity).contains(&l.quantity)));
            for old in before {
                prop_assert!(a.lines.iter().any(|l| l.id == old.id && l.quantity >= old.quantity));
            }
        }
    }
}
