//! A person's second factor: begun with the password, needed once the app has shown a right code.

use axum::extract::State;
use emart_http::{AuditRecord, Caller, Json, Path, Permission, Problem, Role, SignedIn};
use emart_identity_api::{
    Audited, Code, PasswordAgain, RecoveryCodes, SecondFactor, Session, TwoFactor, TwoFactorSetup,
    UserId,
};
use emart_types::Invalid;
use http::StatusCode;
use qrcode::QrCode;
use qrcode::render::svg;

use crate::Identity;
use crate::domain::access::{Standing, may_govern};
use crate::domain::{password, secret, totp};
use crate::error::Error;
use crate::hashing::Kept;
use crate::ops::Proof;
use crate::secrets;
use crate::store::two_factor::Owed;
use crate::store::users::{self, Account};
use crate::store::{staff, two_factor};
use crate::visit::Visit;

/// Answers the question for a code with one of the app or a recovery code, and is in.
#[utoipa::path(post, path = "/api/v1/identity/sessions/second-factor", operation_id = "answer_challenge",
    tag = "identity", request_body = SecondFactor,
    responses((status = 201, body = Session), (status = "4XX", body = Problem)))]
pub(super) async fn answer_challenge(
    State(identity): State<Identity>,
    visit: Visit,
    Json(answer): Json<SecondFactor>,
) -> Result<(StatusCode, Json<Session>), Error> {
    secret("/challenge", &answer.challenge)?;
    check_code(&answer.code)?;
    let (hash, now) = (secrets::digest(&answer.challenge), identity.clock.now());
    let token_hash = hash.as_str();
    let read = identity.db.read(|tx| async move {
        let Some(owed) = two_factor::challenge(&tx, token_hash, now).await? else {
            return Ok(None);
        };
        let account = users::account(&tx, owed.user_id.as_str()).await?;
        let Owed { password_hash, link, .. } = owed;
        Ok::<_, emart_store::Error>(
            account.map(|account| (Account { password_hash, ..account }, link)),
        )
    });
    let (account, link) = read.await?.ok_or(Error::SignInExpired)?;
    let attempt = identity.attempt_code(account.user.id.as_str(), &visit).await?;
    let (state, proof) = (identity.clone(), Proof { account, stronger_hash: None, attempt });
    let write = identity.db.write(move |tx| async move {
        if !two_factor::take_challenge(&tx, &hash).await? {
            return Err(Error::SignInExpired);
        }
        state.take_code(&tx, proof.account.user.id.as_str(), &answer.code, now).await?;
        state.enter(&tx, &proof, &visit, now).await?;
        state.link(&tx, link, &proof.account.user, now).await?;
        let session = state.new_session(proof.account.user, now);
        state.keep_session(&tx, &session, &visit, now).await?;
        Ok(session)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// Says whether the caller's sign-ins need a code.
#[utoipa::path(get, path = "/api/v1/identity/me/two-factor", operation_id = "get_two_factor",
    tag = "identity", responses((status = 200, body = TwoFactor), (status = "4XX", body = Problem)))]
pub(super) async fn get_two_factor(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
) -> Result<Json<TwoFactor>, Error> {
    let read = identity.db.read(|tx| async move {
        let Some(user) = users::user(&tx, &id).await? else { return Ok(None) };
        let since = two_factor::factor(&tx, &id).await?.and_then(|factor| factor.confirmed_at);
        let recovery_codes = two_factor::count_recovery(&tx, &id).await?;
        Ok::<_, emart_store::Error>(Some((user.role, since, recovery_codes)))
    });
    let (role, since, recovery_codes) = read.await?.ok_or(Error::Unauthorized)?;
    let required = identity.config.second_factor_for_staff && role >= Role::Staff;
    Ok(Json(TwoFactor { since, recovery_codes, required }))
}

/// Begins to give the caller a second factor: what their app needs to make codes. It is shown this once.
#[utoipa::path(post, path = "/api/v1/identity/me/two-factor", operation_id = "begin_two_factor",
    tag = "identity", request_body = PasswordAgain,
    responses((status = 201, body = TwoFactorSetup), (status = "4XX", body = Problem)))]
pub(super) async fn begin_two_factor(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    visit: Visit,
    Json(again): Json<PasswordAgain>,
) -> Result<(StatusCode, Json<TwoFactorSetup>), Error> {
    let account = identity.again(&id, &again, &visit).await?;
    let (key, now) = (rand::random::<[u8; 20]>(), identity.clock.now());
    let write = identity.db.write(move |tx| async move {
        if two_factor::begin(&tx, &id, &key, now).await? { Ok(()) } else { Err(Error::TwoFactorOn) }
    });
    write.await?;
    let uri = totp::uri(&identity.config.shop, &account.user.email, &key);
    let code = QrCode::new(&uri).map_err(anyhow::Error::from)?;
    let qr_svg = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok((StatusCode::CREATED, Json(TwoFactorSetup { secret: totp::spelled(&key), uri, qr_svg })))
}

