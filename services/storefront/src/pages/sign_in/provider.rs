//! Signing in with an account elsewhere: to an OpenID Connect provider and back. What the browser alone keeps meanwhile is
//! a cookie for a few minutes: the secret that the answer has to come with, and where to go on.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::{Form, Path};
use emart_identity_api::{LinkDue, NewLink, Provider, ProviderAnswer, ProviderStep};
use emart_mesh::CallError;
use http::StatusCode;
use url::form_urlencoded::{byte_serialize, parse};

use super::{Door, DoorForm, Other, asked, code, device, enter, local, sign_in_page};
use crate::Storefront;
use crate::cookies;
use crate::error::{Error, spoken};
use crate::forms::{field, problem};
use crate::frame::{self, Visitor, YEAR};
use crate::view::FormProblem;

/// How long somebody may be at the provider's, in seconds.
const AWAY: u64 = 600;
/// How long the way on may be, in bytes.
const LONGEST_NEXT: usize = 3000;

/// A way to a provider, on the sign-in page.
pub(crate) struct Way {
    pub(crate) href: String,
    pub(crate) label: String,
}

/// The ways to the providers: those of staff for whoever is on the way to the back office, all others for everybody.
pub(super) async fn ways(storefront: &Storefront, next: &str) -> Vec<Way> {
    let providers = match storefront.clients.identity.providers().await {
        Ok(providers) => providers.items,
        // The password works all the same.
        Err(error) => {
            tracing::warn!(%error, "the sign-in providers could not be read");
            Vec::new()
        }
    };
    let to_work = next == "/admin" || next.starts_with("/admin/") || next.starts_with("/admin?");
    let shown = |provider: &Provider| provider.customers || (provider.staff && to_work);
    let next: String = byte_serialize(next.as_bytes()).collect();
    let way = |provider: Provider| Way {
        href: format!("/sign-in/with/{}?next={next}", provider.name),
        label: provider.label,
    };
    providers.into_iter().filter(shown).map(way).collect()
}

/// `GET /sign-in/with/{provider}?next=`
pub(crate) async fn set_out(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(provider): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let next = asked(raw.as_deref(), "next");
    if visitor.caller.user_id().is_some() {
        return Ok(Redirect::to(local(&next)).into_response());
    }
    match storefront.clients.identity.begin_provider_sign_in(&provider).await {
        Ok(begun) => {
            let next: String = byte_serialize(local(&next).as_bytes()).collect();
            // Browsers forget a cookie that is too large, and with it the secret.
            let next = if next.len() > LONGEST_NEXT { String::new() } else { next };
            let kept = format!("{}.{next}", begun.binding);
            let mut response = Redirect::to(&begun.location).into_response();
            storefront.set_cookie(&mut response, cookies::JOURNEY, &kept, AWAY);
            Ok(response)
        }
        Err(error) => turned_away(&storefront, &visitor, error, next).await,
    }
}

/// `GET /sign-in/with/{provider}/return`
pub(crate) async fn come_back(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(provider): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let (binding, next) = kept(&visitor);
    let said = |name: &str| asked(raw.as_deref(), name);
    let (state, code, iss) = (said("state"), said("code"), said("iss"));
    let mut response = if code.is_empty() {
        let text = "You were not signed in there. Try again, or sign in in another way.";
        again(&storefront, &visitor, text.to_owned(), next).await?
    } else {
        let iss = (!iss.is_empty()).then_some(iss);
        let answer = ProviderAnswer { provider, binding, state, code, iss };
        let (identity, device) = (&storefront.clients.identity, device(&visitor));
        let step = identity.finish_provider_sign_in(&answer, visitor.user_agent(), &device);
        match step.await {
            Ok(step) => go_on(&storefront, &visitor, (step, &device), next).await?,
            Err(error) => turned_away(&storefront, &visitor, error, next).await?,
        }
    };
    storefront.set_cookie(&mut response, cookies::JOURNEY, "", 0);
    Ok(response)
}

