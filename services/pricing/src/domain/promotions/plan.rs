//! Which promotions count together: those that may be combined, one after the other; each of the others alone. The
//! quote is worked out for every plan, and the one that costs the shopper least is kept.

use emart_pricing_api::{Discount, LineDiscount};
use emart_types::{Currency, Money, MoneyError};

use super::{Line, Rule, free_up_to, taken};

/// Promotions that would count together, and what they take off.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// What is taken off each line.
    pub(crate) lines: Vec<Vec<LineDiscount>>,
    /// What each takes off all lines, in order. What sending gets is not known yet.
    pub(crate) discounts: Vec<Discount>,
    /// Of those that make sending free: their place among the discounts, and up to which price.
    pub(crate) free: Vec<(usize, Option<Money>)>,
}

/// Every plan there is for promotions that count, the one of nothing included; earlier ones win when they cost the same.
pub(crate) fn plans(
    mut rules: Vec<Rule>,
    lines: &[Line],
    currency: Currency,
) -> Result<Vec<Plan>, MoneyError> {
    rules.sort_by(|a, b| (b.body.priority, &a.id).cmp(&(a.body.priority, &b.id)));
    let (together, alone): (Vec<Rule>, Vec<Rule>) =
        rules.into_iter().partition(|rule| rule.body.combinable);
    let alone = alone.iter().map(std::slice::from_ref);
    std::iter::once(together.as_slice())
        .chain(alone)
        .map(|rules| plan(rules, lines, currency))
        .collect()
}

fn plan(rules: &[Rule], lines: &[Line], currency: Currency) -> Result<Plan, MoneyError> {
    let mut left: Vec<Money> = lines.iter().map(|line| line.subtotal).collect();
    let mut plan = Plan { lines: vec![Vec::new(); lines.len()], ..Plan::default() };
    for rule in rules {
        let off = taken(rule, lines, &left)?;
        for ((left, off), line) in left.iter_mut().zip(&off).zip(&mut plan.lines) {
            *left = left.checked_sub(*off)?;
            if !off.is_zero() {
                line.push(LineDiscount { promotion_id: rule.id.clone(), amount: *off });
            }
        }
        if let Some(up_to) = free_up_to(rule) {
            plan.free.push((plan.discounts.len(), up_to));
        }
        plan.discounts.push(Discount {
            promotion_id: rule.id.clone(),
            title: rule.body.title.clone(),
            code: rule.body.code.clone(),
            amount: Money::sum(currency, off)?,
            shipping: Money::zero(currency),
        });
    }
    Ok(plan)
}

impl Plan {
    /// What is taken off a line.
    pub(crate) fn off(&self, at: usize, currency: Currency) -> Result<Money, MoneyError> {
        let discounts = self.lines.get(at).into_iter().flatten();
        Money::sum(currency, discounts.map(|discount| discount.amount))
    }

    /// The promotion that makes a way to send free at this price, by its place among the discounts.
    pub(crate) fn frees(&self, price: Money) -> Option<usize> {
        let covers = |up_to: &Option<Money>| {
            up_to.is_none_or(|most| price.amount_minor <= most.amount_minor)
        };
        self.free.iter().find(|(_, up_to)| covers(up_to)).map(|(at, _)| *at)
    }
}
