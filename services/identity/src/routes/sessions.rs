//! Sessions, for pages: the token goes into a cookie.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{Json, Problem};
use emart_identity_api::{Challenge, Credentials, Session};
use http::StatusCode;

use crate::Identity;
use crate::error::Error;
use crate::store::sessions;
use crate::visit::Visit;

/// Signs in, for pages. Unknown addresses and wrong passwords are answered alike. Whoever has a second factor is asked
/// for its code (202).
#[utoipa::path(post, path = "/api/v1/identity/sessions", operation_id = "create_session",
    tag = "identity", request_body = Credentials,
    responses((status = 201, body = Session), (status = 202, body = Challenge),
        (status = "4XX", body = Problem)))]
pub(super) async fn create_session(
    State(identity): State<Identity>,
    visit: Visit,
    Json(credentials): Json<Credentials>,
) -> Result<Response, Error> {
    let proof = identity.authenticate(&credentials, &visit).await?;
    if proof.account.two_factor {
        let challenge = identity.challenge(proof).await?;
        return Ok((StatusCode::ACCEPTED, Json(challenge)).into_response());
    }
    let (state, now) = (identity.clone(), identity.clock.now());
    let write = identity.db.write(move |tx| async move {
        state.enter(&tx, &proof, &visit, now).await?;
        let session = state.new_session(proof.account.user, now);
        state.keep_session(&tx, &session, &visit, now).await?;
        Ok::<_, Error>(session)
    });
    Ok((StatusCode::CREATED, Json(write.await?)).into_response())
}

/// Signs out: the session that the request's cookie names ends. Without one, nothing happens.
#[utoipa::path(delete, path = "/api/v1/identity/sessions/current", operation_id = "delete_session",
    tag = "identity", responses((status = 204, description = "Signed out")))]
pub(super) async fn delete_session(
    State(identity): State<Identity>,
    visit: Visit,
) -> Result<StatusCode, Error> {
    if !visit.session_hash().is_empty() {
        let write = identity.db.write(move |tx| async move {
            sessions::delete_session(&tx, visit.session_hash()).await
        });
        write.await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
