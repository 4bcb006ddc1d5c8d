//! Taking an invitation to work in the shop. Opening the link changes nothing; the button does.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use emart_http::Form;
use emart_identity_api::AcceptInvitation;
use http::StatusCode;

use super::links::stale;
use super::{Door, DoorForm, Other, PASSWORD_HINT, asked, enter, input_problems};
use crate::Storefront;
use crate::error::Error;
use crate::forms::field;
use crate::frame::{self, Visitor};
use crate::view::FormProblem;

async fn page(
    storefront: &Storefront,
    visitor: &Visitor,
    token: String,
    name: &str,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let password = field("password", "Password", 200).of("password", "new-password");
    let page = frame::html(&Door {
        layout: storefront.private(visitor, "Work with us", "/").await,
        heading: "Work with us",
        lead: "Choose a password, and you are in. If you have an account here already, it stays yours, with this new password."
            .to_owned(),
        action: "/invitation".to_owned(),
        next: String::new(),
        token,
        fields: vec![
            field("name", "Your name", 100).of("text", "name").optional(true).value(name).told(&problems),
            password.hint(PASSWORD_HINT).told(&problems),
        ],
        problems,
        button: "Begin",
        passkey: false,
        ways: Vec::new(),
        others: vec![Other { text: "", href: "/".to_owned(), label: "Back to the shop" }],
    })?;
    Ok((status, page).into_response())
}

/// `GET /invitation?token=`
pub(crate) async fn accept(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let token = asked(raw.as_deref(), "token");
    page(&storefront, &visitor, token, "", Vec::new()).await
}

/// `POST /invitation`
pub(crate) async fn accepting(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let name = form.name.trim().to_owned();
    let accept = AcceptInvitation {
        token: form.token.clone(),
        password: form.password,
        name: Some(name.clone()).filter(|name| !name.is_empty()),
    };
    match storefront.clients.identity.accept_invitation(&accept).await {
        Ok(session) => Ok(enter(&storefront, &visitor, &session, "/admin").await),
        Err(error) => {
            let input = error.problem().is_some_and(|problem| problem.status == 422);
            let problems =
                if input { input_problems(error, "password")? } else { vec![stale(error)?] };
            page(&storefront, &visitor, form.token, &name, problems).await
        }
    }
}
