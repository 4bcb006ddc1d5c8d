//! Those who work here: who they are, what they may do, and who may not come in any more.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{
    AuditRecord, Caller, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Permissions,
    Problem, Query, Role,
};
use emart_identity_api::{Audited, Position, StaffMember, StaffPatch, StaffRole, UserId};
use emart_store::Tx;
use emart_types::{Invalid, Timestamp};
use http::{StatusCode, header};
use serde::Serialize;

use crate::Identity;
use crate::domain::access::{Standing, may_govern};
use crate::error::Error;
use crate::store::staff::{self, Change};
use crate::store::{roles, sessions, tokens};

/// Lists those who work here.
#[utoipa::path(get, path = "/api/v1/identity/staff", operation_id = "list_staff", tag = "identity",
    params(PageQuery), responses((status = 200, body = Page<StaffMember>), (status = "4XX", body = Problem)))]
pub(super) async fn list_staff(
    State(identity): State<Identity>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<StaffMember>>, Error> {
    caller.require(Permission::People)?;
    let (limit, after) = (query.limit()?, query.after::<String>()?.unwrap_or_default());
    let read = identity.db.read(|tx| async move { staff::staff(&tx, &after, limit + 1).await });
    Ok(Json(Page::from_rows(read.await?, limit, |member| member.id.to_string())))
}

/// Returns someone who works here.
#[utoipa::path(get, path = "/api/v1/identity/staff/{id}", operation_id = "get_staff", tag = "identity",
    params(("id" = UserId, Path)), responses((status = 200, body = StaffMember), (status = "4XX", body = Problem)))]
pub(super) async fn get_staff(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<Response, Error> {
    caller.require(Permission::People)?;
    let read = identity.db.read(|tx| async move { staff::member(&tx, &id).await });
    Ok(answer(read.await?.ok_or(Error::NotFound)?))
}

/// Changes what somebody may do, or whether they can sign in. It counts from their next request on.
#[utoipa::path(patch, path = "/api/v1/identity/staff/{id}", operation_id = "patch_staff", tag = "identity",
    params(("id" = UserId, Path), ("If-Match" = String, Header)), request_body = StaffPatch,
    responses((status = 200, body = StaffMember), (status = "4XX", body = Problem)))]
pub(super) async fn patch_staff(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: Result<IfMatch, Problem>,
    Json(patch): Json<StaffPatch>,
) -> Result<Response, Error> {
    caller.require(Permission::People)?;
    let (if_match, now) = (if_match?, identity.clock.now());
    let record = AuditRecord::new("staff.updated", id.as_str(), "");
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let ready = admins_first(&tx, &id, &caller).await?;
        if_match.check(&ETag::new(ready.before.version))?;
        let (role, given) = position(&tx, &ready.before, patch.position.as_ref()).await?;
        let permissions = given.as_ref().map_or(Permissions::NONE, |role| role.permissions);
        may_govern(&caller, Standing { role, permissions })?;
        let staff_role_id = given.as_ref().map(|role| role.id.as_str());
        let active = patch.active.unwrap_or(ready.before.active);
        let deactivated_at = (!active).then_some(now);
        let change = Change { role, staff_role_id, deactivated_at };
        state.change_member(&tx, ready, &change, record).await
    });
    Ok(answer(write.await?))
}

/// Ends somebody's work here: they keep their account, as a customer.
#[utoipa::path(delete, path = "/api/v1/identity/staff/{id}", operation_id = "delete_staff", tag = "identity",
    params(("id" = UserId, Path)), responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_staff(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::People)?;
    let record = AuditRecord::new("staff.removed", id.as_str(), "");
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let ready = admins_first(&tx, &id, &caller).await?;
        let change = Change { role: Role::Customer, staff_role_id: None, deactivated_at: None };
        state.remove_member(&tx, ready, &change, record).await
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who is about to be changed, locked, by a caller who may.
struct Ready {
    before: StaffMember,
    /// How many administrators can sign in.
    admins: usize,
}

