//! Gift cards: issued and looked after by staff, turned into what pays by shoppers.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{
    AuditRecord, ETag, IdempotencyKey, IfMatch, Json, Page, PageQuery, Path, Permission, Problem,
    Query, Staff,
};
use emart_payments_api::{
    Audited, GiftCard, GiftCardEntry, GiftCardId, GiftCardTender, IssuedGiftCard, NewGiftCard,
    NewGiftCardAdjustment, NewGiftCardToken, PutGiftCard,
};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use crate::Payments;
use crate::domain::gift_card::{Card, check_put};
use crate::error::Error;
use crate::ops::gift_cards::label;
use crate::store::gift_cards::{self as store, Filter};

/// Which gift cards to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct GiftCardQuery {
    /// Only those whose code ends like this.
    #[param(max_length = 4)]
    last4: Option<String>,
    /// Only those for this address.
    #[param(max_length = 254)]
    email: Option<String>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Gift cards, newest first. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/payments/gift-cards", operation_id = "list_gift_cards",
    tag = "payments", params(GiftCardQuery),
    responses((status = 200, body = Page<GiftCard>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_gift_cards(
    State(payments): State<Payments>,
    Staff(caller): Staff,
    Query(query): Query<GiftCardQuery>,
) -> Result<Json<Page<GiftCard>>, Error> {
    caller.require(Permission::SellingRead)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    let given =
        |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|t| !t.is_empty());
    let filter = Filter {
        last4: given(query.last4).map(|last4| last4.to_uppercase()),
        email: given(query.email).map(|email| email.to_lowercase()),
        before: page.after()?,
        limit: limit + 1,
    };
    let cards = payments.db.read(|tx| async move { store::page(&tx, filter).await }).await?;
    let now = payments.clock.now();
    let page = Page::from_rows(cards, limit, |card: &Card| card.id.to_string());
    Ok(Json(page.map(|card| card.shown(now))))
}

/// A gift card. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/payments/gift-cards/{id}", operation_id = "get_gift_card",
    tag = "payments", params(("id" = GiftCardId, Path)),
    responses((status = 200, body = GiftCard), (status = "4XX", body = Problem)))]
pub(crate) async fn get_gift_card(
    State(payments): State<Payments>,
    Staff(caller): Staff,
    Path(id): Path<GiftCardId>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingRead)?;
    let card = payments.db.read(|tx| async move { store::card(&tx, &id).await }).await?;
    Ok(answer(card.ok_or(Error::NotFound)?.shown(payments.clock.now())))
}

fn answer(card: GiftCard) -> Response {
    ([(header::ETAG, ETag::new(card.version).header())], Json(card)).into_response()
}

/// Issues a gift card. Its code is shown in this answer only; the same `Idempotency-Key` again answers the same. Needs
/// `selling:write`.
#[utoipa::path(post, path = "/api/v1/payments/gift-cards", operation_id = "create_gift_card",
    tag = "payments",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters of your own making, the same when you retry")),
    request_body = NewGiftCard,
    responses((status = 201, body = IssuedGiftCard), (status = "4XX", body = Problem)))]
pub(crate) async fn create_gift_card(
    State(payments): State<Payments>,
    Staff(caller): Staff,
    key: IdempotencyKey,
    Json(new): Json<NewGiftCard>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    let issued = payments.issue(&format!("{caller} {}", key.0), new).await?;
    let headers = [
        (header::ETAG, ETag::new(issued.card.version).header()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::CREATED, headers, Json(issued)).into_response())
}

/// Changes a gift card; `If-Match` says which version was read. Needs `selling:write`.
#[utoipa::path(put, path = "/api/v1/payments/gift-cards/{id}", operation_id = "put_gift_card",
    tag = "payments",
    params(("id" = GiftCardId, Path), ("If-Match" = String, Header, description = "The ETag of the version that was read")),
    request_body = PutGiftCard,
    responses((status = 200, body = GiftCard), (status = "4XX", body = Problem)))]
