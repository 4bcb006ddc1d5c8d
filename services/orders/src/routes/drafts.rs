//! Drafts: put together by staff, paid by whoever has the link.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{
    AuditRecord, Caller, ETag, IdempotencyKey, IfMatch, Json, Page, PageQuery, Path, Permission,
    Problem, Query,
};
use emart_orders_api::{
    Audited, Checkout, Draft, DraftId, DraftState, MarkDraftPaid, PayDraft, PayableDraft, PutDraft,
};
use emart_payments_api::CardToken;
use emart_types::Invalid;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::domain::input;
use crate::domain::progress::Manual;
use crate::drafts::Paid;
use crate::error::Error;
use crate::routes::{checkouts, key};
use crate::store::actions::Before;
use crate::store::drafts::Kept;
use crate::{Orders, store};

/// Which drafts to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DraftQuery {
    /// Those that stand here; open ones if absent.
    #[param(inline)]
    state: Option<DraftState>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Drafts, the newest first. For staff.
#[utoipa::path(get, path = "/api/v1/orders/drafts", operation_id = "list_drafts", tag = "orders",
    params(DraftQuery),
    responses((status = 200, body = Page<Draft>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_drafts(
    State(orders): State<Orders>,
    caller: Caller,
    Query(query): Query<DraftQuery>,
) -> Result<Json<Page<Draft>>, Error> {
    caller.require(Permission::OrdersRead)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after()?);
    let state = query.state.unwrap_or(DraftState::Open);
    let read =
        orders.db.read(|tx| async move { store::drafts::list(&tx, state, before, limit).await });
    let page = Page::from_rows(read.await?, limit, |kept| kept.id.to_string());
    Ok(Json(page.map(|kept| view(&orders, kept))))
}

pub(super) fn view(orders: &Orders, kept: Kept) -> Draft {
    Draft {
        token: orders.seal.token(kept.id.as_str()),
        id: kept.id,
        state: kept.state,
        body: kept.body,
        order_id: kept.order_id,
        version: kept.version,
        created_at: kept.created_at,
        updated_at: kept.updated_at,
    }
}

fn answer(status: StatusCode, draft: Draft) -> Response {
    let etag = ETag::new(draft.version).header();
    (status, [(header::ETAG, etag)], Json(draft)).into_response()
}

async fn check(orders: &Orders, body: &PutDraft) -> Result<(), Error> {
    let countries = orders.clients.pricing.countries().await?;
    input::check_draft(body, &countries)?;
    let variants = orders.variants_of(body).await?;
    let mut invalid = Invalid::new();
    for (at, line) in body.lines.iter().enumerate() {
        let known = variants.iter().any(|variant| variant.id == line.variant_id);
        invalid.require(known, &format!("/lines/{at}/variant_id"), "is not known");
    }
    Ok(invalid.finish()?)
}

/// Makes a draft, once a key. For staff.
#[utoipa::path(post, path = "/api/v1/orders/drafts", operation_id = "create_draft", tag = "orders",
    params(("Idempotency-Key" = String, Header, description = "A key of your own making, the same when you retry")),
    request_body = PutDraft,
    responses((status = 201, body = Draft), (status = "4XX", body = Problem)))]
pub(crate) async fn create_draft(
    State(orders): State<Orders>,
    caller: Caller,
    given: IdempotencyKey,
    Json(body): Json<PutDraft>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let key = key(&caller, given, &("draft", &body));
    check(&orders, &body).await?;
    let now = orders.clock.now();
    let (id, state) = (DraftId::new(), DraftState::Open);
    let audit = AuditRecord::new("draft.created", id.as_str(), "Draft").change(None, Some(&body));
    let kept =
        Kept { id, state, body, order_id: None, version: 1, created_at: now, updated_at: now };
    let outbox = orders.outbox.clone();
    let write = orders.db.write(move |tx| async move {
        match store::actions::claim_key(&tx, &key, kept.id.as_str(), now).await? {
            Before::Nothing => {}
            Before::Other => return Err(Error::KeyReused),
            Before::Made(id) => {
                let id = id.parse().map_err(|_| Error::KeyReused)?;
                return store::drafts::draft(&tx, &id).await?.ok_or(Error::NotFound);
            }
        }
        store::drafts::insert(&tx, &kept).await?;
        outbox.emit(&tx, &Audited(audit)).await?;
        Ok(kept)
    });
    Ok(answer(StatusCode::CREATED, view(&orders, write.await?)))
}

/// A draft. For staff.
#[utoipa::path(get, path = "/api/v1/orders/drafts/{id}", operation_id = "get_draft", tag = "orders",
    params(("id" = DraftId, Path)),
    responses((status = 200, body = Draft), (status = "4XX", body = Problem)))]
pub(crate) async fn get_draft(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<DraftId>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersRead)?;
    Ok(answer(StatusCode::OK, view(&orders, orders.draft(&id).await?)))
}

/// Changes a draft that nobody is paying. For staff.
#[utoipa::path(put, path = "/api/v1/orders/drafts/{id}", operation_id = "put_draft", tag = "orders",
    params(("id" = DraftId, Path), ("If-Match" = String, Header, description = "The ETag of the draft that was read")),
    request_body = PutDraft,
    responses((status = 200, body = Draft), (status = "4XX", body = Problem)))]
