//! What a cart costs. Tax is worked out per line and for shipping, each rounded half away from zero to the minor
//! unit; every total is a sum of such parts, so parts always add up.

use emart_pricing_api::{PutTaxRate, Quote, QuoteLine, QuoteShipping, ShippingOption, TaxLine};
use emart_types::{Currency, Money, MoneyError, Rate};

use emart_catalog_api::VariantId;

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
}

/// An amount in its three views.
struct Taxed {
    net: Money,
    tax: Money,
    total: Money,
}

/// Works the quote out.
pub(crate) fn quote(items: &[Item], terms: Terms) -> Result<Quote, MoneyError> {
    let rate = terms.rate.as_ref().map_or(Rate(0), |rate| rate.rate);
    let currency = terms.currency;
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        let subtotal = item.unit_price.checked_mul(item.quantity)?;
        let tax_rate = if item.taxable { rate } else { Rate(0) };
        let Taxed { net, tax, total } = taxed(subtotal, tax_rate, terms.prices_include_tax)?;
        let (variant_id, unit_price) = (item.variant_id.clone(), item.unit_price);
        let quantity = item.quantity;
        lines.push(QuoteLine {
            variant_id,
            quantity,
            unit_price,
            subtotal,
            net,
            tax,
            total,
            tax_rate,
        });
    }
    let shipping_rate = terms.rate.as_ref().filter(|r| r.on_shipping).map_or(Rate(0), |r| r.rate);
    let shipping = match terms.chosen.and_then(|index| terms.options.get(index)) {
        Some(option) => Some(shipping(option, shipping_rate, terms.prices_include_tax)?),
        None => None,
    };
    let subtotal = Money::sum(currency, lines.iter().map(|line| line.subtotal))?;
    let sent = shipping.iter();
    let tax_total = Money::sum(
        currency,
        lines.iter().map(|line| line.tax).chain(sent.clone().map(|sent| sent.tax)),
    )?;
    let total =
        Money::sum(currency, lines.iter().map(|line| line.total).chain(sent.map(|s| s.total)))?;
    let taxes = taxes(&lines, shipping.as_ref(), terms.rate.as_ref(), currency)?;
    Ok(Quote {
        lines,
        shipping,
        shipping_options: terms.options,
        taxes,
        subtotal,
        tax_total,
        total,
        prices_include_tax: terms.prices_include_tax,
        country: terms.country,
    })
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
    Ok(QuoteShipping { method_id: option.id.clone(), name: option.name.clone(), net, tax, total })
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
    use emart_pricing_api::ShippingMethodId;
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
            }),
            chosen: Some(0),
            options: vec![ShippingOption {
                id: ShippingMethodId::new(),
                name: "Standard".to_owned(),
                description: String::new(),
                price: Money::new(shipping, Currency::EUR),
                free_over_missing: None,
            }],
        }
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
            includes in any::<bool>(),
            rate in 0u32..1_000_000,
            on_shipping in any::<bool>(),
            shipping in 0i64..100_000,
        ) {
            let items: Vec<Item> = items.into_iter().map(|(p, q, t)| item(p, q, t)).collect();
            let quote = quote(&items, terms(includes, rate, on_shipping, shipping)).unwrap();
            let sum = |part: fn(&QuoteLine) -> Money| -> i64 {
                quote.lines.iter().map(|line| part(line).amount_minor).sum()
            };
            let sent = quote.shipping.as_ref().unwrap();
            for line in &quote.lines {
                prop_assert_eq!(line.net.amount_minor + line.tax.amount_minor, line.total.amount_minor);
            }
            prop_assert_eq!(sum(|l| l.total) + sent.total.amount_minor, quote.total.amount_minor);
            prop_assert_eq!(sum(|l| l.subtotal), quote.subtotal.amount_minor);
            prop_assert_eq!(sum(|l| l.tax) + sent.tax.amount_minor, quote.tax_total.amount_minor);
            let by_rate: i64 = quote.taxes.iter().map(|tax| tax.amount.amount_minor).sum();
            prop_assert_eq!(by_rate, quote.tax_total.amount_minor);
            prop_assert!(quote.total.amount_minor >= quote.tax_total.amount_minor);
        }
    }
}
