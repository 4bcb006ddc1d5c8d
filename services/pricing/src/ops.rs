//! What a cart costs somebody: everything that is asked for it, and of all ways promotions can be put together the one
//! that costs the shopper least. For shoppers, for checkouts, and for who tries a promotion out.

use std::collections::HashMap;

use emart_catalog_api::{VariantId, VariantInfo};
use emart_pricing_api::{
    Coupon, Destination, NewQuote, PromotionId, PutTaxRate, Quote, QuoteLineRequest,
    ShippingMethod, ShippingMethodId, ShippingOption, Shopper,
};
use emart_store::Tx;
use emart_types::{Invalid, Money};

use crate::domain::promotions::{Circumstances, Line, Plan, Rule, Why, plans};
use crate::domain::quote::{Item, Terms};
use crate::domain::shipping::Parcel;
use crate::domain::{countries, quote, shipping};
use crate::error::Error;
use crate::store::promotions::Kept;
use crate::{Pricing, store};

const MOST_LINES: usize = 500;
const MOST_PIECES: u32 = 9999;
const LONGEST_REGION: usize = 60;
const MOST_COUPONS: usize = 5;
const LONGEST_COUPON: usize = 40;

/// A question what a cart costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) quote: &'a NewQuote,
    pub(crate) shopper: &'a Shopper,
    /// Whether prices have delivery in them.
    pub(crate) delivered: bool,
    /// A promotion that is tried out.
    pub(crate) trial: Option<&'a Rule>,
    /// One that is left out.
    pub(crate) without: Option<&'a PromotionId>,
}

/// A cart with everything that was found out about it.
struct Case {
    items: Vec<Item>,
    lines: Vec<Line>,
    /// What has to be sent weighs so much; none when nothing has to be, or sending is in the prices.
    grams: Option<u64>,
    destination: Destination,
    rate: Option<PutTaxRate>,
    methods: Vec<ShippingMethod>,
    method_id: Option<ShippingMethodId>,
}

/// What the database says.
struct Read {
    rate: Option<PutTaxRate>,
    methods: Vec<ShippingMethod>,
    rules: Vec<Rule>,
    has_ordered: bool,
}

impl Pricing {
    /// What a cart costs, and why the promotion that is tried out does not count.
    pub(crate) async fn quote(&self, asked: Asked<'_>) -> Result<(Quote, Option<Why>), Error> {
        check(asked.quote)?;
        let destination = self.destination(asked.quote.destination.as_ref())?;
        let variants = self.catalog.variants(&distinct(asked.quote)).await?;
        let variants: HashMap<VariantId, VariantInfo> =
            variants.into_iter().map(|variant| (variant.id.clone(), variant)).collect();
        let chosen = chosen(asked.quote, &variants)?;
        let read = self.read(asked, &destination).await?;
        let case = Case {
            items: chosen.iter().map(|(line, variant)| item(line, variant)).collect(),
            lines: chosen
                .iter()
                .map(|(line, variant)| meant(line, variant))
                .collect::<Result<_, _>>()?,
            grams: weigh(&chosen).filter(|_| !asked.delivered),
            destination,
            rate: read.rate,
            methods: read.methods,
            method_id: asked.quote.shipping_method_id.clone(),
        };
        let here = Circumstances {
            now: self.clock.now(),
            country: &case.destination.country,
            has_ordered: read.has_ordered,
        };
        let (mut quote, unused) = self.settle(&case, &read.rules, here)?;
        quote.coupons = coupons(asked.quote, &read.rules, &unused);
        let trial = asked.trial.and_then(|trial| {
            unused.into_iter().find(|(id, _)| *id == trial.id).map(|(_, why)| why)
        });
        Ok((quote, trial))
    }

