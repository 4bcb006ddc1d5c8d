//! Passkeys: a person's own, and signing in with one.

use axum::extract::State;
use emart_http::{AuditRecord, Json, Page, Path, Problem, SignedIn};
use emart_identity_api::{
    NewPasskey, Passkey, PasskeyAnswer, PasskeyId, PasskeyQuestion, PasswordAgain, Session, User,
};
use emart_types::Invalid;
use http::StatusCode;

use crate::Identity;
use crate::domain::{secret, text};
use crate::error::Error;
use crate::ops::Proof;
use crate::passkeys::{Answer, Asked};
use crate::secrets;
use crate::store::passkeys::{self, Kept};
use crate::store::{sessions, users};
use crate::visit::Visit;

/// How long a browser may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(300);

const CREDENTIAL: &str = "must be the object that the browser answered";

/// Lists the caller's passkeys.
#[utoipa::path(get, path = "/api/v1/identity/me/passkeys", operation_id = "list_passkeys",
    tag = "identity", responses((status = 200, body = Page<Passkey>), (status = "4XX", body = Problem)))]
pub(super) async fn list_passkeys(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
) -> Result<Json<Page<Passkey>>, Error> {
    let read = identity.db.read(|tx| async move { passkeys::passkeys(&tx, &id).await });
    Ok(Json(Page { items: read.await?, next_cursor: None }))
}

/// Begins to make a passkey for the caller: what their browser is to be asked. It takes their password again.
#[utoipa::path(post, path = "/api/v1/identity/me/passkeys/begin", operation_id = "begin_passkey",
    tag = "identity", request_body = PasswordAgain,
    responses((status = 201, body = PasskeyQuestion), (status = "4XX", body = Problem)))]
pub(super) async fn begin_passkey(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    visit: Visit,
    Json(again): Json<PasswordAgain>,
) -> Result<(StatusCode, Json<PasskeyQuestion>), Error> {
    let user = identity.again(&id, &again, &visit).await?.user;
    let of = user.id.as_str();
    let read = identity.db.read(|tx| async move { passkeys::credential_ids(&tx, of).await });
    let known = read.await?;
    let asked = identity.passkeys.ask_for_new((&user.id, &user.email), &known)?;
    let question = identity.keep_question(asked, Some(user)).await?;
    Ok((StatusCode::CREATED, Json(question)))
}

/// Keeps the caller's new passkey. It signs in from now on, without a password and without a code.
#[utoipa::path(post, path = "/api/v1/identity/me/passkeys", operation_id = "create_passkey",
    tag = "identity", request_body = NewPasskey,
    responses((status = 201, body = Passkey), (status = "4XX", body = Problem)))]
pub(super) async fn create_passkey(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    Json(new): Json<NewPasskey>,
) -> Result<(StatusCode, Json<Passkey>), Error> {
    secret("/question", &new.question)?;
    let mut invalid = Invalid::new();
    let name = text(&mut invalid, "/name", &new.name, (1, 60));
    invalid.require(new.credential.is_object(), "/credential", CREDENTIAL);
    invalid.finish()?;
    let (state, now) = (identity.clone(), identity.clock.now());
    let record = AuditRecord::new("passkey.added", &id, "");
    let write = identity.db.write(move |tx| async move {
        let hash = secrets::digest(&new.question);
        let asked = passkeys::take(&tx, &hash, Some(&id), now).await?;
        let user = users::user(&tx, &id).await?.ok_or(Error::Unauthorized)?;
        // What is refused is not answered a second time either.
        let Some(asked) = asked else { return Ok(Err(Error::SignInExpired)) };
        let made = match state.passkeys.made(&asked, new.credential) {
            Ok(made) => made,
            Err(error) => return Ok(Err(error)),
        };
        let passkey = Passkey { id: PasskeyId::new(), name, created_at: now, used_at: None };
        let kept = Kept { user_id: user.id.clone(), credential: made.credential };
        if !passkeys::insert(&tx, &passkey, &made.credential_id, &kept).await? {
            return Ok(Err(Error::TooManyPasskeys));
        }
        state.audit_own(&tx, record.change(None, Some(&passkey.name)), user).await?;
        Ok::<_, Error>(Ok(passkey))
    });
    Ok((StatusCode::CREATED, Json(write.await??)))
}