pub(crate) async fn put_gift_card(
    State(payments): State<Payments>,
    Staff(caller): Staff,
    Path(id): Path<GiftCardId>,
    seen: IfMatch,
    Json(mut put): Json<PutGiftCard>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    check_put(&put)?;
    put.recipient_email = put.recipient_email.map(|email| email.to_lowercase());
    let (now, outbox) = (payments.clock.now(), payments.outbox.clone());
    let record = AuditRecord::new("gift_card.updated", id.as_str(), "");
    let changed = payments.db.write(move |tx| async move {
        let before = store::card(&tx, &id).await?.ok_or(Error::NotFound)?;
        seen.check(&ETag::new(before.version))?;
        if !store::update(&tx, &id, &put, before.version).await? {
            let moved = emart_store::Error::Serialization("the gift card moved".to_owned());
            return Err(moved.into());
        }
        let after = store::card(&tx, &id).await?.ok_or(Error::NotFound)?;
        let record = AuditRecord { label: label(&after), ..record };
        let (before, after) = (before.shown(now), after.shown(now));
        outbox.emit(&tx, &Audited(record.change(Some(&before), Some(&after)))).await?;
        Ok::<_, Error>(after)
    });
    Ok(answer(changed.await?))
}

/// Puts something on a gift card, or takes something off. Needs `selling:write`.
#[utoipa::path(post, path = "/api/v1/payments/gift-cards/{id}/adjustments",
    operation_id = "adjust_gift_card", tag = "payments",
    params(("id" = GiftCardId, Path),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters of your own making, the same when you retry")),
    request_body = NewGiftCardAdjustment,
    responses((status = 200, body = GiftCard), (status = "4XX", body = Problem)))]
pub(crate) async fn adjust_gift_card(
    State(payments): State<Payments>,
    Staff(caller): Staff,
    Path(id): Path<GiftCardId>,
    key: IdempotencyKey,
    Json(new): Json<NewGiftCardAdjustment>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    Ok(answer(payments.adjust(id, &format!("{caller} {}", key.0), new).await?))
}

/// The ledger of a gift card, newest first. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/payments/gift-cards/{id}/entries",
    operation_id = "list_gift_card_entries", tag = "payments",
    params(("id" = GiftCardId, Path), PageQuery),
    responses((status = 200, body = Page<GiftCardEntry>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_gift_card_entries(
    State(payments): State<Payments>,
    Staff(caller): Staff,
    Path(id): Path<GiftCardId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<GiftCardEntry>>, Error> {
    caller.require(Permission::SellingRead)?;
    let (limit, before) = (query.limit()?, query.after::<i64>()?);
    let rows = payments
        .db
        .read(|tx| async move {
            store::card(&tx, &id).await?.ok_or(Error::NotFound)?;
            Ok::<_, Error>(store::ledger(&tx, &id, before, limit + 1).await?)
        })
        .await?;
    Ok(Json(Page::from_rows(rows, limit, |(place, _)| *place).map(|(_, entry)| entry)))
}

/// Turns the code of a gift card into what pays with it, and says what is on it.
#[utoipa::path(post, path = "/api/v1/payments/gift-card-tokens",
    operation_id = "create_gift_card_token", tag = "payments", request_body = NewGiftCardToken,
    responses((status = 201, body = GiftCardTender), (status = "4XX", body = Problem)))]
pub(crate) async fn create_gift_card_token(
    State(payments): State<Payments>,
    Json(new): Json<NewGiftCardToken>,
) -> Result<(StatusCode, Json<GiftCardTender>), Error> {
    Ok((StatusCode::CREATED, Json(payments.tender(&new.code).await?)))
}

/// What there is on the cards of tokens now. Internal.
pub(crate) async fn gift_card_balances(
    State(payments): State<Payments>,
    Json(tokens): Json<Vec<String>>,
) -> Result<Json<Vec<GiftCardTender>>, Error> {
    Ok(Json(payments.tenders(tokens).await?))
}