/// Shows that the caller's app makes the right codes: from now on a sign-in needs one.
#[utoipa::path(post, path = "/api/v1/identity/me/two-factor/confirm", operation_id = "confirm_two_factor",
    tag = "identity", request_body = Code,
    responses((status = 201, body = RecoveryCodes), (status = "4XX", body = Problem)))]
pub(super) async fn confirm_two_factor(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    visit: Visit,
    Json(Code { code }): Json<Code>,
) -> Result<(StatusCode, Json<RecoveryCodes>), Error> {
    check_code(&code)?;
    let attempt = identity.attempt_code(&id, &visit).await?;
    let (state, now) = (identity.clone(), identity.clock.now());
    let record = AuditRecord::new("two_factor.turned_on", &id, "");
    let write = identity.db.write(move |tx| async move {
        let user = users::user(&tx, &id).await?.ok_or(Error::Unauthorized)?;
        if two_factor::factor(&tx, &id).await?.is_none() {
            return Err(Error::NotFound);
        }
        state.take_code(&tx, &id, &code, now).await.map_err(|error| match error {
            Error::WrongCode => Invalid::field("/code", "this code is not right").into(),
            error => error,
        })?;
        if !two_factor::confirm(&tx, &id, now).await? {
            return Err(Error::TwoFactorOn);
        }
        attempt.succeeded(&tx).await?;
        state.audit_own(&tx, record, user).await?;
        state.make_recovery_codes(&tx, &id).await
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// Takes the caller's second factor away.
#[utoipa::path(post, path = "/api/v1/identity/me/two-factor/end", operation_id = "end_two_factor",
    tag = "identity", request_body = PasswordAgain,
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn end_two_factor(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    visit: Visit,
    Json(again): Json<PasswordAgain>,
) -> Result<StatusCode, Error> {
    let account = identity.again(&id, &again, &visit).await?;
    let record = AuditRecord::new("two_factor.turned_off", &id, "");
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        if two_factor::end(&tx, &id).await? {
            state.audit_own(&tx, record, account.user).await?;
        }
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives the caller new recovery codes; those before end.
#[utoipa::path(post, path = "/api/v1/identity/me/two-factor/recovery-codes",
    operation_id = "create_recovery_codes", tag = "identity", request_body = PasswordAgain,
    responses((status = 201, body = RecoveryCodes), (status = "4XX", body = Problem)))]
pub(super) async fn create_recovery_codes(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    visit: Visit,
    Json(again): Json<PasswordAgain>,
) -> Result<(StatusCode, Json<RecoveryCodes>), Error> {
    identity.again(&id, &again, &visit).await?;
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let factor = two_factor::factor(&tx, &id).await?;
        if factor.is_none_or(|factor| factor.confirmed_at.is_none()) {
            return Err(Error::NotFound);
        }
        state.make_recovery_codes(&tx, &id).await
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// Takes away the second factor of someone who works here and lost their app. All that they are signed in with ends.
#[utoipa::path(delete, path = "/api/v1/identity/staff/{id}/two-factor", operation_id = "reset_two_factor",
    tag = "identity", params(("id" = UserId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn reset_two_factor(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::People)?;
    let record = AuditRecord::new("staff.two_factor_reset", id.as_str(), "");
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let member = staff::lock_member(&tx, &id).await?.ok_or(Error::NotFound)?;
        may_govern(&caller, Standing { role: member.role, permissions: member.permissions })?;
        if !two_factor::end(&tx, id.as_str()).await? {
            return Err(Error::NotFound);
        }
        state.end_all(&tx, &id, state.clock.now()).await?;
        let record = AuditRecord { label: member.email, ..record };
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn check_code(code: &str) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    invalid.require(!code.trim().is_empty(), "/code", "must not be empty");
    invalid.require(code.chars().count() <= 40, "/code", "at most 40 characters");
    invalid.finish()
}

impl Identity {
    /// The account of somebody who gives their password again, before something that a stranger in front of an open
    /// browser must not do.
    pub(super) async fn again(
        &self,
        id: &str,
        again: &PasswordAgain,
        visit: &Visit,
    ) -> Result<Account, Error> {
        let mut invalid = Invalid::new();
        password::check_length(&mut invalid, "/password", &again.password);
        invalid.finish()?;
        let read = self.db.read(|tx| async move { users::account(&tx, id).await });
        let account = read.await?.ok_or(Error::Unauthorized)?;
        let attempt = self.attempt_password(id, visit).await?;
        let kept = Kept { own: Some(&account.password_hash), moved: None };
        let matches = self.hasher.verify(kept, &again.password).await;
        if !self.unless_busy(&attempt, matches).await? {
            return Err(Invalid::field("/password", "this is not your password").into());
        }
        let write = self.db.write(move |tx| async move { attempt.succeeded(&tx).await });
        write.await?;
        Ok(account)
    }

    /// What people of the shop do to their own account stands in the audit log; what customers do to theirs does not.
    pub(super) async fn audit_own(
        &self,
        tx: &emart_store::Tx,
        record: AuditRecord,
        user: emart_identity_api::User,
    ) -> Result<(), Error> {
        if user.role >= Role::Staff {
            let record = AuditRecord { label: user.email, ..record };
            self.outbox.emit(tx, &Audited(record)).await?;
        }
        Ok(())
    }
}