pub(crate) async fn put_draft(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<DraftId>,
    if_match: IfMatch,
    Json(body): Json<PutDraft>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    check(&orders, &body).await?;
    let audit = AuditRecord::new("draft.updated", id.as_str(), "Draft");
    let (outbox, now) = (orders.outbox.clone(), orders.clock.now());
    let write = orders.db.write(move |tx| async move {
        let mut kept = free(&tx, &id).await?;
        if_match.check(&ETag::new(kept.version))?;
        let audit = audit.change(Some(&kept.body), Some(&body));
        (kept.body, kept.version, kept.updated_at) = (body, kept.version + 1, now);
        store::drafts::update(&tx, &kept).await?;
        outbox.emit(&tx, &Audited(audit)).await?;
        Ok::<_, Error>(kept)
    });
    Ok(answer(StatusCode::OK, view(&orders, write.await?)))
}

/// Forgets a draft that nobody is paying. For staff.
#[utoipa::path(delete, path = "/api/v1/orders/drafts/{id}", operation_id = "delete_draft", tag = "orders",
    params(("id" = DraftId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_draft(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<DraftId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::OrdersWrite)?;
    let audit = AuditRecord::new("draft.deleted", id.as_str(), "Draft");
    let outbox = orders.outbox.clone();
    let write = orders.db.write(move |tx| async move {
        let kept = free(&tx, &id).await?;
        store::drafts::delete(&tx, &id).await?;
        Ok::<_, Error>(outbox.emit(&tx, &Audited(audit.change(Some(&kept.body), None))).await?)
    });
    write.await.map(|()| StatusCode::NO_CONTENT)
}

/// A draft that may be changed: open, and nobody is paying it.
async fn free(tx: &emart_store::Tx, id: &DraftId) -> Result<Kept, Error> {
    let kept = store::drafts::draft_to_change(tx, id).await?.ok_or(Error::NotFound)?;
    if kept.state != DraftState::Open || store::drafts::is_taken(tx, id).await? {
        return Err(Error::DraftTaken);
    }
    Ok(kept)
}

/// What a draft costs today, for whoever has its token (`Draft-Token`), and for staff.
#[utoipa::path(get, path = "/api/v1/orders/drafts/{id}/payable", operation_id = "get_payable_draft", tag = "orders",
    params(("id" = DraftId, Path), ("Draft-Token" = Option<String>, Header, description = "Opens the draft to whoever pays it")),
    responses((status = 200, body = PayableDraft), (status = "4XX", body = Problem)))]
pub(crate) async fn get_payable_draft(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<DraftId>,
    headers: HeaderMap,
) -> Result<Json<PayableDraft>, Error> {
    let kept = opened(&orders, &caller, &id, &headers).await?;
    Ok(Json(orders.payable(kept).await?))
}

async fn opened(
    orders: &Orders,
    caller: &Caller,
    id: &DraftId,
    headers: &HeaderMap,
) -> Result<Kept, Error> {
    let token = headers.get("draft-token").and_then(|value| value.to_str().ok());
    let held = token.is_some_and(|token| orders.seal.opens(id.as_str(), token));
    if !held && !caller.may(Permission::OrdersRead) {
        return Err(Error::NotFound);
    }
    orders.draft(id).await
}

/// Pays a draft by card. Answers as `POST /api/v1/checkouts` does; whoever has the draft's token may.
#[utoipa::path(post, path = "/api/v1/orders/drafts/{id}/payment", operation_id = "pay_draft", tag = "orders",
    params(("id" = DraftId, Path), ("Draft-Token" = Option<String>, Header, description = "Opens the draft to whoever pays it"),
        ("Idempotency-Key" = String, Header, description = "A key of your own making, the same when you retry")),
    request_body = PayDraft,
    responses((status = 201, body = Checkout), (status = 202, body = Checkout), (status = "4XX", body = Problem)))]
pub(crate) async fn pay_draft(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<DraftId>,
    headers: HeaderMap,
    given: IdempotencyKey,
    Json(pay): Json<PayDraft>,
) -> Result<Response, Error> {
    let kept = opened(&orders, &caller, &id, &headers).await?;
    let PayDraft { card_token, expected_total } = pay;
    let paid = Paid { card_token, manual: None, expected_total };
    Box::pin(checkouts::check_out_draft(&orders, kept, given, paid)).await
}

/// Makes an order of a draft that was paid another way. Answers as `POST /api/v1/checkouts` does. For staff.
#[utoipa::path(post, path = "/api/v1/orders/drafts/{id}/mark-paid", operation_id = "mark_draft_paid", tag = "orders",
    params(("id" = DraftId, Path), ("Idempotency-Key" = String, Header, description = "A key of your own making, the same when you retry")),
    request_body = MarkDraftPaid,
    responses((status = 201, body = Checkout), (status = 202, body = Checkout), (status = "4XX", body = Problem)))]
pub(crate) async fn mark_draft_paid(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<DraftId>,
    given: IdempotencyKey,
    Json(paid): Json<MarkDraftPaid>,
) -> Result<Response, Error> {
    caller.require(Permission::OrdersWrite)?;
    let method = paid.method.trim().to_owned();
    let named = (1..=40).contains(&method.chars().count()) && !method.chars().any(char::is_control);
    if !named {
        return Err(Invalid::field("/method", "must be 1 to 40 characters").into());
    }
    let kept = orders.draft(&id).await?;
    let audit = AuditRecord::new("draft.marked_paid", id.as_str(), "Draft");
    let audit = audit.change(None, Some(&paid));
    let expected_total = paid.expected_total;
    let manual = Some(Manual { method, audit });
    let paid = Paid { card_token: CardToken::new(), manual, expected_total };
    Box::pin(checkouts::check_out_draft(&orders, kept, given, paid)).await
}
