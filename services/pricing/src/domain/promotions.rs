//! Promotions: whether one counts for a cart, and what takes off which line. Pure, in minor units.

mod benefit;
mod check;
mod plan;
mod why;

use emart_catalog_api::{CategoryId, ProductId};
use emart_pricing_api::{Goods, PromotionId, PutPromotion};
use emart_types::{Money, MoneyError, Timestamp};

pub(crate) use benefit::{free_up_to, taken};
pub(crate) use check::check;
pub(crate) use plan::{Plan, plans};
pub(crate) use why::Why;

/// A promotion with what is known of its uses.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: PromotionId,
    pub(crate) body: PutPromotion,
    /// Checkouts that claim it or used it.
    pub(crate) uses: i64,
    /// Those of them that are this shopper's.
    pub(crate) own_uses: i64,
}

/// A line as far as promotions depend on it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) product_id: ProductId,
    /// Those it hangs in and all above them.
    pub(crate) category_ids: Vec<CategoryId>,
    pub(crate) quantity: u32,
    /// What it costs before anything is taken off.
    pub(crate) subtotal: Money,
}

/// What else it depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) now: Timestamp,
    pub(crate) country: &'a str,
    /// Whether the shopper has ordered before, as far as is known.
    pub(crate) has_ordered: bool,
}

/// Whether goods are meant.
pub(crate) fn means(goods: &Goods, line: &Line) -> bool {
    goods.is_everything()
        || goods.products.contains(&line.product_id)
        || goods.categories.iter().any(|category| line.category_ids.contains(category))
}

impl Rule {
    /// Why it does not count for these lines; nothing when it does.
    pub(crate) fn objection(
        &self,
        lines: &[Line],
        here: Circumstances<'_>,
    ) -> Result<Option<Why>, MoneyError> {
        if let Some(why) = self.closed(here.now) {
            return Ok(Some(why));
        }
        let conditions = &self.body.conditions;
        if !conditions.countries.is_empty()
            && !conditions.countries.iter().any(|country| country == here.country)
        {
            return Ok(Some(Why::Country));
        }
        if conditions.first_order && (here.has_ordered || self.own_uses > 0) {
            return Ok(Some(Why::FirstOrder));
        }
        if self.body.limits.per_customer.is_some_and(|most| self.own_uses >= i64::from(most)) {
            return Ok(Some(Why::UsedBefore));
        }
        self.unmet(lines)
    }

    /// Why it counts for nobody now.
    fn closed(&self, now: Timestamp) -> Option<Why> {
        if !self.body.active {
            return Some(Why::Unknown);
        }
        if self.body.starts_at.is_some_and(|start| now < start) {
            return Some(Why::NotStarted);
        }
        if self.body.ends_at.is_some_and(|end| now >= end) {
            return Some(Why::Ended);
        }
        let used_up = self.body.limits.uses.is_some_and(|most| self.uses >= i64::from(most));
        used_up.then_some(Why::UsedUp)
    }

    /// What the cart is missing.
    fn unmet(&self, lines: &[Line]) -> Result<Option<Why>, MoneyError> {
        let meant = || lines.iter().filter(|line| means(&self.body.goods, line));
        if meant().next().is_none() {
            return Ok(Some(Why::Goods));
        }
        let conditions = &self.body.conditions;
        if let Some(minimum) = conditions.minimum_subtotal {
            let sum = Money::sum(minimum.currency, meant().map(|line| line.subtotal))?;
            let missing = minimum.checked_sub(sum)?;
            if missing.amount_minor > 0 {
                return Ok(Some(Why::MinimumSubtotal(missing)));
            }
        }
        let pieces: u64 = meant().map(|line| u64::from(line.quantity)).sum();
        let minimum = u64::from(conditions.minimum_quantity.unwrap_or(0));
        let missing = minimum.saturating_sub(pieces);
        Ok((missing > 0).then_some(Why::MinimumQuantity(missing)))
    }
}

#[cfg(test)]
mod tests {
    use emart_pricing_api::{Benefit, Conditions, UseLimits};
    use emart_types::{Currency, Rate};

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn line(quantity: u32, subtotal: i64) -> Line {
        let product_id = ProductId::new();
        Line { product_id, category_ids: Vec::new(), quantity, subtotal: eur(subtotal) }
    }

    fn rule(change: impl FnOnce(&mut PutPromotion)) -> Rule {
        let mut body = PutPromotion {
            title: "Ten off".to_owned(),
            code: Some("TEN".to_owned()),
            active: true,
            benefit: Benefit::Percent { rate: Rate(100_000) },
            goods: Goods::default(),
            conditions: Conditions::default(),
            limits: UseLimits::default(),
            starts_at: None,
            ends_at: None,
            combinable: false,
            priority: 0,
        };
        change(&mut body);
        Rule { id: PromotionId::new(), body, uses: 5, own_uses: 1 }
    }

    #[test]
    fn a_promotion_says_why_it_does_not_count() {
        let now = Timestamp::from_millis(1_000);
        let later = Some(Timestamp::from_millis(2_000));
        let tea = line(2, 1_000);
        let other = Goods { products: vec![ProductId::new()], categories: Vec::new() };
        let minimum = |minor| Conditions {
            minimum_subtotal: Some(eur(minor)),
            minimum_quantity: Some(3),
            ..Conditions::default()
        };
        let first = Conditions { first_order: true, ..Conditions::default() };
        let swiss = Conditions { countries: vec!["CH".to_owned()], ..Conditions::default() };
        let once = UseLimits { uses: None, per_customer: Some(1) };
        let five = UseLimits { uses: Some(5), per_customer: None };
        for (promotion, why) in [
            (rule(|_| {}), None),
            (rule(|p| p.active = false), Some(Why::Unknown)),
            (rule(|p| p.starts_at = later), Some(Why::NotStarted)),
            (rule(|p| p.ends_at = Some(now)), Some(Why::Ended)),
            (rule(|p| p.ends_at = later), None),
            (rule(|p| p.limits = five.clone()), Some(Why::UsedUp)),
            (rule(|p| p.limits = once.clone()), Some(Why::UsedBefore)),
            (rule(|p| p.conditions = first.clone()), Some(Why::FirstOrder)),
            (rule(|p| p.conditions = swiss.clone()), Some(Why::Country)),
            (rule(|p| p.goods = other.clone()), Some(Why::Goods)),
            (rule(|p| p.conditions = minimum(1_001)), Some(Why::MinimumSubtotal(eur(1)))),
            (rule(|p| p.conditions = minimum(1_000)), Some(Why::MinimumQuantity(1))),
        ] {
            let here = Circumstances { now, country: "DE", has_ordered: false };
            let said = promotion.objection(std::slice::from_ref(&tea), here).unwrap();
            assert_eq!(said, why, "{:?}", promotion.body);
        }
    }

    #[test]
    fn goods_are_meant_by_their_product_or_by_a_category_they_hang_in() {
        let tea = Line { category_ids: vec![CategoryId::new()], ..line(1, 1) };
        let of = |products, categories| Goods { products, categories };
        assert!(means(&of(vec![], vec![]), &tea));
        assert!(means(&of(vec![tea.product_id.clone()], vec![]), &tea));
        assert!(means(&of(vec![ProductId::new()], tea.category_ids.clone()), &tea));
        assert!(!means(&of(vec![ProductId::new()], vec![CategoryId::new()]), &tea));
    }
}
