//! Ways to send things: what staff offer.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{AuditRecord, ETag, IfMatch, Json, Page, Path, Permission, Problem, Staff};
use emart_pricing_api::{PutShippingMethod, ShippingMethod, ShippingMethodId, ShippingPrice};
use emart_types::{Currency, Invalid, Money};
use http::{StatusCode, header};

use crate::domain::countries;
use crate::edit::check_seen;
use crate::error::Error;
use crate::{Pricing, store};

/// A store offers few ways to send things.
const MOST_METHODS: i64 = 100;

/// All ways to send things, also those that shoppers cannot choose. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/pricing/shipping-methods", operation_id = "list_shipping_methods",
    tag = "pricing",
    responses((status = 200, body = Page<ShippingMethod>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_shipping_methods(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
) -> Result<Json<Page<ShippingMethod>>, Error> {
    caller.require(Permission::SellingRead)?;
    let items = pricing.db.read(|tx| async move { store::shipping::methods(&tx).await }).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// A way to send things. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/pricing/shipping-methods/{id}",
    operation_id = "get_shipping_method", tag = "pricing",
    params(("id" = ShippingMethodId, Path)),
    responses((status = 200, body = ShippingMethod), (status = "4XX", body = Problem)))]
pub(crate) async fn get_shipping_method(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<ShippingMethodId>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingRead)?;
    let method =
        pricing.db.read(|tx| async move { store::shipping::method(&tx, &id).await }).await?;
    Ok(answer(StatusCode::OK, method.ok_or(Error::NotFound)?))
}

fn answer(status: StatusCode, method: ShippingMethod) -> Response {
    (status, [(header::ETAG, ETag::new(method.version).header())], Json(method)).into_response()
}

/// Adds a way to send things; at most 100. Needs `selling:write`.
#[utoipa::path(post, path = "/api/v1/pricing/shipping-methods",
    operation_id = "create_shipping_method", tag = "pricing", request_body = PutShippingMethod,
    responses((status = 201, body = ShippingMethod), (status = "4XX", body = Problem)))]
pub(crate) async fn create_shipping_method(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Json(body): Json<PutShippingMethod>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    check(&body, pricing.config.currency)?;
    let (id, here) = (ShippingMethodId::new(), pricing.clone());
    let record = AuditRecord::new("shipping_method.created", id.as_str(), &body.name);
    let made = pricing.db.write(move |tx| async move {
        if store::shipping::count(&tx).await? >= MOST_METHODS {
            return Err(Error::from(Invalid::field("", "there are 100 already")));
        }
        store::shipping::insert(&tx, &id, &body).await?;
        here.audit(&tx, record, (None, Some(&body))).await?;
        Ok(ShippingMethod { id, body, version: 1 })
    });
    Ok(answer(StatusCode::CREATED, made.await?))
}

/// Changes a way to send things; with `If-Match`, only the version that was read. Needs `selling:write`.
#[utoipa::path(put, path = "/api/v1/pricing/shipping-methods/{id}",
    operation_id = "put_shipping_method", tag = "pricing",
    params(("id" = ShippingMethodId, Path), ("If-Match" = Option<String>, Header, description = "The ETag of the version that was read")),
    request_body = PutShippingMethod,
    responses((status = 200, body = ShippingMethod), (status = "4XX", body = Problem)))]
pub(crate) async fn put_shipping_method(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<ShippingMethodId>,
    seen: Option<IfMatch>,
    Json(body): Json<PutShippingMethod>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    check(&body, pricing.config.currency)?;
    let here = pricing.clone();
    let record = AuditRecord::new("shipping_method.updated", id.as_str(), &body.name);
    let changed = pricing.db.write(move |tx| async move {
        let before = store::shipping::method(&tx, &id).await?.ok_or(Error::NotFound)?;
        check_seen(seen.as_ref(), before.version)?;
        if !store::shipping::update(&tx, &id, &body, before.version).await? {
            return Err(Error::Moved);
        }
        here.audit(&tx, record, (Some(&before.body), Some(&body))).await?;
        Ok(ShippingMethod { id, body, version: before.version + 1 })
    });
    Ok(answer(StatusCode::OK, changed.await?))
}

/// Takes a way to send things away. Orders made with it keep its name. Needs `selling:write`.
#[utoipa::path(delete, path = "/api/v1/pricing/shipping-methods/{id}",
    operation_id = "delete_shipping_method", tag = "pricing",
    params(("id" = ShippingMethodId, Path), ("If-Match" = Option<String>, Header, description = "The ETag of the version that was read")),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_shipping_method(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<ShippingMethodId>,
    seen: Option<IfMatch>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::SellingWrite)?;
    let record = AuditRecord::new("shipping_method.deleted", id.as_str(), "");
    let here = pricing.clone();
    let gone = pricing.db.write(move |tx| async move {
        let before = store::shipping::method(&tx, &id).await?.ok_or(Error::NotFound)?;
        check_seen(seen.as_ref(), before.version)?;
        if !store::shipping::delete(&tx, &id, before.version).await? {
            return Err(Error::Moved);
        }
        let record = AuditRecord { label: before.body.name.clone(), ..record };
        Ok(here.audit(&tx, record, (Some(&before.body), None)).await?)
    });
    gone.await?;
    Ok(StatusCode::NO_CONTENT)
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
    for (at, code) in body.regions.iter().enumerate() {
        let known = code.split_once('-').is_some_and(|(country, region)| {
            countries::find(country).is_some_and(|country| country.has_region(region))
        });
        if !known {
            invalid.push(format!("/regions/{at}"), "must be a region such as US-CA");
        }
    }
    invalid.require(body.regions.len() <= 250, "/regions", "must be at most 250");
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
