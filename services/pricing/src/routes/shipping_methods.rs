//! Ways to send things: what staff offer.

use axum::extract::State;
use emart_http::{Json, Page, Path, Problem, Staff};
use emart_pricing_api::{PutShippingMethod, ShippingMethod, ShippingMethodId, ShippingPrice};
use emart_types::{Currency, Invalid, Money};
use http::StatusCode;

use crate::domain::countries;
use crate::error::Error;
use crate::{Pricing, store};

/// A store offers few ways to send things.
const MOST_METHODS: i64 = 100;

/// All ways to send things, also those that shoppers cannot choose. Staff only.
#[utoipa::path(get, path = "/api/v1/pricing/shipping-methods", operation_id = "list_shipping_methods",
    tag = "pricing",
    responses((status = 200, body = Page<ShippingMethod>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_shipping_methods(
    _: Staff,
    State(pricing): State<Pricing>,
) -> Result<Json<Page<ShippingMethod>>, Error> {
    let items = pricing.db.read(|tx| async move { store::shipping::methods(&tx).await }).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// Adds a way to send things; at most 100. Staff only.
#[utoipa::path(post, path = "/api/v1/pricing/shipping-methods",
    operation_id = "create_shipping_method", tag = "pricing", request_body = PutShippingMethod,
    responses((status = 201, body = ShippingMethod), (status = "4XX", body = Problem)))]
pub(crate) async fn create_shipping_method(
    _: Staff,
    State(pricing): State<Pricing>,
    Json(body): Json<PutShippingMethod>,
) -> Result<(StatusCode, Json<ShippingMethod>), Error> {
    check(&body, pricing.config.currency)?;
    let made = pricing
        .db
        .write(|tx| async move {
            if store::shipping::count(&tx).await? >= MOST_METHODS {
                return Err(Error::from(Invalid::field("", "there are 100 already")));
            }
            Ok(store::shipping::insert(&tx, &body).await?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Changes a way to send things. Staff only.
#[utoipa::path(put, path = "/api/v1/pricing/shipping-methods/{id}",
    operation_id = "put_shipping_method", tag = "pricing",
    params(("id" = ShippingMethodId, Path)), request_body = PutShippingMethod,
    responses((status = 200, body = ShippingMethod), (status = "4XX", body = Problem)))]
pub(crate) async fn put_shipping_method(
    _: Staff,
    State(pricing): State<Pricing>,
    Path(id): Path<ShippingMethodId>,
    Json(body): Json<PutShippingMethod>,
) -> Result<Json<ShippingMethod>, Error> {
    check(&body, pricing.config.currency)?;
    let (key, new) = (id.clone(), body.clone());
    let changed = pricing
        .db
        .write(move |tx| async move { store::shipping::update(&tx, &key, &new).await })
        .await?;
    if changed { Ok(Json(ShippingMethod { id, body })) } else { Err(Error::NotFound) }
}

/// Takes a way to send things away. Orders made with it keep its name. Staff only.
#[utoipa::path(delete, path = "/api/v1/pricing/shipping-methods/{id}",
    operation_id = "delete_shipping_method", tag = "pricing",
    params(("id" = ShippingMethodId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_shipping_method(
    _: Staff,
    State(pricing): State<Pricing>,
    Path(id): Path<ShippingMethodId>,
) -> Result<StatusCode, Error> {
    let gone =
        pricing.db.write(|tx| async move { store::shipping::delete(&tx, &id).await }).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

fn check(body: &PutShippingMethod, currency: Currency) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let plain = |text: &str| !text.chars().any(char::is_control);
    let name = body.name.trim().chars().count();
    invalid.require(
        (1..=60).contains(&name) && plain(&body.name),
        "/name",
        "must be 1 to 60 characters",
    );
    let described = body.description.chars().count() <= 200 && plain(&body.description);
    invalid.require(described, "/description", "must be at most 200 characters");
    for (at, code) in body.countries.iter().enumerate() {
        if countries::find(code).is_none() {
            invalid.push(format!("/countries/{at}"), "must be a country such as DE");
        }
    }
    invalid.require(body.countries.len() <= 250, "/countries", "must be at most 250");
    match &body.price {
        ShippingPrice::Flat { amount, free_over } => {
            check_money(&mut invalid, "/price/amount", Some(*amount), currency);
            check_money(&mut invalid, "/price/free_over", *free_over, currency);
        }
        ShippingPrice::ByWeight { brackets, free_over } => {
            let grams: Vec<u64> = brackets.iter().map(|bracket| bracket.up_to_grams).collect();
            invalid.require(
                (1..=100).contains(&grams.len()) && grams.is_sorted_by(|a, b| a < b),
                "/price/brackets",
                "must be 1 to 100 brackets, the lightest first",
            );
            for (at, bracket) in brackets.iter().enumerate() {
                let pointer = format!("/price/brackets/{at}/amount");
                check_money(&mut invalid, &pointer, Some(bracket.amount), currency);
            }
            check_money(&mut invalid, "/price/free_over", *free_over, currency);
        }
    }
    invalid.finish()
}

fn check_money(invalid: &mut Invalid, pointer: &str, amount: Option<Money>, currency: Currency) {
    let Some(amount) = amount else { return };
    if amount.currency != currency {
        invalid.push(pointer, format!("must be in {currency}"));
    } else if !(0..=1_000_000_000_000).contains(&amount.amount_minor) {
        invalid.push(pointer, "must be from 0 to 1000000000000 minor units");
    }
}
