//! Tokens, for programs: short-lived access tokens, and refresh tokens of which each works once.

use axum::extract::State;
use emart_http::{Json, Problem};
use emart_identity_api::{Credentials, Refresh, TokenCredentials, Tokens};
use emart_types::new_id_text;
use http::{StatusCode, header};

use super::two_factor::check_code;
use crate::Identity;
use crate::domain;
use crate::error::Error;
use crate::keys::PublicKeys;
use crate::ops::NewTokens;
use crate::secrets;
use crate::store::tokens::{self, Spent};
use crate::visit::Visit;

/// Signs in, for programs. Unknown addresses and wrong passwords are answered alike. An account with a second factor
/// needs its code as well.
#[utoipa::path(post, path = "/api/v1/identity/tokens", operation_id = "create_tokens",
    tag = "identity", request_body = TokenCredentials,
    responses((status = 201, body = Tokens), (status = "4XX", body = Problem)))]
pub(super) async fn create_tokens(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<TokenCredentials>,
) -> Result<(StatusCode, Json<Tokens>), Error> {
    let TokenCredentials { email, password, code } = new;
    if let Some(code) = &code {
        check_code(code)?;
    }
    let proof = identity.authenticate(&Credentials { email, password }, &visit).await?;
    let code = identity.code_due(&proof, code, &visit).await?;
    let (state, now) = (identity.clone(), identity.clock.now());
    let (user_id, role) = (proof.account.user.id.clone(), proof.account.user.role);
    let write = identity.db.write(move |tx| async move {
        if let Some(code) = &code {
            state.take_code(&tx, proof.account.user.id.as_str(), code, now).await?;
        }
        state.enter(&tx, &proof, &visit, now).await?;
        let new = NewTokens::of_family(new_id_text("fam"));
        let expires_at = now.plus(state.config.absolute());
        let user_id = &proof.account.user.id;
        tokens::insert_family(&tx, &new.family_id, user_id, now, expires_at).await?;
        state.keep_refresh_token(&tx, &new, expires_at, now).await?;
        Ok::<_, Error>(new)
    });
    let issued = identity.issue(write.await?, &user_id, role, now)?;
    Ok((StatusCode::CREATED, Json(issued)))
}

/// Gets the next pair of tokens for the newest refresh token. An old one is a sign of theft: using it ends them all.
#[utoipa::path(post, path = "/api/v1/identity/tokens/refresh", operation_id = "refresh_tokens",
    tag = "identity", request_body = Refresh,
    responses((status = 201, body = Tokens), (status = "4XX", body = Problem)))]
pub(super) async fn refresh_tokens(
    State(identity): State<Identity>,
    Json(refresh): Json<Refresh>,
) -> Result<(StatusCode, Json<Tokens>), Error> {
    domain::secret("/refresh_token", &refresh.refresh_token)?;
    let (token_hash, now) = (secrets::digest(&refresh.refresh_token), identity.clock.now());
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let spent = tokens::spend_refresh_token(&tx, &token_hash, now).await?;
        let Spent::Good { family_id, family_expires_at, user_id, role } = spent else {
            if matches!(spent, Spent::Reused) {
                tracing::warn!("a refresh token was used twice; its family has been ended");
            }
            // Not an error: what was written about it has to stay.
            return Ok::<_, Error>(None);
        };
        let new = NewTokens::of_family(family_id);
        state.keep_refresh_token(&tx, &new, family_expires_at, now).await?;
        Ok(Some((new, user_id, role)))
    });
    let Some((new, user_id, role)) = write.await? else { return Err(Error::RefreshRefused) };
    Ok((StatusCode::CREATED, Json(identity.issue(new, &user_id, role, now)?)))
}

/// Ends a sign-in: its refresh tokens and its access tokens. Unknown tokens are answered alike (RFC 7009).
#[utoipa::path(post, path = "/api/v1/identity/tokens/revoke", operation_id = "revoke_tokens",
    tag = "identity", request_body = Refresh,
    responses((status = 204, description = "Ended"), (status = "4XX", body = Problem)))]
pub(super) async fn revoke_tokens(
    State(identity): State<Identity>,
    Json(refresh): Json<Refresh>,
) -> Result<StatusCode, Error> {
    domain::secret("/refresh_token", &refresh.refresh_token)?;
    let (token_hash, now) = (secrets::digest(&refresh.refresh_token), identity.clock.now());
    let write = identity.db.write(move |tx| async move {
        if let Some(family_id) = tokens::family_of(&tx, &token_hash).await? {
            tokens::revoke_family(&tx, &family_id, now).await?;
        }
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the public keys that verify access tokens, as a JSON Web Key Set.
#[utoipa::path(get, path = "/api/v1/identity/.well-known/jwks.json", operation_id = "list_keys",
    tag = "identity", responses((status = 200, body = PublicKeys)))]
pub(super) async fn list_keys(
    State(identity): State<Identity>,
) -> ([(header::HeaderName, &'static str); 1], Json<PublicKeys>) {
    let fresh = [(header::CACHE_CONTROL, "public, max-age=300")];
    (fresh, Json(identity.keys.load().public().clone()))
}
