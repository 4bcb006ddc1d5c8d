//! For the gateway and the command line; the gateway routes none of it from outside.

use axum::extract::State;
use emart_http::{Caller, Json, Role};
use emart_identity_api::{NewUser, Principal, SetupState, User, UserId};
use emart_types::Invalid;
use http::{HeaderMap, StatusCode, header};

use crate::Identity;
use crate::domain::{email, password};
use crate::error::Error;
use crate::store::{setup, users};
use crate::visit::Visit;

/// Who a session (`emart-session`) or an access token (`authorization`) belongs to; 404 when to nobody.
pub(super) async fn principal(
    State(identity): State<Identity>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Json<Principal>, Error> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let principal = match bearer.and_then(|text| text.strip_prefix("Bearer ")) {
        Some(token) => identity.principal_of_token(token).await?,
        None => identity.principal_of_session(visit.session_hash()).await?,
    };
    principal.map(Json).ok_or(Error::NotFound)
}

/// The secret of the one-time link, while there is no administrator.
pub(super) async fn setup_state(
    State(identity): State<Identity>,
) -> Result<Json<SetupState>, Error> {
    let read = identity.db.read(|tx| async move { setup::token(&tx).await });
    Ok(Json(SetupState { token: read.await? }))
}

/// Makes a person with a role, for `emart admin create`.
pub(super) async fn create_user(
    State(identity): State<Identity>,
    caller: Caller,
    Json(new): Json<NewUser>,
) -> Result<(StatusCode, Json<User>), Error> {
    if !caller.is_admin() {
        return Err(Error::Forbidden);
    }
    let email = email::normalise("/email", &new.email)?;
    let mut invalid = Invalid::new();
    password::check(&mut invalid, "/password", &new.password, &email);
    invalid.require(new.role != Role::Guest, "/role", "a guest has no account");
    invalid.finish()?;
    let password_hash = identity.hasher.hash(&new.password).await?;
    let now = identity.clock.now();
    let user = User { id: UserId::new(), email, name: None, role: new.role, created_at: now };
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        if !users::insert_user(&tx, &user, &password_hash).await? {
            return Err(Error::EmailTaken);
        }
        if user.role == Role::Admin {
            setup::delete_token(&tx).await?;
        }
        state.tell_registered(&tx, &user, true).await?;
        Ok(user)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}