    /// The cheapest quote there is, and why the promotions that are not in it do not count.
    fn settle(
        &self,
        case: &Case,
        rules: &[Rule],
        here: Circumstances<'_>,
    ) -> Result<(Quote, Vec<(PromotionId, Why)>), Error> {
        let (mut counting, mut unused) = (Vec::new(), Vec::new());
        for rule in rules {
            match rule.objection(&case.lines, here)? {
                Some(why) => unused.push((rule.id.clone(), why)),
                None => counting.push(rule.clone()),
            }
        }
        let ids: Vec<PromotionId> = counting.iter().map(|rule| rule.id.clone()).collect();
        let mut best: Option<Quote> = None;
        for plan in plans(counting, &case.lines, self.config.currency)? {
            let quote = self.priced(case, plan)?;
            if best.as_ref().is_none_or(|b| quote.total.amount_minor < b.total.amount_minor) {
                best = Some(quote);
            }
        }
        // There is always the plan of those that go together, be it of none.
        let mut quote = best.ok_or(Error::NotFound)?;
        for id in ids {
            let given = quote.discounts.iter().find(|discount| discount.promotion_id == id);
            match given {
                Some(given) if given.amount.is_zero() && given.shipping.is_zero() => {
                    unused.push((id, Why::NothingOff));
                }
                Some(_) => {}
                None => unused.push((id, Why::BetterOffer)),
            }
        }
        quote.discounts.retain(|given| !given.amount.is_zero() || !given.shipping.is_zero());
        Ok((quote, unused))
    }

    /// The quote of one plan.
    fn priced(&self, case: &Case, plan: Plan) -> Result<Quote, Error> {
        let currency = self.config.currency;
        let Destination { country, region } = &case.destination;
        let (mut options, mut chosen) = (Vec::new(), None);
        if let Some(grams) = case.grams {
            let subtotal = Money::sum(currency, case.lines.iter().map(|line| line.subtotal))?;
            let off = plan.discounts.iter().map(|discount| discount.amount);
            let subtotal = subtotal.checked_sub(Money::sum(currency, off)?)?;
            let region = region.as_deref().unwrap_or_default();
            options = shipping::options(&case.methods, Parcel { country, region, grams, subtotal });
            for option in options.iter_mut().filter(|option| !option.price.is_zero()) {
                if plan.frees(option.price).is_some() {
                    option.full_price = Some(option.price);
                    option.price = Money::zero(currency);
                    option.free_over_missing = None;
                }
            }
            shipping::sort(&mut options);
            chosen = Some(choose(&options, case.method_id.as_ref(), country)?);
        }
        let terms = Terms {
            currency,
            country: country.clone(),
            prices_include_tax: self.config.prices_include_tax,
            rate: case.rate.clone(),
            chosen,
            options,
            plan,
        };
        Ok(quote::quote(&case.items, terms)?)
    }

    async fn read(&self, asked: Asked<'_>, destination: &Destination) -> Result<Read, Error> {
        let (country, region) =
            (destination.country.clone(), destination.region.clone().unwrap_or_default());
        let today = self.calendar.today(self.clock.now()).to_string();
        let (shopper, codes) = (asked.shopper.clone(), codes(asked.quote));
        let (trial, without) = (asked.trial.cloned(), asked.without.cloned());
        let read = self.db.read(|tx| async move {
            let rate = store::taxes::rate(&tx, &country, &region, &today).await?;
            let methods = store::shipping::methods(&tx).await?;
            let mut kept = store::promotions::automatic(&tx).await?;
            for code in codes {
                kept.extend(store::promotions::by_code(&tx, &code).await?);
            }
            kept.retain(|promotion| without.as_ref() != Some(&promotion.id));
            let mut rules = Vec::new();
            for promotion in kept {
                rules.push(rule(&tx, promotion, &shopper).await?);
            }
            rules.extend(trial);
            let matters = rules.iter().any(|rule| rule.body.conditions.first_order);
            let has_ordered = matters && store::claims::has_ordered(&tx, &shopper).await?;
            Ok::<_, emart_store::Error>(Read { rate, methods, rules, has_ordered })
        });
        Ok(read.await?)
    }

    fn destination(&self, asked: Option<&Destination>) -> Result<Destination, Error> {
        let Some(asked) = asked else {
            return Ok(Destination { country: self.config.country.clone(), region: None });
        };
        if countries::find(&asked.country).is_none() {
            let detail = "must be a country of ISO 3166-1, such as DE";
            return Err(Invalid::field("/destination/country", detail).into());
        }
        let served = &self.config.countries;
        if !served.is_empty() && !served.contains(&asked.country) {
            let reason = format!("the store does not send to {}", asked.country);
            return Err(Error::CannotShipThere(reason));
        }
        Ok(asked.clone())
    }
}

/// A promotion with this shopper's uses of it, where they matter.
async fn rule(tx: &Tx, kept: Kept, shopper: &Shopper) -> Result<Rule, emart_store::Error> {
    let matters = kept.body.limits.per_customer.is_some() || kept.body.conditions.first_order;
    let own_uses = if matters { store::claims::own_uses(tx, &kept.id, shopper).await? } else { 0 };
    Ok(Rule { id: kept.id, body: kept.body, uses: kept.uses, own_uses })
}

