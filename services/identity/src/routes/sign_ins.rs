//! What people are signed in with: one's own, and for those who manage people that of others.

use axum::extract::State;
use emart_http::{AuditRecord, Caller, Json, Page, Path, Permission, Problem, SignedIn};
use emart_identity_api::{Audited, SignedInWith, StaffMember, UserId};
use emart_store::Tx;
use http::StatusCode;

use crate::Identity;
use crate::domain::access::{Standing, may_govern};
use crate::error::Error;
use crate::store::links::{Asked, Wish};
use crate::store::sign_ins::{self, Kept};
use crate::store::{sessions, staff, tokens};
use crate::visit::Visit;

/// Lists what the caller is signed in with.
#[utoipa::path(get, path = "/api/v1/identity/me/sessions", operation_id = "list_my_sessions",
    tag = "identity", responses((status = 200, body = Page<SignedInWith>), (status = "4XX", body = Problem)))]
pub(super) async fn list_my_sessions(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    visit: Visit,
) -> Result<Json<Page<SignedInWith>>, Error> {
    let all = identity.sign_ins_of(&id).await?;
    let mine =
        |kept: Kept| SignedInWith { current: kept.key == visit.session_hash(), ..kept.shown };
    Ok(Json(Page { items: all.into_iter().map(mine).collect(), next_cursor: None }))
}

/// Ends one of the caller's sign-ins. Its own ends as well.
#[utoipa::path(delete, path = "/api/v1/identity/me/sessions/{session_id}", operation_id = "delete_my_session",
    tag = "identity", params(("session_id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_my_session(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    Path(session_id): Path<String>,
) -> Result<StatusCode, Error> {
    let all = identity.sign_ins_of(&id).await?;
    let found = all.into_iter().find(|kept| kept.shown.id == session_id);
    let (Kept { key, shown }, now) = (found.ok_or(Error::NotFound)?, identity.clock.now());
    let write = identity.db.write(move |tx| async move {
        if shown.browser {
            sessions::delete_session(&tx, &key).await
        } else {
            tokens::revoke_family(&tx, &key, now).await
        }
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists what someone who works here is signed in with.
#[utoipa::path(get, path = "/api/v1/identity/staff/{id}/sessions", operation_id = "list_staff_sessions",
    tag = "identity", params(("id" = UserId, Path)),
    responses((status = 200, body = Page<SignedInWith>), (status = "4XX", body = Problem)))]
pub(super) async fn list_staff_sessions(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<Json<Page<SignedInWith>>, Error> {
    caller.require(Permission::People)?;
    let member = &id;
    let read = identity.db.read(|tx| async move { staff::member(&tx, member).await });
    read.await?.ok_or(Error::NotFound)?;
    let all = identity.sign_ins_of(id.as_str()).await?;
    Ok(Json(Page { items: all.into_iter().map(|kept| kept.shown).collect(), next_cursor: None }))
}

/// Ends all that someone who works here is signed in with.
#[utoipa::path(delete, path = "/api/v1/identity/staff/{id}/sessions", operation_id = "delete_staff_sessions",
    tag = "identity", params(("id" = UserId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_staff_sessions(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::People)?;
    let record = AuditRecord::new("staff.signed_out", id.as_str(), "");
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let member = governed(&tx, &caller, &id).await?;
        state.end_all(&tx, &id, state.clock.now()).await?;
        let record = AuditRecord { label: member.email, ..record };
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends someone who works here a link to set a new password.
#[utoipa::path(post, path = "/api/v1/identity/staff/{id}/password-reset",
    operation_id = "create_staff_password_reset", tag = "identity", params(("id" = UserId, Path)),
    responses((status = 202, description = "An e-mail follows"), (status = "4XX", body = Problem)))]
pub(super) async fn create_staff_password_reset(
    State(identity): State<Identity>,
    caller: Caller,
    visit: Visit,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::People)?;
    let record = AuditRecord::new("staff.password_reset", id.as_str(), "");
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let member = governed(&tx, &caller, &id).await?;
        let record = AuditRecord { label: member.email.clone(), ..record };
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(member.email)
    });
    let email = write.await?;
    identity.attempt_mail(&email, &visit).await?;
    identity.ask(Asked { email, what: Wish::NewPassword }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Someone who works here and may do no more than the caller.
async fn governed(tx: &Tx, caller: &Caller, id: &UserId) -> Result<StaffMember, Error> {
    let member = staff::lock_member(tx, id).await?.ok_or(Error::NotFound)?;
    may_govern(caller, Standing { role: member.role, permissions: member.permissions })?;
    Ok(member)
}

impl Identity {
    pub(super) async fn sign_ins_of(&self, user_id: &str) -> Result<Vec<Kept>, Error> {
        let now = self.clock.now();
        let used_after = now.minus(self.config.idle());
        let read = self
            .db
            .read(|tx| async move { sign_ins::sign_ins(&tx, user_id, now, used_after).await });
        Ok(read.await?)
    }
}
