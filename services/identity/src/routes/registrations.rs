//! Accounts: asked for by anyone, made by whoever reads the address's mail.

use axum::extract::State;
use emart_http::{Json, Problem, Role};
use emart_identity_api::{Confirmation, NewRegistration, Session, User, UserId};
use emart_types::Invalid;
use http::StatusCode;

use crate::Identity;
use crate::domain::{self, email, password};
use crate::error::Error;
use crate::secrets;
use crate::store::links::{self, Asked, Wish};
use crate::store::users;
use crate::visit::Visit;

/// Asks for an account. An e-mail follows, with a link that confirms the address; an address that has an account
/// gets one that says so. The answer is the same.
#[utoipa::path(post, path = "/api/v1/identity/registrations", operation_id = "create_registration",
    tag = "identity", request_body = NewRegistration,
    responses((status = 202, description = "An e-mail follows"), (status = "4XX", body = Problem)))]
pub(super) async fn create_registration(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<NewRegistration>,
) -> Result<StatusCode, Error> {
    let mut invalid = Invalid::new();
    let email = email::normalise("/email", &new.email).unwrap_or_else(|Invalid(errors)| {
        invalid.0.extend(errors);
        String::new()
    });
    password::check(&mut invalid, "/password", &new.password, &email);
    let name = domain::name(&mut invalid, "/name", new.name.as_deref());
    invalid.finish()?;
    let attempt = identity.attempt_mail(&email, &visit).await?;
    let password_hash = identity.hasher.hash(&new.password).await;
    let password_hash = identity.unless_busy(&attempt, password_hash).await?;
    identity.ask(Asked { email, what: Wish::Account { name, password_hash } }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Confirms an account by the secret in the e-mail's link, and signs in.
#[utoipa::path(post, path = "/api/v1/identity/registrations/confirm",
    operation_id = "confirm_registration", tag = "identity", request_body = Confirmation,
    responses((status = 201, body = Session), (status = "4XX", body = Problem)))]
pub(super) async fn confirm_registration(
    State(identity): State<Identity>,
    visit: Visit,
    Json(confirmation): Json<Confirmation>,
) -> Result<(StatusCode, Json<Session>), Error> {
    domain::secret("/token", &confirmation.token)?;
    let (token_hash, now) = (secrets::digest(&confirmation.token), identity.clock.now());
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let taken = links::take_registration(&tx, &token_hash, now).await?;
        let registration = taken.ok_or(Error::LinkExpired)?;
        let user = User {
            id: UserId::new(),
            email: registration.email,
            name: registration.name,
            role: Role::Customer,
            created_at: now,
        };
        if !users::insert_user(&tx, &user, &registration.password_hash).await? {
            return Err(Error::LinkExpired);
        }
        state.tell_registered(&tx, &user, true).await?;
        let session = state.new_session(user, now);
        state.keep_session(&tx, &session, &visit, now).await?;
        users::note_device(&tx, &session.user.id, visit.fingerprint().as_deref(), now).await?;
        Ok(session)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

impl Identity {
    /// Notes a wish for an e-mail and leaves the rest to the job: whoever waits for the answer learns nothing from it.
    pub(super) async fn ask(&self, asked: Asked) -> Result<(), Error> {
        let now = self.clock.now();
        let write =
            self.db.write(move |tx| async move { links::insert_request(&tx, &asked, now).await });
        write.await?;
        self.wake.notify_one();
        Ok(())
    }
}
