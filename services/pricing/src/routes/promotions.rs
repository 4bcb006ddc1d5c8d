//! Promotions: made, changed, tried out, looked at.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{
    AuditRecord, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Problem, Query, Staff,
};
use emart_pricing_api::{
    NewPreview, Preview, Promotion, PromotionId, PromotionState, PromotionUse, PutPromotion,
    Shopper,
};
use emart_types::{Money, Timestamp};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use crate::domain::promotions::{Rule, check};
use crate::error::Error;
use crate::ops::{Asked, normal_code};
use crate::store::promotions::Kept;
use crate::{Pricing, store};

/// Promotions that count by themselves: each is looked at for every quote.
const MOST_AUTOMATIC: i64 = 50;

/// Which promotions to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PromotionQuery {
    /// Only the one with this code.
    #[param(max_length = 40)]
    code: Option<String>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl Pricing {
    /// A promotion as staff see it.
    fn promotion(&self, kept: Kept) -> Promotion {
        let money = |minor| Money::new(minor, self.config.currency);
        Promotion {
            state: state(&kept, self.clock.now()),
            uses: kept.uses.unsigned_abs(),
            orders: kept.orders.unsigned_abs(),
            given: money(kept.given_minor),
            revenue: money(kept.revenue_minor),
            id: kept.id,
            body: kept.body,
            version: kept.version,
            created_at: kept.created_at,
            updated_at: kept.updated_at,
        }
    }

    fn answer(&self, status: StatusCode, kept: Kept) -> Response {
        let etag = ETag::new(kept.version).header();
        let location = HeaderValue::try_from(format!("/api/v1/pricing/promotions/{}", kept.id));
        let promotion = self.promotion(kept);
        let mut response = (status, [(header::ETAG, etag)], Json(promotion)).into_response();
        if let Ok(location) = location
            && status == StatusCode::CREATED
        {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

fn state(kept: &Kept, now: Timestamp) -> PromotionState {
    let body = &kept.body;
    let used_up = body.limits.uses.is_some_and(|most| kept.uses >= i64::from(most));
    if !body.active {
        PromotionState::Off
    } else if used_up || body.ends_at.is_some_and(|end| end <= now) {
        PromotionState::Ended
    } else if body.starts_at.is_some_and(|start| now < start) {
        PromotionState::Scheduled
    } else {
        PromotionState::Active
    }
}

/// Promotions, newest first. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/pricing/promotions", operation_id = "list_promotions",
    tag = "pricing", params(PromotionQuery),
    responses((status = 200, body = Page<Promotion>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_promotions(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Query(query): Query<PromotionQuery>,
) -> Result<Json<Page<Promotion>>, Error> {
    caller.require(Permission::SellingRead)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<String>()?);
    let code = query.code.map(|code| normal_code(&code)).filter(|code| !code.is_empty());
    let kept = pricing.db.read(|tx| async move {
        match code {
            Some(code) => store::promotions::by_code(&tx, &code)
                .await
                .map(|found| found.into_iter().collect()),
            None => store::promotions::page(&tx, before, limit + 1).await,
        }
    });
    let page = Page::from_rows(kept.await?, limit, |kept: &Kept| kept.id.to_string());
    Ok(Json(page.map(|kept| pricing.promotion(kept))))
}

/// A promotion with its figures. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/pricing/promotions/{id}", operation_id = "get_promotion",
    tag = "pricing", params(("id" = PromotionId, Path)),
    responses((status = 200, body = Promotion), (status = "4XX", body = Problem)))]
pub(crate) async fn get_promotion(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<PromotionId>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingRead)?;
    let kept = pricing.db.read(|tx| async move { store::promotions::promotion(&tx, &id).await });
    Ok(pricing.answer(StatusCode::OK, kept.await?.ok_or(Error::NotFound)?))
}

/// Makes a promotion. Needs `selling:write`.
#[utoipa::path(post, path = "/api/v1/pricing/promotions", operation_id = "create_promotion",
    tag = "pricing", request_body = PutPromotion,
    responses((status = 201, body = Promotion), (status = "4XX", body = Problem)))]
pub(crate) async fn create_promotion(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Json(body): Json<PutPromotion>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    let body = checked(&pricing, body)?;
    let (id, now, here) = (PromotionId::new(), pricing.clock.now(), pricing.clone());
    let record = AuditRecord::new("promotion.created", id.as_str(), &body.title);
    let made = pricing.db.write(move |tx| async move {
        make_room(&tx, &id, &body).await?;
        if !store::promotions::insert(&tx, &id, &body, now).await? {
            return Err(Error::CodeTaken);
        }
        here.audit(&tx, record, (None, Some(&body))).await?;
        store::promotions::promotion(&tx, &id).await?.ok_or(Error::NotFound)
    });
    Ok(pricing.answer(StatusCode::CREATED, made.await?))
}

/// Changes a promotion; `If-Match` says which version was read. Needs `selling:write`.
#[utoipa::path(put, path = "/api/v1/pricing/promotions/{id}", operation_id = "put_promotion",
    tag = "pricing",
    params(("id" = PromotionId, Path), ("If-Match" = String, Header, description = "The ETag of the version that was read")),
    request_body = PutPromotion,
    responses((status = 200, body = Promotion), (status = "4XX", body = Problem)))]
