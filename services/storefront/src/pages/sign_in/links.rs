//! The pages that links lead to: confirm an account, set a new password, become the first administrator. Opening a
//! link changes nothing, since mail programs open links by themselves; the button does.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use emart_http::{Form, Path};
use emart_identity_api::{PasswordReset, Setup};
use emart_mesh::CallError;
use http::StatusCode;

use super::{Door, DoorForm, Other, PASSWORD_HINT, asked, enter, input_problems, said};
use crate::Storefront;
use crate::error::Error;
use crate::forms::{self, field, problem};
use crate::frame::{self, Visitor};
use crate::view::{Field, FormProblem};

/// A page with one purpose behind a secret in its address.
struct Link {
    heading: &'static str,
    lead: &'static str,
    action: String,
    token: String,
    fields: Vec<Field>,
    button: &'static str,
    problems: Vec<FormProblem>,
}

impl Link {
    async fn page(self, storefront: &Storefront, visitor: &Visitor) -> Result<Response, Error> {
        let status = if self.problems.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let page = frame::html(&Door {
            layout: storefront.private(visitor, self.heading, "/").await,
            heading: self.heading,
            lead: self.lead.to_owned(),
            action: self.action,
            next: String::new(),
            token: self.token,
            problems: self.problems,
            fields: self.fields,
            button: self.button,
            passkey: false,
            ways: Vec::new(),
            others: vec![Other { text: "", href: "/".to_owned(), label: "Back to the shop" }],
        })?;
        Ok((status, page).into_response())
    }
}

fn confirmation(token: &str, problems: Vec<FormProblem>) -> Link {
    Link {
        heading: "Open your account",
        lead: "One click, and your account is ready.",
        action: "/confirm".to_owned(),
        token: token.to_owned(),
        fields: Vec::new(),
        button: "Open my account",
        problems,
    }
}

/// `GET /confirm?token=`
pub(crate) async fn confirm(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let token = asked(raw.as_deref(), "token");
    confirmation(&token, Vec::new()).page(&storefront, &visitor).await
}

/// `POST /confirm`
pub(crate) async fn confirmed(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let token = form.token;
    match storefront.clients.identity.confirm_registration(&token).await {
        Ok(session) => Ok(enter(&storefront, &visitor, &session, "/account").await),
        Err(error) => {
            let problems = vec![stale(error)?];
            confirmation(&token, problems).page(&storefront, &visitor).await
        }
    }
}

/// A link that has been used or has run out.
pub(super) fn stale(error: CallError) -> Result<FormProblem, Error> {
    if error.is_refusal() {
        Ok(problem("", "This link has been used already or has run out. Please ask for a new one."))
    } else {
        Err(error.into())
    }
}

fn forgetting(email: &str, problems: Vec<FormProblem>) -> Link {
    Link {
        heading: "Set a new password",
        lead: "Tell us your e-mail address, and we send a link.",
        action: "/forgot".to_owned(),
        token: String::new(),
        fields: vec![
            field("email", "E-mail", 254).of("email", "username").value(email).told(&problems),
        ],
        button: "Send the link",
        problems,
    }
}

/// `GET /forgot`
pub(crate) async fn forgot(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    forgetting("", Vec::new()).page(&storefront, &visitor).await
}

/// `POST /forgot`
pub(crate) async fn forgotten(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let email = form.email.trim();
    if !forms::is_email(email) {
        let problems = vec![problem("email", "Enter an e-mail address like name@example.com")];
        return forgetting(email, problems).page(&storefront, &visitor).await;
    }
    if let Err(error) = storefront.clients.identity.request_password_reset(email).await {
        let problems = input_problems(error, "email")?;
        return forgetting(email, problems).page(&storefront, &visitor).await;
    }
    let lead = format!("If there is an account for {email}, a link is on its way to it.");
    said(&storefront, &visitor, "Check your e-mail", lead).await
}

fn new_password(token: &str, problems: Vec<FormProblem>) -> Link {
    Link {
        heading: "Set a new password",
        lead: "After this you are signed out everywhere, and sign in with the new password.",
        action: "/reset".to_owned(),
        token: token.to_owned(),
        fields: vec![
            field("password", "New password", 200)
                .of("password", "new-password")
                .hint(PASSWORD_HINT)
                .told(&problems),
        ],
        button: "Set password",
        problems,
    }
}

/// `GET /reset?token=`
pub(crate) async fn reset(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let token = asked(raw.as_deref(), "token");
    new_password(&token, Vec::new()).page(&storefront, &visitor).await
}

/// `POST /reset`
pub(crate) async fn resetting(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let token = form.token;
    let reset = PasswordReset { token: token.clone(), password: form.password };
    match storefront.clients.identity.reset_password(&reset).await {
        Ok(()) => {
            let lead = "Your new password is set. Sign in with it whenever you like.".to_owned();
            said(&storefront, &visitor, "Done", lead).await
        }
        Err(error) => {
            let password = error.problem().is_some_and(|problem| problem.status == 422);
            let problems =
                if password { input_problems(error, "password")? } else { vec![stale(error)?] };
            new_password(&token, problems).page(&storefront, &visitor).await
        }
    }
}

fn first_administrator(token: &str, email: &str, problems: Vec<FormProblem>) -> Link {
    let password = field("password", "Password", 200).of("password", "new-password");
    Link {
        heading: "Your store is running",
        lead: "Create the first administrator. This link works once.",
        action: format!("/setup/{token}"),
        token: String::new(),
        fields: vec![
            field("email", "E-mail", 254).of("email", "username").value(email).told(&problems),
            password.hint(PASSWORD_HINT).told(&problems),
        ],
        button: "Create administrator",
        problems,
    }
}

/// `GET /setup/{token}`
pub(crate) async fn setup(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Error> {
    first_administrator(&token, "", Vec::new()).page(&storefront, &visitor).await
}

/// `POST /setup/{token}`
pub(crate) async fn setting_up(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(token): Path<String>,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let email = form.email.trim().to_owned();
    let setup = Setup { token: token.clone(), email: email.clone(), password: form.password };
    match storefront.clients.identity.setup(&setup).await {
        Ok(session) => Ok(enter(&storefront, &visitor, &session, "/admin").await),
        Err(error) => {
            let input = error.problem().is_some_and(|problem| problem.status == 422);
            let problems =
                if input { input_problems(error, "password")? } else { vec![stale(error)?] };
            first_administrator(&token, &email, problems).page(&storefront, &visitor).await
        }
    }
}
