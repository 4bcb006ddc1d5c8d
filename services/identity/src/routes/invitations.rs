//! Invitations to work here: sent by e-mail, taken by whoever reads the address's mail.

use axum::extract::State;
use emart_http::{
    AuditRecord, Caller, Json, Page, PageQuery, Path, Permission, Permissions, Problem, Query, Role,
};
use emart_identity_api::{
    AcceptInvitation, Audited, Invitation, InvitationId, NewInvitation, Position, Session,
    StaffInvited, User, UserId,
};
use emart_store::Tx;
use emart_types::{Invalid, Timestamp};
use http::StatusCode;

use crate::Identity;
use crate::domain::access::{Standing, may_govern};
use crate::domain::{self, email, password};
use crate::error::Error;
use crate::secrets;
use crate::store::staff::{self, Change};
use crate::store::users::{self, Account};
use crate::store::{invitations, roles};
use crate::visit::Visit;

/// Lists those who were asked to work here and have not answered yet.
#[utoipa::path(get, path = "/api/v1/identity/invitations", operation_id = "list_invitations",
    tag = "identity", params(PageQuery),
    responses((status = 200, body = Page<Invitation>), (status = "4XX", body = Problem)))]
pub(super) async fn list_invitations(
    State(identity): State<Identity>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Invitation>>, Error> {
    caller.require(Permission::People)?;
    let (limit, after) = (query.limit()?, query.after::<String>()?.unwrap_or_default());
    let read = identity
        .db
        .read(|tx| async move { invitations::invitations(&tx, &after, limit + 1).await });
    Ok(Json(Page::from_rows(read.await?, limit, |it| it.id.to_string())))
}

/// Asks somebody to work here: an e-mail with a link follows.
#[utoipa::path(post, path = "/api/v1/identity/invitations", operation_id = "create_invitation",
    tag = "identity", request_body = NewInvitation,
    responses((status = 201, body = Invitation), (status = "4XX", body = Problem)))]
