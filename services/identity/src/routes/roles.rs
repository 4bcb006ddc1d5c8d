//! Roles of staff: made and changed by whoever may manage people, and never beyond what they may do themselves.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{
    AuditRecord, Caller, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Permissions,
    Problem, Query, Role,
};
use emart_identity_api::{Audited, PutRole, RoleId, StaffRole};
use emart_types::Invalid;
use http::{StatusCode, header};

use crate::Identity;
use crate::domain::access::{Standing, may_govern};
use crate::domain::text;
use crate::error::Error;
use crate::store::roles;

/// Lists the roles of staff.
#[utoipa::path(get, path = "/api/v1/identity/roles", operation_id = "list_roles", tag = "identity",
    params(PageQuery), responses((status = 200, body = Page<StaffRole>), (status = "4XX", body = Problem)))]
pub(super) async fn list_roles(
    State(identity): State<Identity>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<StaffRole>>, Error> {
    caller.require(Permission::People)?;
    let (limit, after) = (query.limit()?, query.after::<String>()?.unwrap_or_default());
    let read = identity.db.read(|tx| async move { roles::roles(&tx, &after, limit + 1).await });
    Ok(Json(Page::from_rows(read.await?, limit, |role| role.id.to_string())))
}

/// Returns a role.
#[utoipa::path(get, path = "/api/v1/identity/roles/{id}", operation_id = "get_role", tag = "identity",
    params(("id" = RoleId, Path)), responses((status = 200, body = StaffRole), (status = "4XX", body = Problem)))]
pub(super) async fn get_role(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<RoleId>,
) -> Result<Response, Error> {
    caller.require(Permission::People)?;
    let read = identity.db.read(|tx| async move { roles::role(&tx, &id).await });
    Ok(answer(StatusCode::OK, read.await?.ok_or(Error::NotFound)?))
}

/// Makes a role. Nobody can put in what they may not do themselves.
#[utoipa::path(post, path = "/api/v1/identity/roles", operation_id = "create_role", tag = "identity",
    request_body = PutRole, responses((status = 201, body = StaffRole), (status = "4XX", body = Problem)))]
pub(super) async fn create_role(
    State(identity): State<Identity>,
    caller: Caller,
    Json(new): Json<PutRole>,
) -> Result<Response, Error> {
    caller.require(Permission::People)?;
    let name = check(&new)?;
    may_hold(&caller, new.permissions)?;
    let role = StaffRole {
        id: RoleId::new(),
        name,
        permissions: new.permissions,
        built_in: false,
        people: 0,
        version: 1,
    };
    let record = AuditRecord::new("role.created", role.id.as_str(), &role.name);
    let record = record.change(None, Some(&shown(&role)));
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        if !roles::insert_role(&tx, &role).await? {
            return Err(taken());
        }
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok(role)
    });
    Ok(answer(StatusCode::CREATED, write.await?))
}

/// Changes a role: what whoever has it may do changes at once.
#[utoipa::path(put, path = "/api/v1/identity/roles/{id}", operation_id = "put_role", tag = "identity",
    params(("id" = RoleId, Path), ("If-Match" = String, Header)), request_body = PutRole,
    responses((status = 200, body = StaffRole), (status = "4XX", body = Problem)))]
pub(super) async fn put_role(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<RoleId>,
    if_match: Result<IfMatch, Problem>,
    Json(put): Json<PutRole>,
) -> Result<Response, Error> {
    caller.require(Permission::People)?;
    let if_match = if_match?;
    let name = check(&put)?;
    may_hold(&caller, put.permissions)?;
    let record = AuditRecord::new("role.updated", id.as_str(), &name);
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let before = roles::lock_role(&tx, &id).await?.ok_or(Error::NotFound)?;
        if_match.check(&ETag::new(before.version))?;
        // Whoever lacks what it holds may not take it away either.
        may_hold(&caller, before.permissions)?;
        if roles::name_is_taken(&tx, &name, &id).await? {
            return Err(taken());
        }
        if !roles::update_role(&tx, &id, &name, put.permissions).await? {
            return Err(Error::RoleBuiltIn);
        }
        let after = roles::role(&tx, &id).await?.ok_or(Error::NotFound)?;
        let record = record.change(Some(&shown(&before)), Some(&shown(&after)));
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok(after)
    });
    Ok(answer(StatusCode::OK, write.await?))
}

/// Takes away a role that nobody has.
#[utoipa::path(delete, path = "/api/v1/identity/roles/{id}", operation_id = "delete_role", tag = "identity",
    params(("id" = RoleId, Path)), responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_role(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<RoleId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::People)?;
    let record = AuditRecord::new("role.deleted", id.as_str(), "");
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let before = roles::lock_role(&tx, &id).await?.ok_or(Error::NotFound)?;
        if before.built_in {
            return Err(Error::RoleBuiltIn);
        }
        may_hold(&caller, before.permissions)?;
        if !roles::delete_role(&tx, &id).await? {
            return Err(Error::RoleInUse);
        }
        let record = AuditRecord { label: before.name.clone(), ..record };
        state.outbox.emit(&tx, &Audited(record.change(Some(&shown(&before)), None))).await?;
        Ok(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses what the caller may not do themselves.
pub(super) fn may_hold(caller: &Caller, permissions: Permissions) -> Result<(), Error> {
    Ok(may_govern(caller, Standing { role: Role::Staff, permissions })?)
}

fn check(put: &PutRole) -> Result<String, Invalid> {
    let mut invalid = Invalid::new();
    let name = text(&mut invalid, "/name", &put.name, (1, 60));
    invalid.finish()?;
    Ok(name)
}

fn taken() -> Error {
    Invalid::field("/name", "another role has this name").into()
}

/// What the audit log keeps of a role.
fn shown(role: &StaffRole) -> PutRole {
    PutRole { name: role.name.clone(), permissions: role.permissions }
}

fn answer(status: StatusCode, role: StaffRole) -> Response {
    (status, [(header::ETAG, ETag::new(role.version).header())], Json(role)).into_response()
}