pub(crate) async fn put_promotion(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<PromotionId>,
    seen: IfMatch,
    Json(body): Json<PutPromotion>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    let body = checked(&pricing, body)?;
    let (now, here) = (pricing.clock.now(), pricing.clone());
    let record = AuditRecord::new("promotion.updated", id.as_str(), &body.title);
    let changed = pricing.db.write(move |tx| async move {
        let before = store::promotions::promotion(&tx, &id).await?.ok_or(Error::NotFound)?;
        seen.check(&ETag::new(before.version))?;
        make_room(&tx, &id, &body).await?;
        let taken = match &body.code {
            Some(code) => store::promotions::by_code(&tx, code).await?,
            None => None,
        };
        if taken.is_some_and(|other| other.id != id) {
            return Err(Error::CodeTaken);
        }
        if !store::promotions::update(&tx, &id, &body, before.version, now).await? {
            return Err(Error::Moved);
        }
        here.audit(&tx, record, (Some(&before.body), Some(&body))).await?;
        store::promotions::promotion(&tx, &id).await?.ok_or(Error::NotFound)
    });
    match changed.await {
        Err(Error::Store(error)) if error.is_unique_violation() => Err(Error::CodeTaken),
        changed => Ok(pricing.answer(StatusCode::OK, changed?)),
    }
}

/// Takes a promotion away; orders keep what they say of it. Needs `selling:write`.
#[utoipa::path(delete, path = "/api/v1/pricing/promotions/{id}", operation_id = "delete_promotion",
    tag = "pricing",
    params(("id" = PromotionId, Path), ("If-Match" = String, Header, description = "The ETag of the version that was read")),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_promotion(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<PromotionId>,
    seen: IfMatch,
) -> Result<StatusCode, Error> {
    caller.require(Permission::SellingWrite)?;
    let (here, record) = (pricing.clone(), AuditRecord::new("promotion.deleted", id.as_str(), ""));
    let gone = pricing.db.write(move |tx| async move {
        let before = store::promotions::promotion(&tx, &id).await?.ok_or(Error::NotFound)?;
        seen.check(&ETag::new(before.version))?;
        if !store::promotions::delete(&tx, &id, before.version).await? {
            return Err(Error::Moved);
        }
        let record = AuditRecord { label: before.body.title.clone(), ..record };
        Ok(here.audit(&tx, record, (Some(&before.body), None)).await?)
    });
    gone.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The orders that were placed with a promotion, newest first. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/pricing/promotions/{id}/uses", operation_id = "list_promotion_uses",
    tag = "pricing", params(("id" = PromotionId, Path), PageQuery),
    responses((status = 200, body = Page<PromotionUse>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_promotion_uses(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(id): Path<PromotionId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<PromotionUse>>, Error> {
    caller.require(Permission::SellingRead)?;
    let (limit, before) = (query.limit()?, query.after::<String>()?);
    let uses = pricing
        .db
        .read(|tx| async move {
            store::promotions::promotion(&tx, &id).await?.ok_or(Error::NotFound)?;
            Ok::<_, Error>(store::claims::uses(&tx, &id, before, limit + 1).await?)
        })
        .await?;
    let money = |minor| Money::new(minor, pricing.config.currency);
    let page = Page::from_rows(uses, limit, |by| by.reference.clone());
    Ok(Json(page.map(|by| PromotionUse {
        order_id: by.order_id,
        order_number: by.order_number,
        given: money(by.given_minor),
        total: money(by.total_minor),
        placed_at: by.placed_at,
    })))
}

/// What a promotion would do to a cart, before it is switched on. Nothing is kept. Needs `selling:read`.
#[utoipa::path(post, path = "/api/v1/pricing/promotion-previews", operation_id = "preview_promotion",
    tag = "pricing", request_body = NewPreview,
    responses((status = 200, body = Preview), (status = "4XX", body = Problem)))]
pub(crate) async fn preview_promotion(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Json(mut preview): Json<NewPreview>,
) -> Result<Json<Preview>, Error> {
    caller.require(Permission::SellingRead)?;
    preview.promotion = checked(&pricing, preview.promotion)?;
    let id = preview.replaces.clone().unwrap_or_else(PromotionId::new);
    let mut body =
        PutPromotion { active: true, starts_at: None, ends_at: None, ..preview.promotion };
    body.limits.uses = None;
    let trial = Rule { id: id.clone(), body, uses: 0, own_uses: 0 };
    let shopper = Shopper::default();
    let asked = Asked {
        quote: &preview.quote,
        shopper: &shopper,
        delivered: false,
        trial: None,
        without: preview.replaces.as_ref(),
    };
    let (before, _) = pricing.quote(asked).await?;
    let (after, why) = pricing.quote(Asked { trial: Some(&trial), ..asked }).await?;
    let applied = after.discounts.iter().any(|discount| discount.promotion_id == id);
    Ok(Json(Preview { before, after, applied, reason: why.map(|why| why.sentence()) }))
}

/// The body as it is kept, if it can be.
fn checked(pricing: &Pricing, mut body: PutPromotion) -> Result<PutPromotion, Error> {
    body.title = body.title.trim().to_owned();
    body.code = body.code.map(|code| normal_code(&code)).filter(|code| !code.is_empty());
    check(&body, pricing.config.currency)?;
    Ok(body)
}

/// Refuses one more that counts by itself when there are many.
async fn make_room(
    tx: &emart_store::Tx,
    id: &PromotionId,
    body: &PutPromotion,
) -> Result<(), Error> {
    let counts_by_itself = body.code.is_none() && body.active;
    if counts_by_itself && store::promotions::count_automatic(tx, id).await? >= MOST_AUTOMATIC {
        let detail = "50 promotions without a code are switched on already";
        return Err(emart_types::Invalid::field("/active", detail).into());
    }
    Ok(())
}