fn check(request: &NewQuote) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let lines = request.lines.len();
    invalid.require((1..=MOST_LINES).contains(&lines), "/lines", "must be 1 to 500 lines");
    for (at, line) in request.lines.iter().enumerate() {
        if !(1..=MOST_PIECES).contains(&line.quantity) {
            invalid.push(format!("/lines/{at}/quantity"), "must be from 1 to 9999");
        }
    }
    let region = request.destination.as_ref().and_then(|destination| destination.region.as_deref());
    let short = region.is_none_or(|region| region.chars().count() <= LONGEST_REGION);
    invalid.require(short, "/destination/region", "must be at most 60 characters");
    let few = request.coupons.len() <= MOST_COUPONS;
    let short = request.coupons.iter().all(|code| code.chars().count() <= LONGEST_COUPON);
    invalid.require(few && short, "/coupons", "must be at most 5 codes of at most 40 characters");
    invalid.finish()
}

fn distinct(request: &NewQuote) -> Vec<VariantId> {
    let mut ids: Vec<VariantId> =
        request.lines.iter().map(|line| line.variant_id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The codes as they are kept: each once.
fn codes(request: &NewQuote) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for code in request.coupons.iter().map(|code| normal_code(code)) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// A code as it is kept: large letters, nothing around it.
pub(crate) fn normal_code(code: &str) -> String {
    code.trim().to_uppercase()
}

/// What became of each code.
fn coupons(request: &NewQuote, rules: &[Rule], unused: &[(PromotionId, Why)]) -> Vec<Coupon> {
    let coupon = |code: String| {
        let Some(rule) = rules.iter().find(|rule| rule.body.code.as_ref() == Some(&code)) else {
            return Why::Unknown.coupon(&code);
        };
        match unused.iter().find(|(id, _)| *id == rule.id) {
            Some((_, why)) => why.coupon(&code),
            None => Coupon { code, applied: true, reason: None, detail: None },
        }
    };
    codes(request).into_iter().map(coupon).collect()
}

type Chosen<'a> = (&'a QuoteLineRequest, &'a VariantInfo);

fn chosen<'a>(
    request: &'a NewQuote,
    variants: &'a HashMap<VariantId, VariantInfo>,
) -> Result<Vec<Chosen<'a>>, Error> {
    let one = |line: &'a QuoteLineRequest| {
        let variant = variants.get(&line.variant_id);
        let variant = variant.ok_or_else(|| Error::UnknownVariant(line.variant_id.clone()))?;
        if variant.for_sale {
            Ok((line, variant))
        } else {
            Err(Error::NotForSale(variant.title.clone()))
        }
    };
    request.lines.iter().map(one).collect()
}

fn item(line: &QuoteLineRequest, variant: &VariantInfo) -> Item {
    Item {
        variant_id: line.variant_id.clone(),
        quantity: line.quantity,
        unit_price: variant.price,
        taxable: variant.taxable,
    }
}

fn meant(line: &QuoteLineRequest, variant: &VariantInfo) -> Result<Line, Error> {
    Ok(Line {
        product_id: variant.product_id.clone(),
        category_ids: variant.category_ids.clone(),
        quantity: line.quantity,
        subtotal: variant.price.checked_mul(line.quantity)?,
    })
}

/// What has to be sent weighs so much; none when nothing has to be.
fn weigh(chosen: &[Chosen<'_>]) -> Option<u64> {
    let sent = chosen.iter().filter(|(_, variant)| variant.requires_shipping);
    let grams =
        |(line, variant): &Chosen<'_>| u64::from(variant.weight_grams) * u64::from(line.quantity);
    sent.map(grams).reduce(|a, b| a + b)
}

fn choose(
    options: &[ShippingOption],
    asked: Option<&ShippingMethodId>,
    country: &str,
) -> Result<usize, Error> {
    if options.is_empty() {
        let reason = format!("nothing that the store uses can carry this cart to {country}");
        return Err(Error::CannotShipThere(reason));
    }
    match asked {
        None => Ok(0),
        Some(id) => {
            let found = options.iter().position(|option| option.id == *id);
            found.ok_or(Error::UnknownShippingMethod)
        }
    }
}
