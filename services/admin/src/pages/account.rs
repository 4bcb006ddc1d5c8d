//! One's own account: the second factor, what is signed in, the password. For everybody who works here, also for those
//! whom the store wants to have a second factor before they may do anything else.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use emart_http::{Form, Path};
use emart_identity_api::{Code, PasswordAgain, PasswordChange, TwoFactor, TwoFactorSetup};
use serde::Deserialize;

use crate::Admin;
use crate::error::{Error, form_problems, refusal};
use crate::forms::{self, Field, Problems};
use crate::frame::{self, Frame};
use crate::pages::people::sign_ins;
use crate::table::Table;
use crate::visitor::Visitor;
use crate::words;

const HOME: &str = "/admin/account";
/// The session's token, from the gateway.
const SESSION: &str = "emart-session";

#[derive(Template)]
#[template(path = "account/account.html", whitespace = "minimize")]
struct Account {
    frame: Frame,
    problems: Problems,
    two_factor: TwoFactor,
    since: String,
    again: Field,
    password: Vec<Field>,
    sign_ins: Table,
    others: Vec<(String, String)>,
    shop_path: String,
}

#[derive(Template)]
#[template(path = "account/two_factor.html", whitespace = "minimize")]
struct Begun {
    frame: Frame,
    problems: Problems,
    setup: Option<TwoFactorSetup>,
    code: Field,
}

#[derive(Template)]
#[template(path = "account/codes.html", whitespace = "minimize")]
struct Codes {
    frame: Frame,
    codes: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AccountForm {
    password: String,
    current: String,
    new: String,
    code: String,
}

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route(HOME, get(show))
        .route("/admin/account/password", post(change_password))
        .route("/admin/account/two-factor", get(back).post(begin))
        .route("/admin/account/two-factor/confirm", get(back).post(confirm))
        .route("/admin/account/two-factor/end", post(end))
        .route("/admin/account/two-factor/codes", get(back).post(codes))
        .route("/admin/account/sessions/{id}/end", post(end_session))
}

/// Nothing is to be looked at there.
async fn back() -> Redirect {
    Redirect::to(HOME)
}

fn session(visitor: &Visitor) -> &str {
    visitor.headers.get(SESSION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn page(admin: &Admin, visitor: &Visitor, problems: Problems) -> Result<Account, Error> {
    let identity = &admin.clients.identity;
    let two_factor = identity.two_factor().await?;
    let list = identity.my_sign_ins(session(visitor)).await?;
    let now = admin.clock.now();
    let mut frame = admin.frame(visitor, "Your account").await;
    if two_factor.required && two_factor.since.is_none() {
        let note = "This shop wants a second factor of everybody who works here. Turn it on, or sign in with a passkey, and you can begin.";
        frame = frame.note(note);
    }
    let secret = |name, label| forms::text(name, label, 200).input("password");
    let others = list.items.iter().filter(|one| !one.current);
    let named = |one: &emart_identity_api::SignedInWith| {
        let name = one.user_agent.clone().unwrap_or_else(|| "A program".to_owned());
        (one.id.clone(), name)
    };
    Ok(Account {
        frame,
        shop_path: admin.config.shop_path().to_owned(),
        since: two_factor.since.map(words::date).unwrap_or_default(),
        two_factor,
        again: secret("password", "Your password").autocomplete("current-password").told(&problems),
        password: vec![
            secret("current", "Password so far").autocomplete("current-password").told(&problems),
            secret("new", "New password")
                .autocomplete("new-password")
                .hint("At least 10 characters. A few words in a row are easy to remember.")
                .told(&problems),
        ],
        problems,
        others: others.map(named).collect(),
        sign_ins: sign_ins(&list.items, now),
    })
}

/// `GET /admin/account`
async fn show(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    frame::html(&page(&admin, &visitor, Problems::default()).await?)
}

async fn again(
    admin: &Admin,
    visitor: &Visitor,
    error: emart_mesh::CallError,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    if error.is("too-many-attempts") {
        problems.add("", "Too many tries. Please wait a minute");
    } else {
        problems = form_problems(error)?;
    }
    frame::again(&page(admin, visitor, problems).await?)
}

/// `POST /admin/account/password`
async fn change_password(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<AccountForm>,
) -> Result<Response, Error> {
    let change = PasswordChange { current: form.current, new: form.new };
    match admin.clients.identity.change_password(&change, session(&visitor)).await {
        Ok(()) => Ok(admin.done(HOME, "Your new password is set. All other sign-ins have ended.")),
        Err(error) => again(&admin, &visitor, error).await,
    }
}

async fn begun(
    admin: &Admin,
    visitor: &Visitor,
    setup: Option<TwoFactorSetup>,
    problems: Problems,
) -> Begun {
    let frame = admin.frame(visitor, "Turn on two-factor").await.back(HOME, "Your account");
    let code = forms::text("code", "Six digits", 40).mode("numeric").autocomplete("one-time-code");
    Begun { frame, setup, code: code.told(&problems), problems }
}

/// `POST /admin/account/two-factor`
async fn begin(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<AccountForm>,
) -> Result<Response, Error> {
    let password = PasswordAgain { password: form.password };
    match admin.clients.identity.begin_two_factor(&password).await {
        Ok(mut setup) => {
            // The picture stands in a page: it needs no declaration of its own.
            if let Some((_, svg)) = setup.qr_svg.split_once("?>") {
                setup.qr_svg = svg.to_owned();
            }
            frame::html(&begun(&admin, &visitor, Some(setup), Problems::default()).await)
        }
        Err(error) => again(&admin, &visitor, error).await,
    }
}

/// `POST /admin/account/two-factor/confirm`
async fn confirm(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<AccountForm>,
) -> Result<Response, Error> {
    let code = Code { code: form.code };
    match admin.clients.identity.confirm_two_factor(&code).await {
        Ok(made) => shown(&admin, &visitor, made.codes).await,
        Err(error) if error.problem().is_some_and(|problem| problem.status == 422) => {
            let problems = form_problems(error)?;
            frame::again(&begun(&admin, &visitor, None, problems).await)
        }
        Err(error) => again(&admin, &visitor, error).await,
    }
}

/// `POST /admin/account/two-factor/codes`
async fn codes(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<AccountForm>,
) -> Result<Response, Error> {
    let password = PasswordAgain { password: form.password };
    match admin.clients.identity.new_recovery_codes(&password).await {
        Ok(made) => shown(&admin, &visitor, made.codes).await,
        Err(error) => again(&admin, &visitor, error).await,
    }
}

async fn shown(admin: &Admin, visitor: &Visitor, codes: Vec<String>) -> Result<Response, Error> {
    let frame = admin.frame(visitor, "Your recovery codes").await.back(HOME, "Your account");
    frame::html(&Codes { frame, codes })
}

/// `POST /admin/account/two-factor/end`
async fn end(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<AccountForm>,
) -> Result<Response, Error> {
    let password = PasswordAgain { password: form.password };
    match admin.clients.identity.end_two_factor(&password).await {
        Ok(()) => Ok(admin.done(HOME, "Two-factor is off.")),
        Err(error) => again(&admin, &visitor, error).await,
    }
}

/// `POST /admin/account/sessions/{id}/end`
async fn end_session(
    State(admin): State<Admin>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    // An id is letters, digits, `-` and `_`: nothing else becomes part of a path.
    if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Ok(Error::NotFound.into_response());
    }
    match admin.clients.identity.end_my_sign_in(&id).await {
        Ok(()) => Ok(admin.done(HOME, "It is signed out.")),
        Err(error) => Ok(admin.failed(HOME, &refusal(error)?)),
    }
}
