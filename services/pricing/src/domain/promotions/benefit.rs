//! What one promotion takes off each line: never more than is left of it, and parts that add up.

use emart_pricing_api::{Benefit, Goods};
use emart_types::{Money, MoneyError, Rate};

use super::{Line, Rule, means};

/// What a promotion takes off each line, of which so much is left after those before it.
pub(crate) fn taken(rule: &Rule, lines: &[Line], left: &[Money]) -> Result<Vec<Money>, MoneyError> {
    let body = &rule.body;
    match &body.benefit {
        Benefit::Percent { rate } => shared(&body.goods, lines, left, |sum| rate.of(sum)),
        Benefit::Amount { amount } => shared(&body.goods, lines, left, |_| Ok(*amount)),
        Benefit::BuyXGetY { buy, get, rate, gets } => {
            let gets = gets.as_ref().unwrap_or(&body.goods);
            let pieces = cheaper_pieces((&body.goods, *buy), (gets, *get), lines);
            let parts = lines.iter().zip(left).zip(pieces);
            parts.map(|((line, left), pieces)| off_pieces(line, *left, pieces, *rate)).collect()
        }
        Benefit::FreeShipping { .. } => Ok(nothing(left)),
    }
}

/// Up to which price sending is free; `None` when the promotion is about something else.
pub(crate) const fn free_up_to(rule: &Rule) -> Option<Option<Money>> {
    match &rule.body.benefit {
        Benefit::FreeShipping { up_to } => Some(*up_to),
        _ => None,
    }
}

fn nothing(left: &[Money]) -> Vec<Money> {
    left.iter().map(|left| Money::zero(left.currency)).collect()
}

/// Takes an amount off the goods together, and splits it by what is left of each line.
fn shared(
    goods: &Goods,
    lines: &[Line],
    left: &[Money],
    amount: impl FnOnce(Money) -> Result<Money, MoneyError>,
) -> Result<Vec<Money>, MoneyError> {
    let Some(first) = left.first() else { return Ok(Vec::new()) };
    let meant = lines.iter().zip(left).map(|(line, left)| {
        let minor = if means(goods, line) { left.amount_minor.max(0) } else { 0 };
        Money::new(minor, left.currency)
    });
    let meant: Vec<Money> = meant.collect();
    let sum = Money::sum(first.currency, meant.iter().copied())?;
    if sum.is_zero() {
        return Ok(nothing(left));
    }
    let wanted = amount(sum)?;
    // Also says that the currencies are the same.
    let over = wanted.checked_sub(sum)?.amount_minor.max(0);
    let whole = Money::new(wanted.amount_minor - over, sum.currency);
    let weights: Vec<u64> = meant.iter().map(|part| part.amount_minor.unsigned_abs()).collect();
    Ok(whole.allocate(&weights))
}

/// How many pieces of each line are cheaper: of those to be got the cheapest, so often as there are enough others to
/// be bought, with no piece counted twice.
fn cheaper_pieces(buys: (&Goods, u32), gets: (&Goods, u32), lines: &[Line]) -> Vec<u64> {
    let bought: Vec<bool> = lines.iter().map(|line| means(buys.0, line)).collect();
    let got: Vec<bool> = lines.iter().map(|line| means(gets.0, line)).collect();
    let count = |of: &dyn Fn(usize) -> bool| -> u64 {
        let lines = lines.iter().enumerate();
        lines.filter(|(at, _)| of(*at)).map(|(_, line)| u64::from(line.quantity)).sum()
    };
    let (buy, get) = (u64::from(buys.1.max(1)), u64::from(gets.1));
    let (all_bought, all_got) = (count(&|at| bought[at]), count(&|at| got[at]));
    let either = count(&|at| bought[at] || got[at]);
    let times = (all_bought / buy).min(all_got / get.max(1)).min(either / (buy + get));
    let mut wanted = times * get;
    // Pieces that could be either: so many of them are not needed to be bought.
    let mut spare = all_bought - times * buy;
    let mut order: Vec<usize> = (0..lines.len()).filter(|at| got[*at]).collect();
    order
        .sort_by_key(|at| lines[*at].subtotal.amount_minor / i64::from(lines[*at].quantity.max(1)));
    let mut pieces = vec![0; lines.len()];
    for at in order {
        let mut taken = wanted.min(u64::from(lines[at].quantity));
        if bought[at] {
            taken = taken.min(spare);
            spare -= taken;
        }
        pieces[at] = taken;
        wanted -= taken;
    }
    pieces
}

/// A rate off so many pieces of a line.
fn off_pieces(line: &Line, left: Money, pieces: u64, rate: Rate) -> Result<Money, MoneyError> {
    let quantity = i128::from(line.quantity.max(1));
    let share = i128::from(left.amount_minor.max(0)) * i128::from(pieces) / quantity;
    let share = i64::try_from(share).map_err(|_| MoneyError::Overflow)?;
    rate.of(Money::new(share, left.currency))
}

#[cfg(test)]
mod tests {
    use emart_catalog_api::ProductId;
    use emart_pricing_api::{Conditions, PromotionId, PutPromotion, UseLimits};
    use emart_types::Currency;
    use proptest::prelude::*;

