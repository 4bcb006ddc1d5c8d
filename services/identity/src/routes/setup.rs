//! The first administrator, made by whoever sees the link the store prints when it starts.

use axum::extract::State;
use emart_http::{Json, Problem, Role};
use emart_identity_api::{Session, Setup, User, UserId};
use emart_store::Tx;
use emart_types::{Invalid, Timestamp};
use http::StatusCode;

use crate::Identity;
use crate::domain::{self, email, password};
use crate::error::Error;
use crate::store::users::Account;
use crate::store::{setup, users};
use crate::visit::Visit;

/// Makes the first administrator by the one-time link, and signs in. Of two who try at once one succeeds.
#[utoipa::path(post, path = "/api/v1/identity/setup", operation_id = "set_up", tag = "identity",
    request_body = Setup,
    responses((status = 201, body = Session), (status = "4XX", body = Problem)))]
pub(super) async fn set_up(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<Setup>,
) -> Result<(StatusCode, Json<Session>), Error> {
    domain::secret("/token", &new.token)?;
    let read = identity.db.read(|tx| async move { setup::token(&tx).await });
    // Known before anything is hashed, so that strangers cannot keep the hasher busy.
    match read.await? {
        None => return Err(Error::SetupDone),
        Some(token) if token != new.token => return Err(Error::LinkExpired),
        Some(_) => {}
    }
    let mut invalid = Invalid::new();
    let email = email::normalise("/email", &new.email).unwrap_or_else(|Invalid(errors)| {
        invalid.0.extend(errors);
        String::new()
    });
    password::check(&mut invalid, "/password", &new.password, &email);
    invalid.finish()?;
    let password_hash = identity.hasher.hash(&new.password).await?;
    let (state, now) = (identity.clone(), identity.clock.now());
    let write = identity.db.write(move |tx| async move {
        if !setup::take_token(&tx, &new.token).await? {
            return Err(Error::SetupDone);
        }
        let user = state.make_admin(&tx, email, &password_hash, now).await?;
        let session = state.new_session(user, now);
        state.keep_session(&tx, &session, &visit, now).await?;
        users::note_device(&tx, &session.user.id, visit.fingerprint().as_deref(), now).await?;
        Ok(session)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

impl Identity {
    /// Someone who has an account already becomes administrator with the new password.
    async fn make_admin(
        &self,
        tx: &Tx,
        email: String,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<User, Error> {
        let role = Role::Admin;
        if let Some(Account { user, .. }) = users::account_by_email(tx, &email).await? {
            self.replace_password(tx, (&user.id, &user.email), password_hash, "").await?;
            users::update_role(tx, &user.id, role).await?;
            return Ok(User { role, ..user });
        }
        let user = User { id: UserId::new(), email, name: None, role, created_at: now };
        if !users::insert_user(tx, &user, password_hash).await? {
            return Err(Error::EmailTaken);
        }
        self.tell_registered(tx, &user, true).await?;
        Ok(user)
    }
}
