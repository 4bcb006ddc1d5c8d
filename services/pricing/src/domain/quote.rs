//! What a cart costs. Tax is worked out per line and for shipping, each rounded half away from zero to the minor
//! unit; every total is a sum of such parts, so parts always add up.

use emart_catalog_api::VariantId;
use emart_pricing_api::{PutTaxRate, Quote, QuoteLine, QuoteShipping, ShippingOption, TaxLine};
use emart_types::{Currency, Money, MoneyError, Rate};

use crate::domain::promotions::Plan;

/// A line to be priced.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) variant_id: VariantId,
    pub(crate) quantity: u32,
    pub(crate) unit_price: Money,
    pub(crate) taxable: bool,
}

/// What the whole quote depends on besides its lines.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) currency: Currency,
    pub(crate) country: String,
    pub(crate) prices_include_tax: bool,
    /// The rate where it goes; none where none is due.
    pub(crate) rate: Option<PutTaxRate>,
    /// Its index among `options`; none when nothing is sent.
    pub(crate) chosen: Option<usize>,
    pub(crate) options: Vec<ShippingOption>,
    /// What promotions take off.
    pub(crate) plan: Plan,
}

/// An amount in its three views.
struct Taxed {
    net: Money,
    tax: Money,
    total: Money,
}

/// Works the quote out.
pub(crate) fn quote(items: &[Item], mut terms: Terms) -> Result<Quote, MoneyError> {
    let currency = terms.currency;
    let lines = items.iter().enumerate().map(|(at, item)| line(at, item, &terms));
    let lines: Vec<QuoteLine> = lines.collect::<Result<_, _>>()?;
    let shipping_rate = terms.rate.as_ref().filter(|r| r.on_shipping).map_or(Rate(0), |r| r.rate);
    let shipping = match terms.chosen.and_then(|index| terms.options.get(index)) {
        Some(option) => Some(shipping(option, shipping_rate, terms.prices_include_tax)?),
        None => None,
    };
    note_free_shipping(&mut terms.plan, shipping.as_ref(), &terms.options);
    let subtotal = Money::sum(currency, lines.iter().map(|line| line.subtotal))?;
    let sent = shipping.iter();
    let tax_total = Money::sum(
        currency,
        lines.iter().map(|line| line.tax).chain(sent.clone().map(|sent| sent.tax)),
    )?;
    let total =
        Money::sum(currency, lines.iter().map(|line| line.total).chain(sent.map(|s| s.total)))?;
    let taxes = taxes(&lines, shipping.as_ref(), terms.rate.as_ref(), currency)?;
    let off = Money::sum(currency, terms.plan.discounts.iter().map(|discount| discount.amount))?;
    Ok(Quote {
        lines,
        shipping,
        shipping_options: terms.options,
        taxes,
        subtotal,
        discount_total: Some(off).filter(|off| !off.is_zero()),
        discounts: terms.plan.discounts,
        coupons: Vec::new(),
        tax_total,
        total,
        prices_include_tax: terms.prices_include_tax,
        country: terms.country,
    })
}

fn line(at: usize, item: &Item, terms: &Terms) -> Result<QuoteLine, MoneyError> {
    let rate = terms.rate.as_ref().map_or(Rate(0), |rate| rate.rate);
    let subtotal = item.unit_price.checked_mul(item.quantity)?;
    let tax_rate = if item.taxable { rate } else { Rate(0) };
    let due = subtotal.checked_sub(terms.plan.off(at, terms.currency)?)?;
    let Taxed { net, tax, total } = taxed(due, tax_rate, terms.prices_include_tax)?;
    Ok(QuoteLine {
        variant_id: item.variant_id.clone(),
        quantity: item.quantity,
        unit_price: item.unit_price,
        subtotal,
        discounts: terms.plan.lines.get(at).cloned().unwrap_or_default(),
        net,
        tax,
        total,
        tax_rate,
    })
}