/// All administrators are locked before anybody else, always in the same order.
async fn admins_first(tx: &Tx, id: &UserId, caller: &Caller) -> Result<Ready, Error> {
    let admins = staff::lock_admins(tx).await?;
    let before = staff::lock_member(tx, id).await?.ok_or(Error::NotFound)?;
    let standing = Standing { role: before.role, permissions: before.permissions };
    may_govern(caller, standing)?;
    Ok(Ready { before, admins })
}

/// What somebody is to be: an administrator, or staff with a role, which is locked so that it holds what was looked at.
async fn position(
    tx: &Tx,
    before: &StaffMember,
    position: Option<&Position>,
) -> Result<(Role, Option<StaffRole>), Error> {
    let id = match (position, &before.staff_role) {
        (Some(Position::Admin), _) => return Ok((Role::Admin, None)),
        (Some(Position::Role(id)), _) => id,
        (None, Some(role)) => &role.id,
        (None, None) => return Ok((before.role, None)),
    };
    let role = roles::lock_role(tx, id).await?;
    let role = role.ok_or_else(|| Invalid::field("/position", "there is no such role"))?;
    Ok((Role::Staff, Some(role)))
}

/// What the audit log keeps of what somebody may do.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    role: Role,
    staff_role: Option<&'a str>,
    active: bool,
}

impl<'a> Shown<'a> {
    fn of(member: &'a StaffMember) -> Self {
        let staff_role = member.staff_role.as_ref().map(|role| role.name.as_str());
        Self { role: member.role, staff_role, active: member.active }
    }
}

impl Identity {
    async fn change_member(
        &self,
        tx: &Tx,
        ready: Ready,
        change: &Change<'_>,
        record: AuditRecord,
    ) -> Result<StaffMember, Error> {
        let (Ready { before, .. }, now) = (&ready, self.clock.now());
        Self::keep_an_admin(&ready, change)?;
        staff::update_member(tx, &before.id, change).await?;
        if change.deactivated_at.is_some() {
            self.end_all(tx, &before.id, now).await?;
        }
        let after = staff::member(tx, &before.id).await?.ok_or(Error::NotFound)?;
        let record = AuditRecord { label: after.email.clone(), ..record };
        let record = record.change(Some(&Shown::of(before)), Some(&Shown::of(&after)));
        if !record.is_empty() {
            self.outbox.emit(tx, &Audited(record)).await?;
        }
        Ok(after)
    }

    async fn remove_member(
        &self,
        tx: &Tx,
        ready: Ready,
        change: &Change<'_>,
        record: AuditRecord,
    ) -> Result<(), Error> {
        Self::keep_an_admin(&ready, change)?;
        let Ready { before, .. } = &ready;
        staff::update_member(tx, &before.id, change).await?;
        self.end_all(tx, &before.id, self.clock.now()).await?;
        let record = AuditRecord { label: before.email.clone(), ..record };
        self.outbox.emit(tx, &Audited(record.change(Some(&Shown::of(before)), None))).await?;
        Ok(())
    }

    /// Refuses a change that leaves the store without an administrator.
    fn keep_an_admin(ready: &Ready, change: &Change<'_>) -> Result<(), Error> {
        let was = ready.before.role == Role::Admin && ready.before.active;
        let is = change.role == Role::Admin && change.deactivated_at.is_none();
        if was && !is && ready.admins < 2 { Err(Error::LastAdministrator) } else { Ok(()) }
    }

    /// Ends all that is signed in, or waits to be done, in somebody's name.
    pub(super) async fn end_all(&self, tx: &Tx, id: &UserId, now: Timestamp) -> Result<(), Error> {
        sessions::delete_sessions(tx, id, "").await?;
        Ok(tokens::revoke_families(tx, id, now).await?)
    }
}

fn answer(member: StaffMember) -> Response {
    ([(header::ETAG, ETag::new(member.version).header())], Json(member)).into_response()
}
