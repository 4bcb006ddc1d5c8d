//! The person who is calling.

use axum::extract::State;
use emart_http::{Json, Problem, SignedIn};
use emart_identity_api::{PasswordChange, User, UserPatch};
use emart_types::Invalid;
use http::StatusCode;

use crate::Identity;
use crate::domain::{self, password};
use crate::error::Error;
use crate::hashing::Kept;
use crate::store::users;
use crate::visit::Visit;

/// Returns the person who is calling.
#[utoipa::path(get, path = "/api/v1/identity/me", operation_id = "get_me", tag = "identity",
    responses((status = 200, body = User), (status = "4XX", body = Problem)))]
pub(super) async fn get_me(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
) -> Result<Json<User>, Error> {
    let read = identity.db.read(|tx| async move { users::user(&tx, &id).await });
    read.await?.map(Json).ok_or(Error::Unauthorized)
}

/// Changes the person who is calling. What is left out stays.
#[utoipa::path(patch, path = "/api/v1/identity/me", operation_id = "patch_me", tag = "identity",
    request_body = UserPatch, responses((status = 200, body = User), (status = "4XX", body = Problem)))]
pub(super) async fn patch_me(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    Json(patch): Json<UserPatch>,
) -> Result<Json<User>, Error> {
    let mut invalid = Invalid::new();
    let name = domain::name(&mut invalid, "/name", patch.name.as_deref());
    invalid.finish()?;
    let write = identity.db.write(move |tx| async move {
        if patch.name.is_some() {
            users::update_name(&tx, &id, name.as_deref()).await?;
        }
        users::user(&tx, &id).await?.ok_or(Error::Unauthorized)
    });
    write.await.map(Json)
}

/// Changes the caller's password. The session it is done in stays; every other one ends, and every token.
#[utoipa::path(put, path = "/api/v1/identity/me/password", operation_id = "change_password",
    tag = "identity", request_body = PasswordChange,
    responses((status = 204, description = "The new password is set"), (status = "4XX", body = Problem)))]
pub(super) async fn change_password(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    visit: Visit,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Error> {
    let user_id = &id;
    let read = identity.db.read(|tx| async move { users::account(&tx, user_id).await });
    let account = read.await?.ok_or(Error::Unauthorized)?;
    let mut invalid = Invalid::new();
    password::check_length(&mut invalid, "/current", &change.current);
    password::check(&mut invalid, "/new", &change.new, &account.user.email);
    invalid.finish()?;
    let attempt = identity.attempt_password(&id, &visit).await?;
    let current = Kept { own: Some(&account.password_hash), moved: None };
    let matches = identity.hasher.verify(current, &change.current).await;
    if !identity.unless_busy(&attempt, matches).await? {
        return Err(Invalid::field("/current", "this is not your password").into());
    }
    let password_hash = identity.hasher.hash(&change.new).await?;
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let (user, now) = (&account.user, state.clock.now());
        // Changed meanwhile by someone else who knew it: then whoever came first has won.
        if !users::confirm_password(&tx, &user.id, &account.password_hash, now).await? {
            return Err(Invalid::field("/current", "this is not your password any more").into());
        }
        attempt.succeeded(&tx).await?;
        let keep = visit.session_hash();
        state.replace_password(&tx, (&user.id, &user.email), &password_hash, keep).await
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}