pub(super) async fn create_invitation(
    State(identity): State<Identity>,
    caller: Caller,
    visit: Visit,
    Json(new): Json<NewInvitation>,
) -> Result<(StatusCode, Json<Invitation>), Error> {
    caller.require(Permission::People)?;
    let by = person(&caller)?;
    let email = email::normalise("/email", &new.email)?;
    identity.attempt_mail(&email, &visit).await?;
    let (token, now) = (secrets::new_token(), identity.clock.now());
    let token_hash = secrets::digest(&token);
    let id = InvitationId::new();
    let record = AuditRecord::new("staff.invited", id.as_str(), &email);
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let works = users::account_by_email(&tx, &email).await?;
        if works.is_some_and(|account| account.user.role >= Role::Staff) {
            return Err(Invalid::field("/email", "they work here already").into());
        }
        let role_name = may_give(&tx, &caller, &new.position).await?;
        let inviter = users::user(&tx, &by).await?.ok_or(Error::Unauthorized)?;
        let invitation = Invitation {
            id,
            email,
            position: new.position,
            role_name,
            invited_by: inviter.email,
            created_at: now,
            expires_at: now.plus(state.config.invitation_link()),
        };
        invitations::put(&tx, &token_hash, &invitation, &by).await?;
        let record = record.change(None, Some(&shown(&invitation)));
        state.outbox.emit(&tx, &Audited(record)).await?;
        let event = StaffInvited {
            email: invitation.email.clone(),
            invited_by: invitation.invited_by.clone(),
            token,
            expires_at: invitation.expires_at,
        };
        state.outbox.emit(&tx, &event).await?;
        Ok::<_, Error>(invitation)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/v1/identity/invitations/{id}", operation_id = "delete_invitation",
    tag = "identity", params(("id" = InvitationId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_invitation(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<InvitationId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::People)?;
    let record = AuditRecord::new("staff.uninvited", id.as_str(), "");
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let before = invitations::invitation(&tx, id.as_str()).await?.ok_or(Error::NotFound)?;
        may_give(&tx, &caller, &before.position).await?;
        if !invitations::delete(&tx, id.as_str()).await? {
            return Err(Error::NotFound);
        }
        let record = AuditRecord { label: before.email.clone(), ..record };
        state.outbox.emit(&tx, &Audited(record.change(Some(&shown(&before)), None))).await?;
        Ok(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an invitation by the secret in the e-mail's link, and signs in. It counts only while whoever sent it may
/// still give that much.
#[utoipa::path(post, path = "/api/v1/identity/invitations/accept", operation_id = "accept_invitation",
    tag = "identity", request_body = AcceptInvitation,
    responses((status = 201, body = Session), (status = "4XX", body = Problem)))]
pub(super) async fn accept_invitation(
    State(identity): State<Identity>,
    visit: Visit,
    Json(accept): Json<AcceptInvitation>,
) -> Result<(StatusCode, Json<Session>), Error> {
    domain::secret("/token", &accept.token)?;
    let (hash, now) = (secrets::digest(&accept.token), identity.clock.now());
    let token_hash = hash.as_str();
    let read = identity.db.read(|tx| async move {
        match invitations::by_token(&tx, token_hash, now).await? {
            Some((id, _)) => invitations::invitation(&tx, &id).await,
            None => Ok(None),
        }
    });
    // Known before anything is hashed, so that strangers cannot keep the hasher busy.
    let invitation = read.await?.ok_or(Error::LinkExpired)?;
    let mut invalid = Invalid::new();
    password::check(&mut invalid, "/password", &accept.password, &invitation.email);
    let name = domain::name(&mut invalid, "/name", accept.name.as_deref());
    invalid.finish()?;
    let password_hash = identity.hasher.hash(&accept.password).await?;
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let found = invitations::by_token(&tx, &hash, now).await?;
        let (id, by) = found.ok_or(Error::LinkExpired)?;
        if !invitations::delete(&tx, &id).await? || !still_may(&tx, &by, &invitation).await? {
            return Err(Error::LinkExpired);
        }
        let user = state.take_on(&tx, &invitation, name, &password_hash, now).await?;
        let session = state.new_session(user, now);
        state.keep_session(&tx, &session, &visit, now).await?;
        users::note_device(&tx, &session.user.id, visit.fingerprint().as_deref(), now).await?;
        Ok(session)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// The person who is calling: programs ask nobody to work here and make no keys, so that nothing they do outlives
/// their own.
pub(super) fn person(caller: &Caller) -> Result<String, Error> {
    let id = caller.user_id().filter(|id| id.parse::<UserId>().is_ok());
    id.map(ToOwned::to_owned).ok_or(Error::Forbidden)
}

/// What the role of a position is called, for a caller who may give it.
async fn may_give(tx: &Tx, caller: &Caller, position: &Position) -> Result<Option<String>, Error> {
    let (role, given) = match position {
        Position::Admin => (Role::Admin, None),
        Position::Role(id) => {
            let given = roles::lock_role(tx, id).await?;
            let given =
                given.ok_or_else(|| Invalid::field("/position", "there is no such role"))?;
            (Role::Staff, Some(given))
        }
    };
    let permissions = given.as_ref().map_or(Permissions::NONE, |role| role.permissions);
    may_govern(caller, Standing { role, permissions })?;
    Ok(given.map(|role| role.name))
}

/// Whether whoever sent an invitation may still give what it promises.
async fn still_may(tx: &Tx, by: &str, invitation: &Invitation) -> Result<bool, Error> {
    let Ok(id) = by.parse::<UserId>() else { return Ok(false) };
    let inviter = staff::lock_member(tx, &id).await?.filter(|inviter| inviter.active);
    let Some(inviter) = inviter else { return Ok(false) };
    let caller = Caller::person(inviter.role, by).allowed(inviter.permissions);
    let may =
        caller.may(Permission::People) && may_give(tx, &caller, &invitation.position).await.is_ok();
    Ok(may)
}

/// What the audit log keeps of an invitation.
fn shown(invitation: &Invitation) -> NewInvitation {
    NewInvitation { email: invitation.email.clone(), position: invitation.position.clone() }
}

impl Identity {
    /// Makes somebody one of those who work here. An account they had stays theirs, with the new password.
    async fn take_on(
        &self,
        tx: &Tx,
        invitation: &Invitation,
        name: Option<String>,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<User, Error> {
        let (role, staff_role_id) = invitations::columns(&invitation.position);
        let known = users::account_by_email(tx, &invitation.email).await?;
        let user = if let Some(Account { user, .. }) = known {
            self.replace_password(tx, (&user.id, &user.email), password_hash, "").await?;
            User { role, name: name.clone().or(user.name), ..user }
        } else {
            let (id, email) = (UserId::new(), invitation.email.clone());
            let user = User { id, email, name: name.clone(), role, created_at: now };
            // Somebody with this address was deactivated.
            if !users::insert_user(tx, &user, password_hash).await? {
                return Err(Error::LinkExpired);
            }
            self.tell_registered(tx, &user, true).await?;
            user
        };
        if name.is_some() {
            users::update_name(tx, user.id.as_str(), name.as_deref()).await?;
        }
        let change = Change { role, staff_role_id, deactivated_at: None };
        staff::update_member(tx, &user.id, &change).await?;
        let mut record = AuditRecord::new("staff.joined", user.id.as_str(), &user.email);
        user.id.as_str().clone_into(&mut record.actor);
        self.outbox.emit(tx, &Audited(record)).await?;
        Ok(user)
    }
}
