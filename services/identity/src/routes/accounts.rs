//! What the original store's contract needs of accounts: made at once, and tokens that live for long. Internal.

use std::time::Duration;

use axum::extract::State;
use emart_http::{Json, Path, Query, Role};
use emart_identity_api::{LongToken, NewAccount, NewLongToken, User, UserId};
use emart_types::{Invalid, new_id_text};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::Identity;
use crate::domain::{self, email, password};
use crate::error::Error;
use crate::store::{tokens, users};
use crate::visit::Visit;

/// No token lives longer.
const LONGEST: u32 = 90 * 86_400;

/// Which account is looked for.
#[derive(Debug, Deserialize)]
pub(super) struct ByEmail {
    email: String,
}

/// A person.
pub(super) async fn user(
    State(identity): State<Identity>,
    Path(id): Path<UserId>,
) -> Result<Json<User>, Error> {
    let read = identity.db.read(|tx| async move { users::user(&tx, id.as_str()).await });
    read.await?.map(Json).ok_or(Error::NotFound)
}

/// Whose address it is.
pub(super) async fn find_account(
    State(identity): State<Identity>,
    Query(ByEmail { email }): Query<ByEmail>,
) -> Result<Json<UserId>, Error> {
    let email = email::normalise("/email", &email)?;
    let read = identity.db.read(|tx| async move { users::account_by_email(&tx, &email).await });
    read.await?.map(|account| Json(account.user.id)).ok_or(Error::NotFound)
}

/// Makes an account at once. Nobody has shown that the address is theirs: the event says so, and who reads the
/// address's mail can set another password, which ends what was signed in before.
pub(super) async fn create_account(
    State(identity): State<Identity>,
    Json(new): Json<NewAccount>,
) -> Result<(StatusCode, Json<User>), Error> {
    let mut invalid = Invalid::new();
    let email = email::normalise("/email", &new.email)?;
    password::check_length(&mut invalid, "/password", &new.password);
    invalid.require(!new.password.is_empty(), "/password", "must not be empty");
    let name = domain::name(&mut invalid, "/name", new.name.as_deref());
    invalid.finish()?;
    let password_hash = identity.hasher.hash(&new.password).await?;
    let now = identity.clock.now();
    let user = User { id: new.id, email, name, role: Role::Customer, created_at: now };
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        if let Some(before) = users::user(&tx, user.id.as_str()).await? {
            return if before.email == user.email { Ok(before) } else { Err(Error::EmailTaken) };
        }
        if !users::insert_user(&tx, &user, &password_hash).await? {
            return Err(Error::EmailTaken);
        }
        state.tell_registered(&tx, &user, false).await?;
        Ok(user)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// Signs in, for clients that keep one token and cannot ask for the next.
pub(super) async fn create_long_token(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<NewLongToken>,
) -> Result<(StatusCode, Json<LongToken>), Error> {
    let proof = identity.authenticate(&new.credentials, &visit).await?;
    // These clients have no place for a code.
    identity.code_due(&proof, None, &visit).await?;
    let (state, now) = (identity.clone(), identity.clock.now());
    let seconds = new.seconds.clamp(1, LONGEST);
    let expires_at = now.plus(Duration::from_secs(seconds.into()));
    let write = identity.db.write(move |tx| async move {
        state.enter(&tx, &proof, &visit, now).await?;
        let family_id = new_id_text("fam");
        let user = proof.account.user;
        tokens::insert_family(&tx, &family_id, &user.id, now, expires_at).await?;
        Ok::<_, Error>((family_id, user))
    });
    let (family_id, user) = write.await?;
    let token = identity.sign(family_id, &user.id, user.role, now, seconds)?;
    Ok((StatusCode::CREATED, Json(LongToken { token, user })))
}

/// Ends the sign-in that the request's access token belongs to.
pub(super) async fn end_token(
    State(identity): State<Identity>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    let now = identity.clock.now();
    if let Some(claims) = identity.keys.load().verify(token, now) {
        let write = identity
            .db
            .write(move |tx| async move { tokens::revoke_family(&tx, &claims.sid, now).await });
        write.await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
