//! Tax rates: what staff change when a government does.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{
    AuditRecord, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Problem, Query, Staff,
};
use emart_pricing_api::{PutTaxRate, TaxRate, TaxRateId};
use emart_types::Invalid;
use http::{StatusCode, header};
use jiff::civil::Date;

use crate::domain::countries;
use crate::edit::check_seen;
use crate::error::Error;
use crate::{Pricing, store};

/// All tax rates. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/pricing/tax-rates", operation_id = "list_tax_rates",
    tag = "pricing", params(PageQuery),
    responses((status = 200, body = Page<TaxRate>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_tax_rates(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<TaxRate>>, Error> {
    caller.require(Permission::SellingRead)?;
    let (limit, after) = (query.limit()?, query.after::<String>()?.unwrap_or_default());
    let rates = pricing
        .db
        .read(|tx| async move { store::taxes::rates(&tx, &after, limit + 1).await })
        .await?;
    Ok(Json(Page::from_rows(rates, limit, |rate| rate.id.to_string())))
}

/// A tax rate. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/pricing/tax-rates/{id}", operation_id = "get_tax_rate",
    tag = "pricing", params(("id" = TaxRateId, Path)),
    responses((status = 200, body = TaxRate), (status = "4XX", body = Problem)))]
pub(crate) async fn get_tax_rate(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<TaxRateId>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingRead)?;
    let rate = pricing.db.read(|tx| async move { store::taxes::by_id(&tx, &id).await }).await?;
    Ok(answer(StatusCode::OK, rate.ok_or(Error::NotFound)?))
}

fn answer(status: StatusCode, rate: TaxRate) -> Response {
    (status, [(header::ETAG, ETag::new(rate.version).header())], Json(rate)).into_response()
}

/// Adds a tax rate for a country or region that has none. Needs `selling:write`.
#[utoipa::path(post, path = "/api/v1/pricing/tax-rates", operation_id = "create_tax_rate",
    tag = "pricing", request_body = PutTaxRate,
    responses((status = 201, body = TaxRate), (status = "4XX", body = Problem)))]
pub(crate) async fn create_tax_rate(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Json(body): Json<PutTaxRate>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    check(&body)?;
    let (id, here) = (TaxRateId::new(), pricing.clone());
    let record = AuditRecord::new("tax_rate.created", id.as_str(), &label(&body));
    let made = pricing.db.write(move |tx| async move {
        if !store::taxes::insert(&tx, &id, &body).await? {
            return Err(Error::RateExists);
        }
        here.audit(&tx, record, (None, Some(&body))).await?;
        Ok(TaxRate { id, body, version: 1 })
    });
    Ok(answer(StatusCode::CREATED, made.await?))
}

/// Changes a tax rate; with `If-Match`, only the version that was read. Needs `selling:write`.
#[utoipa::path(put, path = "/api/v1/pricing/tax-rates/{id}", operation_id = "put_tax_rate",
    tag = "pricing",
    params(("id" = TaxRateId, Path), ("If-Match" = Option<String>, Header, description = "The ETag of the version that was read")),
    request_body = PutTaxRate,
    responses((status = 200, body = TaxRate), (status = "4XX", body = Problem)))]
pub(crate) async fn put_tax_rate(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<TaxRateId>,
    seen: Option<IfMatch>,
    Json(body): Json<PutTaxRate>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    check(&body)?;
    let here = pricing.clone();
    let record = AuditRecord::new("tax_rate.updated", id.as_str(), &label(&body));
    let changed = pricing.db.write(move |tx| async move {
        let before = store::taxes::by_id(&tx, &id).await?.ok_or(Error::NotFound)?;
        check_seen(seen.as_ref(), before.version)?;
        if !store::taxes::update(&tx, &id, &body, before.version).await? {
            return Err(Error::Moved);
        }
        here.audit(&tx, record, (Some(&before.body), Some(&body))).await?;
        Ok(TaxRate { id, body, version: before.version + 1 })
    });
    match changed.await {
        Err(Error::Store(error)) if error.is_unique_violation() => Err(Error::RateExists),
        changed => Ok(answer(StatusCode::OK, changed?)),
    }
}

/// Takes a tax rate away: no tax is due there then. Needs `selling:write`.
#[utoipa::path(delete, path = "/api/v1/pricing/tax-rates/{id}", operation_id = "delete_tax_rate",
    tag = "pricing",
    params(("id" = TaxRateId, Path), ("If-Match" = Option<String>, Header, description = "The ETag of the version that was read")),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_tax_rate(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<TaxRateId>,
    seen: Option<IfMatch>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::SellingWrite)?;
    let (here, record) = (pricing.clone(), AuditRecord::new("tax_rate.deleted", id.as_str(), ""));
    let gone = pricing.db.write(move |tx| async move {
        let before = store::taxes::by_id(&tx, &id).await?.ok_or(Error::NotFound)?;
        check_seen(seen.as_ref(), before.version)?;
        if !store::taxes::delete(&tx, &id, before.version).await? {
            return Err(Error::Moved);
        }
        let record = AuditRecord { label: label(&before.body), ..record };
        Ok(here.audit(&tx, record, (Some(&before.body), None)).await?)
    });
    gone.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn label(body: &PutTaxRate) -> String {
    let region = body.region.as_ref().map(|region| format!("-{region}")).unwrap_or_default();
    format!("{} ({}{region})", body.name.trim(), body.country)
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
    if let Some(next) = &body.next {
        let most = "must be at most 1000000 (100 %)";
        invalid.require(next.rate.0 <= 1_000_000, "/next/rate", most);
        let day = next.from.parse::<Date>().is_ok_and(|day| day.to_string() == next.from);
        invalid.require(day, "/next/from", "must be a day like 2026-01-31");
    }
    invalid.finish()
}
