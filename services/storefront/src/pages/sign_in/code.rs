//! The second step of a sign-in: the code out of an app, or one of those for the day the app is lost.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::Form;
use emart_identity_api::SecondFactor;
use http::StatusCode;

use super::{Door, DoorForm, Other, device, enter, local};
use crate::Storefront;
use crate::cookies;
use crate::error::Error;
use crate::forms::{field, problem};
use crate::frame::{self, Visitor, YEAR};
use crate::view::FormProblem;

/// Asks for the code. What the password was answered with stands in the form: it is worth nothing without a code.
pub(super) async fn page(
    storefront: &Storefront,
    visitor: &Visitor,
    challenge: String,
    next: String,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    frame::html(&Door {
        layout: storefront.private(visitor, "Enter your code", "/sign-in").await,
        heading: "Enter your code",
        lead: "Open the app on your phone and type the six digits it shows for this shop."
            .to_owned(),
        action: "/sign-in/code".to_owned(),
        next,
        token: challenge,
        fields: vec![
            field("code", "Code", 40)
                .of("text", "one-time-code")
                .hint("Without your phone, use one of your recovery codes.")
                .told(&problems),
        ],
        problems,
        button: "Continue",
        passkey: false,
        ways: Vec::new(),
        others: vec![Other { text: "", href: "/sign-in".to_owned(), label: "Begin again" }],
    })
}

/// `GET /sign-in/code`: nobody comes here without a password.
pub(crate) async fn code() -> Redirect {
    Redirect::to("/sign-in")
}

/// `POST /sign-in/code`
pub(crate) async fn asking(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let device = device(&visitor);
    let answer = SecondFactor { challenge: form.token.clone(), code: form.code.trim().to_owned() };
    let sent = storefront.clients.identity.second_factor(&answer, visitor.user_agent(), &device);
    let error = match sent.await {
        Ok(session) => {
            let mut response = enter(&storefront, &visitor, &session, local(&form.next)).await;
            storefront.set_cookie(&mut response, cookies::DEVICE, &device, YEAR);
            return Ok(response);
        }
        Err(error) => error,
    };
    let told = match error.problem().map(|problem| problem.status) {
        _ if error.is("sign-in-expired") || error.is("bad-credentials") => {
            return Ok(Redirect::to("/sign-in").into_response());
        }
        Some(401) => "This code is not right, or was used before. Wait for the next one.",
        Some(422) => "Enter the code.",
        Some(429) => "Too many tries. Please wait a minute and try again.",
        _ => return Err(error.into()),
    };
    let problems = vec![problem("code", told)];
    let page = page(&storefront, &visitor, form.token, form.next, problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
