//! Signing in by OpenID Connect providers: to one, back from it, and linking an account that is there.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{Json, Problem};
use emart_identity_api::{
    Challenge, Credentials, LinkDue, NewLink, NewProviderSignIn, Provider, ProviderAnswer,
    ProviderSignIn, Providers, Session,
};
use emart_types::Invalid;
use http::StatusCode;

use crate::Identity;
use crate::domain::{password, secret};
use crate::error::Error;
use crate::provider_sign_in::{JOURNEY, Step};
use crate::providers::Answer;
use crate::secrets;
use crate::store::providers::{self, Journey, Ticket};
use crate::visit::Visit;

/// Lists the providers by which people sign in.
#[utoipa::path(get, path = "/api/v1/identity/providers", operation_id = "list_providers",
    tag = "identity", responses((status = 200, body = Providers)))]
pub(super) async fn list_providers(State(identity): State<Identity>) -> Json<Providers> {
    let shown = identity.providers.all().map(|provider| Provider {
        name: provider.name().to_owned(),
        label: provider.label().to_owned(),
        customers: provider.config.customers(),
        staff: provider.config.staff(),
    });
    Json(Providers { items: shown.collect() })
}

/// Begins to sign in at a provider. The answer says where to send the browser, and what only that browser keeps.
#[utoipa::path(post, path = "/api/v1/identity/provider-sign-ins",
    operation_id = "begin_provider_sign_in", tag = "identity", request_body = NewProviderSignIn,
    responses((status = 201, body = ProviderSignIn), (status = "4XX", body = Problem)))]
pub(super) async fn begin_provider_sign_in(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<NewProviderSignIn>,
) -> Result<(StatusCode, Json<ProviderSignIn>), Error> {
    let mut invalid = Invalid::new();
    check_name(&mut invalid, &new.provider);
    invalid.finish()?;
    let provider = identity.providers.get(&new.provider)?;
    identity.attempt_provider(&visit).await?;
    let [state, binding, nonce, verifier] = std::array::from_fn(|_| secrets::new_token());
    let journey = Journey { nonce, verifier };
    let location = provider.location(&state, &journey).await;
    let location = location.map_err(|failed| provider.error(failed))?;
    let expires_at = identity.clock.now().plus(JOURNEY);
    let (state_hash, binding_hash) = (secrets::digest(&state), secrets::digest(&binding));
    let write = identity.db.write(move |tx| async move {
        let provider = provider.name();
        let ticket = Ticket { state_hash: &state_hash, binding_hash: &binding_hash, provider };
        providers::begin(&tx, &ticket, &journey, expires_at).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    Ok((StatusCode::CREATED, Json(ProviderSignIn { location, binding, expires_at })))
}

/// Signs in by a provider's answer. Whoever has a second factor is asked for its code (202), unless the provider says
/// that they gave one there; whose address has an account that is not linked yet, for its password (200).
#[utoipa::path(post, path = "/api/v1/identity/provider-sign-ins/finish",
    operation_id = "finish_provider_sign_in", tag = "identity", request_body = ProviderAnswer,
    responses((status = 201, body = Session), (status = 202, body = Challenge),
        (status = 200, body = LinkDue), (status = "4XX", body = Problem)))]
pub(super) async fn finish_provider_sign_in(
    State(identity): State<Identity>,
    visit: Visit,
    Json(answer): Json<ProviderAnswer>,
) -> Result<Response, Error> {
    secret("/binding", &answer.binding)?;
    secret("/state", &answer.state)?;
    let mut invalid = Invalid::new();
    check_name(&mut invalid, &answer.provider);
    invalid.require(answer.code.len() <= 4096, "/code", "at most 4096 bytes");
    let iss = answer.iss.as_deref().unwrap_or_default();
    invalid.require(iss.len() <= 2000, "/iss", "at most 2000 bytes");
    invalid.finish()?;
    let provider = identity.providers.get(&answer.provider)?;
    let now = identity.clock.now();
    let (state_hash, binding_hash) =
        (secrets::digest(&answer.state), secrets::digest(&answer.binding));
    let name = answer.provider.clone();
    // Gone before anybody is asked: what comes a second time comes from nowhere.
    let write = identity.db.write(move |tx| async move {
        let ticket =
            Ticket { state_hash: &state_hash, binding_hash: &binding_hash, provider: &name };
        Ok::<_, Error>(providers::arrive(&tx, &ticket, now).await?)
    });
    let journey = write.await?.ok_or(Error::SignInExpired)?;
    let came = Answer { code: &answer.code, iss: answer.iss.as_deref() };
    let claims = provider.claims(&came, &journey).await;
    let claims = claims.map_err(|failed| provider.error(failed))?;
    let (state, now) = (identity.clone(), identity.clock.now());
    let write = identity.db.write(move |tx| async move {
        state.enter_by(&tx, (&provider, &claims), &visit, now).await
    });
    Ok(answered(write.await?))
}

/// Links a provider's account with one's own by the password of the latter, and signs in. Whoever has a second factor
/// is asked for its code (202).
#[utoipa::path(post, path = "/api/v1/identity/provider-sign-ins/link",
    operation_id = "link_provider", tag = "identity", request_body = NewLink,
    responses((status = 201, body = Session), (status = 202, body = Challenge),
        (status = "4XX", body = Problem)))]
pub(super) async fn link_provider(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<NewLink>,
) -> Result<Response, Error> {
    secret("/link", &new.link)?;
    let mut invalid = Invalid::new();
    password::check_length(&mut invalid, "/password", &new.password);
    invalid.finish()?;
    let (hash, now) = (secrets::digest(&new.link), identity.clock.now());
    let token_hash = hash.as_str();
    let read =
        identity.db.read(|tx| async move { providers::offered_to(&tx, token_hash, now).await });
    let email = read.await?.ok_or(Error::SignInExpired)?;
    let credentials = Credentials { email, password: new.password };
    let proof = identity.authenticate(&credentials, &visit).await?;
    let state = identity.clone();
    let write = identity.db.write(move |tx| async move {
        let offer = providers::take_offer(&tx, &hash, now).await?;
        let offer = offer.filter(|offer| offer.user_id == proof.account.user.id);
        let offer = offer.ok_or(Error::SignInExpired)?;
        let link = (Some(offer.subject), offer.second_factor_met);
        state.after_proof(&tx, proof, link, &visit, now).await
    });
    Ok(answered(write.await?))
}

fn check_name(invalid: &mut Invalid, provider: &str) {
    invalid.require(provider.len() <= 40, "/provider", "at most 40 characters");
}

fn answered(step: Step) -> Response {
    match step {
        Step::In(session) => (StatusCode::CREATED, Json(session)).into_response(),
        Step::CodeDue(challenge) => (StatusCode::ACCEPTED, Json(challenge)).into_response(),
        Step::LinkDue(link) => Json(link).into_response(),
    }
}
