//! Customers, for those who work here: found, noted about, handed what is kept of them, forgotten.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{
    AuditRecord, Caller, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Problem, Query,
    Role,
};
use emart_identity_api::{
    Audited, Customer, CustomerFilter, CustomerPatch, CustomerSummary, PersonalData, User,
    UserErased, UserId,
};
use emart_types::Invalid;
use http::{StatusCode, header};
use serde_json::json;

use crate::Identity;
use crate::domain::customer::{looked_for, note, tags};
use crate::error::Error;
use crate::store::customers::{self, Wanted};

/// Lists customers: the newest first; or those whose address or name begins with what is looked for.
#[utoipa::path(get, path = "/api/v1/identity/customers", operation_id = "list_customers", tag = "identity",
    params(CustomerFilter, PageQuery),
    responses((status = 200, body = Page<CustomerSummary>), (status = "4XX", body = Problem)))]
pub(super) async fn list_customers(
    State(identity): State<Identity>,
    caller: Caller,
    Query(filter): Query<CustomerFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<CustomerSummary>>, Error> {
    caller.require(Permission::CustomersRead)?;
    let (limit, after) = (page.limit()?, page.after::<(String, String)>()?);
    let words = looked_for(filter.q.as_deref().unwrap_or_default());
    let tag = filter.tag.filter(|tag| !tag.is_empty());
    let wanted = Wanted { words, tag, after, limit: limit + 1 };
    let read = identity.db.read(|tx| async move { customers::customers(&tx, &wanted).await });
    let key = |found: &customers::Found| (found.word.clone(), found.customer.id.to_string());
    Ok(Json(Page::from_rows(read.await?, limit, key).map(|found| found.customer)))
}

/// Returns a customer.
#[utoipa::path(get, path = "/api/v1/identity/customers/{id}", operation_id = "get_customer", tag = "identity",
    params(("id" = UserId, Path)), responses((status = 200, body = Customer), (status = "4XX", body = Problem)))]
pub(super) async fn get_customer(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<Response, Error> {
    caller.require(Permission::CustomersRead)?;
    let read = identity.db.read(|tx| async move { customers::customer(&tx, &id).await });
    Ok(answer(read.await?.ok_or(Error::NotFound)?))
}

/// Changes what the shop notes about a customer.
#[utoipa::path(patch, path = "/api/v1/identity/customers/{id}", operation_id = "patch_customer", tag = "identity",
    params(("id" = UserId, Path), ("If-Match" = String, Header)), request_body = CustomerPatch,
    responses((status = 200, body = Customer), (status = "4XX", body = Problem)))]
pub(super) async fn patch_customer(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: Result<IfMatch, Problem>,
    Json(patch): Json<CustomerPatch>,
) -> Result<Response, Error> {
    caller.require(Permission::CustomersWrite)?;
    let if_match = if_match?;
    let mut invalid = Invalid::new();
    let put_tags = patch.tags.map(|list| tags(&mut invalid, &list));
    let put_note = patch.note.map(|text| note(&mut invalid, &text));
    invalid.finish()?;
    // Neither name nor address: what the log keeps stays when the person is forgotten.
    let record = AuditRecord::new("customer.updated", id.as_str(), id.as_str());
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let before = customers::lock_customer(&tx, &id).await?.ok_or(Error::NotFound)?;
        if_match.check(&ETag::new(before.version))?;
        let tags = put_tags.unwrap_or_else(|| before.tags.clone());
        let note = put_note.unwrap_or_else(|| before.note.clone());
        customers::update(&tx, &id, &tags, note.as_deref()).await?;
        let after = customers::customer(&tx, &id).await?.ok_or(Error::NotFound)?;
        let record = record.change(Some(&shown(&before)), Some(&shown(&after)));
        if !record.is_empty() {
            state.outbox.emit(&tx, &Audited(record)).await?;
        }
        Ok::<_, Error>(after)
    });
    Ok(answer(write.await?))
}

/// Returns all that is kept of a customer here, to be handed to them.
#[utoipa::path(get, path = "/api/v1/identity/customers/{id}/export", operation_id = "export_customer",
    tag = "identity", params(("id" = UserId, Path)),
    responses((status = 200, body = PersonalData), (status = "4XX", body = Problem)))]
pub(super) async fn export_customer(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<Json<PersonalData>, Error> {
    caller.require(Permission::CustomersWrite)?;
    let record = AuditRecord::new("customer.exported", id.as_str(), id.as_str());
    let (state, wanted) = (identity.clone(), id.clone());
    let write = identity.db.write(move |tx| async move {
        let customer = customers::customer(&tx, &wanted).await?.ok_or(Error::NotFound)?;
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(customer)
    });
    let Customer { email, name, created_at, tags, note, addresses, .. } = write.await?;
    let sessions = identity.sign_ins_of(id.as_str()).await?;
    Ok(Json(PersonalData {
        user: User { id, email, name, role: Role::Customer, created_at },
        tags,
        note,
        addresses,
        sessions: sessions.into_iter().map(|kept| kept.shown).collect(),
    }))
}

/// Forgets a customer for good. Their orders stay, without a name.
#[utoipa::path(delete, path = "/api/v1/identity/customers/{id}", operation_id = "erase_customer",
    tag = "identity", params(("id" = UserId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn erase_customer(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::CustomersWrite)?;
    let record = AuditRecord::new("customer.erased", id.as_str(), id.as_str());
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let customer = customers::lock_customer(&tx, &id).await?.ok_or(Error::NotFound)?;
        customers::delete(&tx, &customer).await?;
        state.outbox.emit(&tx, &UserErased { user_id: id, email: customer.email }).await?;
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the audit log keeps of a customer: of a note only how long it is, so that nothing outlives the person.
fn shown(customer: &Customer) -> serde_json::Value {
    let note = customer.note.as_deref().map(|note| format!("{} characters", note.chars().count()));
    json!({"tags": customer.tags, "note": note})
}

fn answer(customer: Customer) -> Response {
    ([(header::ETAG, ETag::new(customer.version).header())], Json(customer)).into_response()
}
