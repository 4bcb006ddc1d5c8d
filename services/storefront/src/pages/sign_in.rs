//! The small forms in the middle of a page: sign in, register, a forgotten password, and the one-time page of the
//! first administrator. The links in e-mails lead to `/confirm` and `/reset`.

mod code;
mod invitation;
mod links;
mod passkey;
mod provider;
mod register;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::{Caller, Form};
use emart_identity_api::{Credentials, Session, SignInStep};
use emart_mesh::CallError;
use http::StatusCode;
use serde::Deserialize;

use crate::Storefront;
use crate::cookies;
use crate::error::{Error, spoken};
use crate::forms::{self, field, problem};
use crate::frame::{self, Visitor, YEAR};
use crate::view::{Field, FormProblem, Layout};

use self::provider::Way;
pub(crate) use code::{asking, code};
pub(crate) use invitation::{accept, accepting};
pub(crate) use links::{
    confirm, confirmed, forgot, forgotten, reset, resetting, setting_up, setup,
};
pub(crate) use passkey::{passkey_question, passkey_signed};
pub(crate) use provider::{come_back, linking, set_out};
pub(crate) use register::{register, registering};

/// How long the browser keeps the session's secret, in seconds; `identity` may end it sooner.
const SESSION_AGE: u64 = 90 * 86_400;
/// Said beside a new password.
pub(crate) const PASSWORD_HINT: &str =
    "At least 10 characters. A few words in a row are easy to remember.";

#[derive(Template)]
#[template(path = "sign_in.html", whitespace = "minimize")]
pub(crate) struct Door {
    pub(crate) layout: Layout,
    pub(crate) heading: &'static str,
    pub(crate) lead: String,
    pub(crate) action: String,
    pub(crate) next: String,
    /// The secret out of an e-mail's link.
    pub(crate) token: String,
    pub(crate) problems: Vec<FormProblem>,
    pub(crate) fields: Vec<Field>,
    /// Nothing when there is nothing to send: then the page only says something.
    pub(crate) button: &'static str,
    /// Providers where people may have an account that opens theirs here.
    pub(crate) ways: Vec<Way>,
    /// Whether a passkey opens this door.
    pub(crate) passkey: bool,
    pub(crate) others: Vec<Other>,
}

pub(crate) struct Other {
    pub(crate) text: &'static str,
    pub(crate) href: String,
    pub(crate) label: &'static str,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct DoorForm {
    pub(super) email: String,
    pub(super) password: String,
    pub(super) name: String,
    pub(super) next: String,
    pub(super) token: String,
    pub(super) code: String,
}

/// `GET /sign-in`
pub(crate) async fn sign_in(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let next = asked(raw.as_deref(), "next");
    if visitor.caller.user_id().is_some() {
        return Ok(Redirect::to(local(&next)).into_response());
    }
    sign_in_page(&storefront, &visitor, "", next, Vec::new()).await
}

async fn sign_in_page(
    storefront: &Storefront,
    visitor: &Visitor,
    email: &str,
    next: String,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let query = if next.is_empty() {
        String::new()
    } else {
        format!(
            "?next={}",
            url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>()
        )
    };
    let password = field("password", "Password", 200).of("password", "current-password");
    frame::html(&Door {
        layout: storefront.private(visitor, "Sign in", "/sign-in").await,
        passkey: storefront.config.has_passkeys(),
        ways: provider::ways(storefront, &next).await,
        heading: "Welcome back",
        lead: "Sign in to see your orders and saved addresses.".to_owned(),
        action: "/sign-in".to_owned(),
        next,
        token: String::new(),
        fields: vec![
            field("email", "E-mail", 254).of("email", "username").value(email).told(&problems),
            password.told(&problems),
        ],
        problems,
        button: "Sign in",
        others: vec![
            Other {
                text: "New here?",
                href: format!("/register{query}"),
                label: "Create an account",
            },
            Other { text: "No idea?", href: "/forgot".to_owned(), label: "Set a new password" },
        ],
    })
}