/// Writes down which promotion made sending free, and what that is worth.
fn note_free_shipping(
    plan: &mut Plan,
    shipping: Option<&QuoteShipping>,
    options: &[ShippingOption],
) {
    let Some(sent) = shipping else { return };
    let Some(off) = sent.discount else { return };
    let option = options.iter().find(|option| option.id == sent.method_id);
    let full = option.and_then(|option| option.full_price);
    if let Some(at) = full.and_then(|full| plan.frees(full))
        && let Some(discount) = plan.discounts.get_mut(at)
    {
        discount.shipping = off;
    }
}

fn taxed(amount: Money, rate: Rate, includes: bool) -> Result<Taxed, MoneyError> {
    if includes {
        let tax = rate.within(amount)?;
        Ok(Taxed { net: amount.checked_sub(tax)?, tax, total: amount })
    } else {
        let tax = rate.of(amount)?;
        Ok(Taxed { net: amount, tax, total: amount.checked_add(tax)? })
    }
}

fn shipping(
    option: &ShippingOption,
    rate: Rate,
    includes: bool,
) -> Result<QuoteShipping, MoneyError> {
    let Taxed { net, tax, total } = taxed(option.price, rate, includes)?;
    let discount = option.full_price.map(|full| full.checked_sub(option.price)).transpose()?;
    let (method_id, name) = (option.id.clone(), option.name.clone());
    Ok(QuoteShipping { method_id, name, discount, net, tax, total })
}

/// The one line of tax there is, when any is due.
fn taxes(
    lines: &[QuoteLine],
    shipping: Option<&QuoteShipping>,
    rate: Option<&PutTaxRate>,
    currency: Currency,
) -> Result<Vec<TaxLine>, MoneyError> {
    let Some(rate) = rate.filter(|rate| rate.rate != Rate(0)) else { return Ok(Vec::new()) };
    let due = lines.iter().filter(|line| line.tax_rate != Rate(0)).map(|line| (line.net, line.tax));
    let due: Vec<(Money, Money)> =
        due.chain(shipping.filter(|_| rate.on_shipping).map(|s| (s.net, s.tax))).collect();
    if due.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![TaxLine {
        name: rate.name.clone(),
        rate: rate.rate,
        base: Money::sum(currency, due.iter().map(|(net, _)| *net))?,
        amount: Money::sum(currency, due.iter().map(|(_, tax)| *tax))?,
    }])
}

#[cfg(test)]
mod tests {
    use emart_pricing_api::{Discount, LineDiscount, PromotionId, ShippingMethodId};
    use proptest::prelude::*;

    use super::*;

    fn terms(prices_include_tax: bool, rate: u32, on_shipping: bool, shipping: i64) -> Terms {
        Terms {
            currency: Currency::EUR,
            country: "DE".to_owned(),
            prices_include_tax,
            rate: Some(PutTaxRate {
                country: "DE".to_owned(),
                region: None,
                name: "VAT".to_owned(),
                rate: Rate(rate),
                on_shipping,
                next: None,
            }),
            chosen: Some(0),
            options: vec![ShippingOption {
                id: ShippingMethodId::new(),
                name: "Standard".to_owned(),
                description: String::new(),
                price: Money::new(shipping, Currency::EUR),
                full_price: None,
                free_over_missing: None,
            }],
            plan: Plan::default(),
        }
    }

    /// A plan of one promotion that takes a share off each line.
    fn cut(items: &[Item], cuts: &[u32]) -> Plan {
        let promotion_id = PromotionId::new();
        let off = items.iter().zip(cuts).map(|(item, cut)| {
            let subtotal = item.unit_price.checked_mul(item.quantity).unwrap();
            Rate(*cut).of(subtotal).unwrap()
        });
        let off: Vec<Money> = off.collect();
        let discount = Discount {
            promotion_id: promotion_id.clone(),
            title: "Sale".to_owned(),
            code: None,
            amount: Money::sum(Currency::EUR, off.iter().copied()).unwrap(),
            shipping: Money::zero(Currency::EUR),
        };
        let part = |amount| LineDiscount { promotion_id: promotion_id.clone(), amount };
        let lines = off.into_iter().map(|amount| vec![part(amount)]).collect();
        Plan { lines, discounts: vec![discount], free: Vec::new() }
    }

