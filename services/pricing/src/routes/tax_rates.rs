//! Tax rates: what staff change when a government does.

use axum::extract::State;
use emart_http::{Json, Page, PageQuery, Path, Problem, Query, Staff};
use emart_pricing_api::{PutTaxRate, TaxRate, TaxRateId};
use emart_types::Invalid;
use http::StatusCode;

use crate::domain::countries;
use crate::error::Error;
use crate::{Pricing, store};

/// All tax rates. Staff only.
#[utoipa::path(get, path = "/api/v1/pricing/tax-rates", operation_id = "list_tax_rates",
    tag = "pricing", params(PageQuery),
    responses((status = 200, body = Page<TaxRate>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_tax_rates(
    _: Staff,
    State(pricing): State<Pricing>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<TaxRate>>, Error> {
    let (limit, after) = (query.limit()?, query.after::<String>()?.unwrap_or_default());
    let rates = pricing
        .db
        .read(|tx| async move { store::taxes::rates(&tx, &after, limit + 1).await })
        .await?;
    Ok(Json(Page::from_rows(rates, limit, |rate| rate.id.to_string())))
}

/// Adds a tax rate for a country or region that has none. Staff only.
#[utoipa::path(post, path = "/api/v1/pricing/tax-rates", operation_id = "create_tax_rate",
    tag = "pricing", request_body = PutTaxRate,
    responses((status = 201, body = TaxRate), (status = "4XX", body = Problem)))]
pub(crate) async fn create_tax_rate(
    _: Staff,
    State(pricing): State<Pricing>,
    Json(body): Json<PutTaxRate>,
) -> Result<(StatusCode, Json<TaxRate>), Error> {
    check(&body)?;
    let made = pricing.db.write(|tx| async move { store::taxes::insert(&tx, &body).await }).await?;
    Ok((StatusCode::CREATED, Json(made.ok_or(Error::RateExists)?)))
}

/// Changes a tax rate. Staff only.
#[utoipa::path(put, path = "/api/v1/pricing/tax-rates/{id}", operation_id = "put_tax_rate",
    tag = "pricing", params(("id" = TaxRateId, Path)), request_body = PutTaxRate,
    responses((status = 200, body = TaxRate), (status = "4XX", body = Problem)))]
pub(crate) async fn put_tax_rate(
    _: Staff,
    State(pricing): State<Pricing>,
    Path(id): Path<TaxRateId>,
    Json(body): Json<PutTaxRate>,
) -> Result<Json<TaxRate>, Error> {
    check(&body)?;
    let (key, new) = (id.clone(), body.clone());
    let changed = pricing
        .db
        .write(move |tx| async move { store::taxes::update(&tx, &key, &new).await })
        .await;
    match changed {
        Ok(true) => Ok(Json(TaxRate { id, body })),
        Ok(false) => Err(Error::NotFound),
        Err(error) if error.is_unique_violation() => Err(Error::RateExists),
        Err(error) => Err(error.into()),
    }
}

/// Takes a tax rate away: no tax is due there then. Staff only.
#[utoipa::path(delete, path = "/api/v1/pricing/tax-rates/{id}", operation_id = "delete_tax_rate",
    tag = "pricing", params(("id" = TaxRateId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_tax_rate(
    _: Staff,
    State(pricing): State<Pricing>,
    Path(id): Path<TaxRateId>,
) -> Result<StatusCode, Error> {
    let gone = pricing.db.write(|tx| async move { store::taxes::delete(&tx, &id).await }).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

fn check(body: &PutTaxRate) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let country = countries::find(&body.country);
    invalid.require(country.is_some(), "/country", "must be a country such as DE");
    if let Some(region) = &body.region {
        let known = country.is_some_and(|country| country.has_region(region));
        invalid.require(known, "/region", "must be a region of the country, such as CA of US");
    }
    let name = body.name.trim();
    invalid.require(
        (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control),
        "/name",
        "must be 1 to 60 characters",
    );
    invalid.require(body.rate.0 <= 1_000_000, "/rate", "must be at most 1000000 (100 %)");
    invalid.finish()
}