/// Takes one of the caller's passkeys away.
#[utoipa::path(delete, path = "/api/v1/identity/me/passkeys/{id}", operation_id = "delete_passkey",
    tag = "identity", params(("id" = PasskeyId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_passkey(
    State(identity): State<Identity>,
    SignedIn(me): SignedIn,
    Path(id): Path<PasskeyId>,
) -> Result<StatusCode, Error> {
    let state = identity.clone();
    let record = AuditRecord::new("passkey.removed", &me, "");
    let write = identity.db.write(move |tx| async move {
        let name = passkeys::delete(&tx, &me, &id).await?.ok_or(Error::NotFound)?;
        let user = users::user(&tx, &me).await?.ok_or(Error::Unauthorized)?;
        state.audit_own(&tx, record.change(Some(&name), None), user).await
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to sign in with a passkey: what the browser is to be asked.
#[utoipa::path(post, path = "/api/v1/identity/passkey-sign-ins",
    operation_id = "begin_passkey_sign_in", tag = "identity",
    responses((status = 201, body = PasskeyQuestion), (status = "4XX", body = Problem)))]
pub(super) async fn begin_passkey_sign_in(
    State(identity): State<Identity>,
    visit: Visit,
) -> Result<(StatusCode, Json<PasskeyQuestion>), Error> {
    let asked = identity.passkeys.ask()?;
    identity.attempt_provider(&visit).await?;
    Ok((StatusCode::CREATED, Json(identity.keep_question(asked, None).await?)))
}

/// Signs in with a passkey. It is two factors in one: no code is asked for.
#[utoipa::path(post, path = "/api/v1/identity/passkey-sign-ins/finish",
    operation_id = "finish_passkey_sign_in", tag = "identity", request_body = PasskeyAnswer,
    responses((status = 201, body = Session), (status = "4XX", body = Problem)))]
pub(super) async fn finish_passkey_sign_in(
    State(identity): State<Identity>,
    visit: Visit,
    Json(answer): Json<PasskeyAnswer>,
) -> Result<(StatusCode, Json<Session>), Error> {
    secret("/question", &answer.question)?;
    let mut invalid = Invalid::new();
    invalid.require(answer.credential.is_object(), "/credential", CREDENTIAL);
    invalid.finish()?;
    let (hash, now) = (secrets::digest(&answer.question), identity.clock.now());
    // Gone before the answer is looked at: none is tried twice.
    let write = identity.db.write(move |tx| async move {
        Ok::<_, Error>(passkeys::take(&tx, &hash, None, now).await?)
    });
    let asked = write.await?.ok_or(Error::SignInExpired)?;
    let answer = identity.passkeys.answer(answer.credential)?;
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let proof = state.passkey_proof(&tx, (&asked, &answer), &visit).await?;
        state.enter(&tx, &proof, &visit, now).await?;
        let session = state.new_session(proof.account.user, now);
        state.keep_session(&tx, &session, &visit, now).await?;
        let token_hash = secrets::digest(&session.token);
        sessions::note_second_factor(&tx, &token_hash, now).await?;
        Ok::<_, Error>(session)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

impl Identity {
    async fn keep_question(
        &self,
        asked: Asked,
        user: Option<User>,
    ) -> Result<PasskeyQuestion, Error> {
        let (question, expires_at) = (secrets::new_token(), self.clock.now().plus(PATIENCE));
        let (hash, Asked { options, state }) = (secrets::digest(&question), asked);
        let write = self.db.write(move |tx| async move {
            let of = user.as_ref().map(|user| user.id.as_str());
            passkeys::ask(&tx, &hash, of, &state, expires_at).await
        });
        write.await.map_err(|error: emart_store::Error| error)?;
        Ok(PasskeyQuestion { question, options, expires_at })
    }

    /// Whose passkey signed what was asked.
    async fn passkey_proof(
        &self,
        tx: &emart_store::Tx,
        (asked, answer): (&str, &Answer),
        visit: &Visit,
    ) -> Result<Proof, Error> {
        let unknown = || Error::PasskeyRefused("nobody here has it".to_owned());
        let id = &answer.credential_id;
        let kept = passkeys::lock(tx, id).await?.ok_or_else(unknown)?;
        let (user_id, credential) = (&kept.user_id, kept.credential.as_str());
        let credential = self.passkeys.check(asked, answer, (user_id, credential))?;
        passkeys::used(tx, id, &credential, self.clock.now()).await?;
        // Whoever was deactivated has no account.
        let account = users::account(tx, user_id.as_str()).await?.ok_or_else(unknown)?;
        Ok(Proof::of_provider(self, account, visit))
    }
}