/// `POST /sign-in/link`
pub(crate) async fn linking(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let (identity, device) = (&storefront.clients.identity, device(&visitor));
    let new = NewLink { link: form.token.clone(), password: form.password };
    let error = match identity.link_provider(&new, visitor.user_agent(), &device).await {
        Ok(step) => return go_on(&storefront, &visitor, (step, &device), form.next).await,
        Err(error) => error,
    };
    let told = match error.problem().map(|problem| problem.status) {
        _ if error.is("bad-credentials") => "This password is not right.",
        Some(422) => "Enter your password.",
        Some(429) => "Too many tries. Please wait a minute and try again.",
        _ => return turned_away(&storefront, &visitor, error, form.next).await,
    };
    let problems = vec![problem("password", told)];
    let page = link_page(&storefront, &visitor, (form.token, &form.email), form.next, problems);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page.await?).into_response())
}

async fn go_on(
    storefront: &Storefront,
    visitor: &Visitor,
    (step, device): (ProviderStep, &str),
    next: String,
) -> Result<Response, Error> {
    match step {
        ProviderStep::In(session) => {
            let mut response = enter(storefront, visitor, &session, local(&next)).await;
            storefront.set_cookie(&mut response, cookies::DEVICE, device, YEAR);
            Ok(response)
        }
        ProviderStep::CodeDue(owed) => {
            code::page(storefront, visitor, owed.challenge, next, Vec::new()).await
        }
        ProviderStep::LinkDue(LinkDue { link, email, .. }) => {
            link_page(storefront, visitor, (link, &email), next, Vec::new()).await
        }
    }
}

/// Asks for the password of the account that is there already.
async fn link_page(
    storefront: &Storefront,
    visitor: &Visitor,
    (link, email): (String, &str),
    next: String,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let password = field("password", "Password", 200).of("password", "current-password");
    frame::html(&Door {
        layout: storefront.private(visitor, "You have an account here", "/sign-in").await,
        heading: "You have an account here",
        lead: format!(
            "There is an account for {email}. Enter its password this once, and from now on you come in without."
        ),
        action: "/sign-in/link".to_owned(),
        next,
        token: link,
        fields: vec![
            field("email", "E-mail", 254).of("email", "username").value(email).fixed(),
            password.told(&problems),
        ],
        problems,
        button: "Continue",
        passkey: false,
        ways: Vec::new(),
        others: vec![Other {
            text: "No idea?",
            href: "/forgot".to_owned(),
            label: "Set a new password",
        }],
    })
}

/// The sign-in page with what was refused, in words; a provider that is away is no fault of the shop's.
async fn turned_away(
    storefront: &Storefront,
    visitor: &Visitor,
    error: CallError,
    next: String,
) -> Result<Response, Error> {
    let text = match error.problem().map(|problem| problem.status) {
        _ if error.is("sign-in-expired") => {
            "That took too long, or was begun in another browser. Please begin again.".to_owned()
        }
        Some(429) => "Too many tries. Please wait a minute and try again.".to_owned(),
        Some(401 | 403 | 422 | 424) => {
            format!(
                "{} Sign in in another way, or try again later.",
                spoken(&error).unwrap_or_default()
            )
        }
        _ => return Err(error.into()),
    };
    again(storefront, visitor, text, next).await
}

async fn again(
    storefront: &Storefront,
    visitor: &Visitor,
    text: String,
    next: String,
) -> Result<Response, Error> {
    let problems = vec![problem("", text)];
    let page = sign_in_page(storefront, visitor, "", next, problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What the browser kept: the secret, and where to go on.
fn kept(visitor: &Visitor) -> (String, String) {
    let cookie = visitor.cookie(cookies::JOURNEY).unwrap_or_default();
    let (binding, next) = cookie.split_once('.').unwrap_or_default();
    let next = parse(next.as_bytes()).next().map(|(next, _)| next.into_owned());
    (binding.to_owned(), next.unwrap_or_default())
}
