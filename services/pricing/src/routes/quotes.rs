//! Quotes: what a cart costs; and where the store sends to.

use axum::extract::State;
use emart_http::{Caller, Json, Page, Problem};
use emart_pricing_api::{Country, NewDeliveredQuote, NewQuote, Quote, Shopper, ShopperQuote};

use crate::Pricing;
use crate::domain::countries;
use crate::error::Error;
use crate::ops::Asked;

/// What a cart costs: lines, promotions, tax, shipping. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/pricing/quotes", operation_id = "create_quote", tag = "pricing",
    request_body = NewQuote,
    responses((status = 200, body = Quote), (status = "4XX", body = Problem)))]
pub(crate) async fn create_quote(
    State(pricing): State<Pricing>,
    caller: Caller,
    Json(quote): Json<NewQuote>,
) -> Result<Json<Quote>, Error> {
    work_out(&pricing, &quote, &shopper(&caller), false).await
}

/// The same for a cart whose prices have delivery in them. Internal.
pub(crate) async fn create_delivered_quote(
    State(pricing): State<Pricing>,
    caller: Caller,
    Json(request): Json<NewDeliveredQuote>,
) -> Result<Json<Quote>, Error> {
    work_out(&pricing, &request.quote, &shopper(&caller), true).await
}

/// The same for somebody who is known by more than who is calling. Internal.
pub(crate) async fn create_shopper_quote(
    State(pricing): State<Pricing>,
    Json(request): Json<ShopperQuote>,
) -> Result<Json<Quote>, Error> {
    work_out(&pricing, &request.quote, &request.shopper, request.delivered).await
}

fn shopper(caller: &Caller) -> Shopper {
    Shopper { customer_id: caller.user_id().map(ToOwned::to_owned), email: None }
}

async fn work_out(
    pricing: &Pricing,
    quote: &NewQuote,
    shopper: &Shopper,
    delivered: bool,
) -> Result<Json<Quote>, Error> {
    let asked = Asked { quote, shopper, delivered, trial: None, without: None };
    Ok(Json(pricing.quote(asked).await?.0))
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
