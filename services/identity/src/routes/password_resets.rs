//! New passwords for those who forgot theirs, by e-mail.

use axum::extract::State;
use emart_http::{Json, Problem};
use emart_identity_api::{NewPasswordReset, PasswordReset};
use emart_types::Invalid;
use http::StatusCode;

use crate::Identity;
use crate::domain::{self, email, password};
use crate::error::Error;
use crate::secrets;
use crate::store::links::{self, Asked, Wish};
use crate::visit::Visit;

/// Asks for a link to set a new password. An e-mail follows if the address has an account; the answer is the same.
#[utoipa::path(post, path = "/api/v1/identity/password-resets",
    operation_id = "create_password_reset", tag = "identity", request_body = NewPasswordReset,
    responses((status = 202, description = "An e-mail follows if there is such an account"),
        (status = "4XX", body = Problem)))]
pub(super) async fn create_password_reset(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<NewPasswordReset>,
) -> Result<StatusCode, Error> {
    let email = email::normalise("/email", &new.email)?;
    identity.attempt_mail(&email, &visit).await?;
    identity.ask(Asked { email, what: Wish::NewPassword }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets a new password by the secret in the e-mail's link. Every session and token of the person ends.
#[utoipa::path(post, path = "/api/v1/identity/password-resets/confirm",
    operation_id = "confirm_password_reset", tag = "identity", request_body = PasswordReset,
    responses((status = 204, description = "The new password is set"),
        (status = "4XX", body = Problem)))]
pub(super) async fn confirm_password_reset(
    State(identity): State<Identity>,
    Json(reset): Json<PasswordReset>,
) -> Result<StatusCode, Error> {
    domain::secret("/token", &reset.token)?;
    check_password(&reset.password, "")?;
    let (token_hash, now) = (secrets::digest(&reset.token), identity.clock.now());
    let hash = token_hash.as_str();
    let read = identity.db.read(|tx| async move { links::reset(&tx, hash, now).await });
    let (user_id, email) = read.await?.ok_or(Error::LinkExpired)?;
    check_password(&reset.password, &email)?;
    let password_hash = identity.hasher.hash(&reset.password).await?;
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        if !links::take_reset(&tx, &token_hash).await? {
            return Err(Error::LinkExpired);
        }
        state.replace_password(&tx, (&user_id, &email), &password_hash, "").await
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_password(password: &str, email: &str) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    password::check(&mut invalid, "/password", password, email);
    invalid.finish()
}
