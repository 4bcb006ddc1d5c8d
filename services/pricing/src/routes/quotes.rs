//! Quotes: what a cart costs; and where the store sends to.

use std::collections::HashMap;

use axum::extract::State;
use emart_catalog_api::{VariantId, VariantInfo};
use emart_http::{Json, Page, Problem};
use emart_pricing_api::{
    Country, Destination, NewDeliveredQuote, NewQuote, Quote, ShippingMethodId, ShippingOption,
};
use emart_types::{Invalid, Money};

use crate::domain::quote::{Item, Terms};
use crate::domain::shipping::Parcel;
use crate::domain::{countries, quote, shipping};
use crate::error::Error;
use crate::{Pricing, store};

const MOST_LINES: usize = 500;
const MOST_PIECES: u32 = 9999;
const LONGEST_REGION: usize = 60;

/// What a cart costs: lines, tax, shipping. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/pricing/quotes", operation_id = "create_quote", tag = "pricing",
    request_body = NewQuote,
    responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
pub(crate) async fn create_quote(
    State(pricing): State<Pricing>,
    Json(request): Json<NewQuote>,
) -> Result<Json<Quote>, Error> {
    work_out(&pricing, &request, false).await.map(Json)
}

/// The same for a cart whose prices have delivery in them. Internal.
pub(crate) async fn create_delivered_quote(
    State(pricing): State<Pricing>,
    Json(request): Json<NewDeliveredQuote>,
) -> Result<Json<Quote>, Error> {
    work_out(&pricing, &request.quote, true).await.map(Json)
}

async fn work_out(pricing: &Pricing, request: &NewQuote, delivered: bool) -> Result<Quote, Error> {
    check(request)?;
    let destination = destination(pricing, request.destination.as_ref())?;
    let ids = distinct(request);
    let variants = pricing.catalog.variants(&ids).await?;
    let variants: HashMap<VariantId, VariantInfo> =
        variants.into_iter().map(|variant| (variant.id.clone(), variant)).collect();
    let items = items(request, &variants)?;
    let (country, region) = (destination.country, destination.region.unwrap_or_default());
    let place = country.clone();
    let (rate, methods) = pricing
        .db
        .read(|tx| async move {
            let rate = store::taxes::rate(&tx, &place, &region).await?;
            Ok::<_, Error>((rate, store::shipping::methods(&tx).await?))
        })
        .await?;
    let subtotals = items.iter().map(|item| item.unit_price.checked_mul(item.quantity));
    let subtotals: Vec<Money> = subtotals.collect::<Result<_, _>>()?;
    let currency = pricing.config.currency;
    let (sent, grams) = weigh(request, &variants);
    let options = if sent && delivered {
        Vec::new()
    } else if sent {
        let subtotal = Money::sum(currency, subtotals)?;
        shipping::options(&methods, Parcel { country: &country, grams, subtotal })
    } else {
        Vec::new()
    };
    let asked = request.shipping_method_id.as_ref();
    let chosen = choose(&options, asked, sent && !delivered, &country)?;
    let terms = Terms {
        currency,
        country,
        prices_include_tax: pricing.config.prices_include_tax,
        rate: rate.map(|rate| rate.body),
        chosen,
        options,
    };
    Ok(quote::quote(&items, terms)?)
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
    invalid.finish()
}

fn destination(pricing: &Pricing, asked: Option<&Destination>) -> Result<Destination, Error> {
    let Some(asked) = asked else {
        return Ok(Destination { country: pricing.config.country.clone(), region: None });
    };
    if countries::find(&asked.country).is_none() {
        let detail = "must be a country of ISO 3166-1, such as DE";
        return Err(Invalid::field("/destination/country", detail).into());
    }
    let served = &pricing.config.countries;
    if !served.is_empty() && !served.contains(&asked.country) {
        let reason = format!("the store does not send to {}", asked.country);
        return Err(Error::CannotShipThere(reason));
    }
    Ok(asked.clone())
}

fn distinct(request: &NewQuote) -> Vec<VariantId> {
    let mut ids: Vec<VariantId> =
        request.lines.iter().map(|line| line.variant_id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn items(
    request: &NewQuote,
    variants: &HashMap<VariantId, VariantInfo>,
) -> Result<Vec<Item>, Error> {
    let mut items = Vec::with_capacity(request.lines.len());
    for line in &request.lines {
        let Some(variant) = variants.get(&line.variant_id) else {
            return Err(Error::UnknownVariant(line.variant_id.clone()));
        };
        if !variant.for_sale {
            return Err(Error::NotForSale(variant.title.clone()));
        }
        items.push(Item {
            variant_id: line.variant_id.clone(),
            quantity: line.quantity,
            unit_price: variant.price,
            taxable: variant.taxable,
        });
    }
    Ok(items)
}

/// Whether anything has to be sent, and what that weighs.
fn weigh(request: &NewQuote, variants: &HashMap<VariantId, VariantInfo>) -> (bool, u64) {
    let mut sent = false;
    let mut grams = 0u64;
    for line in &request.lines {
        let variant = variants.get(&line.variant_id).filter(|variant| variant.requires_shipping);
        if let Some(variant) = variant {
            sent = true;
            grams += u64::from(variant.weight_grams) * u64::from(line.quantity);
        }
    }
    (sent, grams)
}

fn choose(
    options: &[ShippingOption],
    asked: Option<&ShippingMethodId>,
    sent: bool,
    country: &str,
) -> Result<Option<usize>, Error> {
    if !sent {
        return Ok(None);
    }
    if options.is_empty() {
        let reason = format!("nothing that the store uses can carry this cart to {country}");
        return Err(Error::CannotShipThere(reason));
    }
    match asked {
        None => Ok(Some(0)),
        Some(id) => {
            let found = options.iter().position(|option| option.id == *id);
            found.map(Some).ok_or(Error::UnknownShippingMethod)
        }
    }
}

/// The countries the store sends to.
#[utoipa::path(get, path = "/api/v1/pricing/countries", operation_id = "list_countries",
    tag = "pricing", responses((status = 200, body = Page<Country>)))]
pub(crate) async fn list_countries(State(pricing): State<Pricing>) -> Json<Page<Country>> {
    let served = &pricing.config.countries;
    let known = countries::all().iter();
    let items = known
        .filter(|country| served.is_empty() || served.iter().any(|code| code == country.code))
        .map(countries::Known::described)
        .collect();
    Json(Page { items, next_cursor: None })
}