    fn item(price: i64, quantity: u32, taxable: bool) -> Item {
        let unit_price = Money::new(price, Currency::EUR);
        Item { variant_id: VariantId::new(), quantity, unit_price, taxable }
    }

    #[test]
    fn prices_with_tax_stay_as_they_are() {
        let quote = quote(&[item(1990, 2, true)], terms(true, 190_000, true, 490)).unwrap();
        assert_eq!(quote.total.amount_minor, 3980 + 490);
        assert_eq!(quote.lines[0].tax.amount_minor, 635);
        assert_eq!(quote.tax_total.amount_minor, 635 + 78);
    }

    #[test]
    fn prices_without_tax_grow_by_it() {
        let quote = quote(&[item(1000, 3, true)], terms(false, 82_500, false, 500)).unwrap();
        assert_eq!(quote.total.amount_minor, 3000 + 248 + 500);
        assert_eq!(quote.taxes[0].base.amount_minor, 3000);
    }

    #[test]
    fn what_is_not_taxable_bears_no_tax() {
        let quote = quote(&[item(1000, 1, false)], terms(true, 190_000, false, 0)).unwrap();
        assert_eq!(quote.tax_total.amount_minor, 0);
        assert!(quote.taxes.is_empty());
    }

    #[test]
    fn an_amount_beyond_64_bits_is_an_error() {
        assert!(quote(&[item(i64::MAX / 2, 9999, true)], terms(false, 1, false, 0)).is_err());
    }

    proptest! {
        #[test]
        fn parts_always_add_up_to_the_total(
            items in prop::collection::vec((0i64..5_000_000, 1u32..9999, any::<bool>()), 1..40),
            cuts in prop::collection::vec(0u32..=1_000_000, 40),
            includes in any::<bool>(),
            rate in 0u32..1_000_000,
            on_shipping in any::<bool>(),
            shipping in 0i64..100_000,
        ) {
            let items: Vec<Item> = items.into_iter().map(|(p, q, t)| item(p, q, t)).collect();
            let plan = cut(&items, &cuts);
            let given = plan.discounts[0].amount.amount_minor;
            let terms = Terms { plan, ..terms(includes, rate, on_shipping, shipping) };
            let quote = quote(&items, terms).unwrap();
            let sum = |part: fn(&QuoteLine) -> Money| -> i64 {
                quote.lines.iter().map(|line| part(line).amount_minor).sum()
            };
            let sent = quote.shipping.as_ref().unwrap();
            for line in &quote.lines {
                prop_assert_eq!(line.net.amount_minor + line.tax.amount_minor, line.total.amount_minor);
                let due = line.subtotal.amount_minor - line.discount().unwrap().amount_minor;
                prop_assert_eq!(if includes { line.total } else { line.net }.amount_minor, due);
                prop_assert!(line.net.amount_minor >= 0 && line.tax.amount_minor >= 0);
            }
            prop_assert_eq!(quote.discount_total.map_or(0, |off| off.amount_minor), given);
            prop_assert_eq!(sum(|l| l.discount().unwrap()), given);
            prop_assert_eq!(sum(|l| l.total) + sent.total.amount_minor, quote.total.amount_minor);
            prop_assert_eq!(sum(|l| l.subtotal), quote.subtotal.amount_minor);
            prop_assert_eq!(sum(|l| l.tax) + sent.tax.amount_minor, quote.tax_total.amount_minor);
            let by_rate: i64 = quote.taxes.iter().map(|tax| tax.amount.amount_minor).sum();
            prop_assert_eq!(by_rate, quote.tax_total.amount_minor);
            prop_assert!(quote.total.amount_minor >= quote.tax_total.amount_minor);
        }
    }
}