    use super::*;

    fn line(price: i64, quantity: u32) -> Line {
        let subtotal = Money::new(price * i64::from(quantity), Currency::EUR);
        Line { product_id: ProductId::new(), category_ids: Vec::new(), quantity, subtotal }
    }

    fn rule(benefit: Benefit, goods: Goods) -> Rule {
        let body = PutPromotion {
            title: "Offer".to_owned(),
            code: None,
            active: true,
            benefit,
            goods,
            conditions: Conditions::default(),
            limits: UseLimits::default(),
            starts_at: None,
            ends_at: None,
            combinable: true,
            priority: 0,
        };
        Rule { id: PromotionId::new(), body, uses: 0, own_uses: 0 }
    }

    fn off(benefit: Benefit, goods: Goods, lines: &[Line]) -> Vec<i64> {
        let left: Vec<Money> = lines.iter().map(|line| line.subtotal).collect();
        let taken = taken(&rule(benefit, goods), lines, &left).unwrap();
        taken.into_iter().map(|amount| amount.amount_minor).collect()
    }

    fn only(line: &Line) -> Goods {
        Goods { products: vec![line.product_id.clone()], categories: Vec::new() }
    }

    #[test]
    fn a_share_is_rounded_once_and_split_over_the_lines() {
        let lines = [line(333, 1), line(333, 1), line(334, 1)];
        let ten = Benefit::Percent { rate: Rate(100_000) };
        assert_eq!(off(ten.clone(), Goods::default(), &lines), [33, 33, 34]);
        assert_eq!(off(ten, only(&lines[1]), &lines), [0, 33, 0]);
    }

    #[test]
    fn an_amount_takes_off_no_more_than_its_goods_cost() {
        let lines = [line(300, 1), line(100, 2)];
        let five = Benefit::Amount { amount: Money::new(500, Currency::EUR) };
        assert_eq!(off(five.clone(), Goods::default(), &lines), [300, 200]);
        assert_eq!(off(five, only(&lines[1]), &lines), [0, 200]);
    }

    #[test]
    fn who_buys_two_gets_the_cheapest_third_free() {
        let free = |buy, get| Benefit::BuyXGetY { buy, get, rate: Rate(1_000_000), gets: None };
        let lines = [line(500, 1), line(300, 1), line(400, 1)];
        assert_eq!(off(free(2, 1), Goods::default(), &lines), [0, 300, 0]);
        assert_eq!(off(free(2, 1), Goods::default(), &lines[..2]), [0, 0]);
        assert_eq!(off(free(2, 1), Goods::default(), &[line(100, 7)]), [200]);
    }

    #[test]
    fn what_is_got_may_be_something_else_than_what_is_bought() {
        let lines = [line(500, 2), line(300, 3)];
        let half =
            Benefit::BuyXGetY { buy: 1, get: 1, rate: Rate(500_000), gets: Some(only(&lines[1])) };
        assert_eq!(off(half.clone(), only(&lines[0]), &lines), [0, 300]);
        // No piece is both: of three equal ones one is bought for one.
        assert_eq!(off(half, only(&lines[1]), &lines), [0, 150]);
    }

    #[test]
    fn free_sending_takes_nothing_off_the_lines() {
        assert_eq!(
            off(Benefit::FreeShipping { up_to: None }, Goods::default(), &[line(9, 9)]),
            [0]
        );
    }

    prop_compose! {
        fn any_benefit()(kind in 0..3, rate in 1u32..=1_000_000, minor in 1i64..100_000, buy in 1u32..4, get in 1u32..4) -> Benefit {
            match kind {
                0 => Benefit::Percent { rate: Rate(rate) },
                1 => Benefit::Amount { amount: Money::new(minor, Currency::EUR) },
                _ => Benefit::BuyXGetY { buy, get, rate: Rate(rate), gets: None },
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_takes_more_off_a_line_than_is_left_of_it_and_nothing_is_given_to_other_goods(
            prices in prop::collection::vec((0i64..100_000, 1u32..50, any::<bool>()), 1..30),
            benefits in prop::collection::vec(any_benefit(), 1..5),
        ) {
            let lines: Vec<Line> = prices.iter().map(|(price, quantity, _)| line(*price, *quantity)).collect();
            let chosen = lines.iter().zip(&prices).filter(|(_, (.., chosen))| *chosen);
            let products: Vec<_> = chosen.map(|(line, _)| line.product_id.clone()).collect();
            let goods = Goods { products, categories: Vec::new() };
            let mut left: Vec<Money> = lines.iter().map(|line| line.subtotal).collect();
            for benefit in benefits {
                let taken = taken(&rule(benefit.clone(), goods.clone()), &lines, &left).unwrap();
                prop_assert_eq!(taken.len(), lines.len());
                for ((line, left), off) in lines.iter().zip(&mut left).zip(&taken) {
                    prop_assert!(off.amount_minor >= 0 && off.amount_minor <= left.amount_minor, "{:?}", benefit);
                    prop_assert!(means(&goods, line) || off.is_zero());
                    *left = left.checked_sub(*off).unwrap();
                }
            }
        }
    }
}