/// `POST /sign-in`
pub(crate) async fn signing_in(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let mut problems = Vec::new();
    if form.email.trim().is_empty() {
        problems.push(problem("email", "Enter your e-mail address"));
    }
    if form.password.is_empty() {
        problems.push(problem("password", "Enter your password"));
    }
    if problems.is_empty() {
        let device = device(&visitor);
        let credentials =
            Credentials { email: form.email.trim().to_owned(), password: form.password };
        let agent = visitor.user_agent();
        match storefront.clients.identity.sign_in(&credentials, agent, &device).await {
            Ok(SignInStep::CodeDue(owed)) => {
                return code::page(&storefront, &visitor, owed.challenge, form.next, Vec::new())
                    .await;
            }
            Ok(SignInStep::In(session)) => {
                let mut response = enter(&storefront, &visitor, &session, local(&form.next)).await;
                storefront.set_cookie(&mut response, cookies::DEVICE, &device, YEAR);
                return Ok(response);
            }
            Err(error) => problems.push(refused_entry(error)?),
        }
    }
    let page = sign_in_page(&storefront, &visitor, &form.email, form.next, problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn refused_entry(error: CallError) -> Result<FormProblem, Error> {
    match error.problem().map(|problem| problem.status) {
        Some(400 | 401 | 403 | 404 | 422) => {
            Ok(problem("email", "The e-mail address or the password is not right."))
        }
        Some(429) => Ok(problem("", "Too many tries. Please wait a minute and try again.")),
        _ => Err(error.into()),
    }
}

/// A random id of this browser; the one it has, if it has one.
fn device(visitor: &Visitor) -> String {
    let kept = visitor.cookie(cookies::DEVICE);
    let kept = kept.filter(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
    kept.map_or_else(random, ToOwned::to_owned)
}

/// 128 random bits.
pub(crate) fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Gives the browser its session, brings the guest's cart along, and goes on.
pub(super) async fn enter(
    storefront: &Storefront,
    visitor: &Visitor,
    session: &Session,
    next: &str,
) -> Response {
    let caller = Caller::person(session.user.role, session.user.id.as_str());
    let count = storefront.bring_cart(visitor, caller).await;
    let mut response = Redirect::to(next).into_response();
    let name = cookies::session(storefront.config.secure());
    storefront.set_cookie(&mut response, name, &session.token, SESSION_AGE);
    if let Some(count) = count {
        storefront.set_badge(&mut response, count);
        storefront.forget_cart(&mut response);
    }
    response
}

/// `POST /sign-out`
pub(crate) async fn signing_out(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    if let Some(token) = visitor.cookie(cookies::session(storefront.config.secure())) {
        let ended = storefront.clients.identity.delete_session(token).await;
        // Over already is over.
        ended.or_else(|error| if error.is_refusal() { Ok(()) } else { Err(error) })?;
    }
    let mut response = Redirect::to("/").into_response();
    storefront.set_cookie(&mut response, cookies::session(storefront.config.secure()), "", 0);
    storefront.forget_cart(&mut response);
    storefront.set_badge(&mut response, 0);
    Ok(response)
}

/// A refusal as problems beside the fields; what names no field goes to `main`.
pub(super) fn input_problems(error: CallError, main: &str) -> Result<Vec<FormProblem>, Error> {
    let errors = error.problem().map(|problem| forms::pointed(&problem.errors)).unwrap_or_default();
    if !errors.is_empty() {
        return Ok(errors);
    }
    match spoken(&error) {
        Some(text) => Ok(vec![problem(main, text)]),
        None => Err(error.into()),
    }
}

/// A page that only says something.
pub(super) async fn said(
    storefront: &Storefront,
    visitor: &Visitor,
    heading: &'static str,
    lead: String,
) -> Result<Response, Error> {
    frame::html(&Door {
        layout: storefront.private(visitor, heading, "/").await,
        heading,
        lead,
        action: String::new(),
        next: String::new(),
        token: String::new(),
        problems: Vec::new(),
        fields: Vec::new(),
        button: "",
        passkey: false,
        ways: Vec::new(),
        others: vec![Other { text: "", href: "/".to_owned(), label: "Back to the shop" }],
    })
}

/// A value out of the address.
fn asked(raw: Option<&str>, name: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Where to go on: a path of this shop, whatever the address said.
fn local(next: &str) -> &str {
    let plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if next.starts_with('/') && !next.starts_with("//") && plain { next } else { "/account" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leads_out_of_the_shop_after_signing_in() {
        assert_eq!(local("/checkout"), "/checkout");
        for evil in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nb", "/\t/evil"]
        {
            assert_eq!(local(evil), "/account", "{evil}");
        }
    }
}
