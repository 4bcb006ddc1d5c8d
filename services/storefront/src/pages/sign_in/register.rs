//! Asking for an account: the answer is the same whether there is one, and the rest goes by e-mail.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::Form;
use emart_identity_api::NewRegistration;
use http::StatusCode;

use super::{Door, DoorForm, Other, PASSWORD_HINT, input_problems, said};
use crate::Storefront;
use crate::error::Error;
use crate::forms::{self, field, problem};
use crate::frame::{self, Visitor};
use crate::view::FormProblem;

/// `GET /register`
pub(crate) async fn register(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    register_page(&storefront, &visitor, &DoorForm::default(), Vec::new()).await
}

async fn register_page(
    storefront: &Storefront,
    visitor: &Visitor,
    form: &DoorForm,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let name = field("name", "What shall we call you?", 100).of("text", "name").optional(true);
    let password = field("password", "Password", 200).of("password", "new-password");
    frame::html(&Door {
        layout: storefront.private(visitor, "Create an account", "/register").await,
        heading: "Create an account",
        lead: "Your orders in one place, and a checkout that knows your address.".to_owned(),
        action: "/register".to_owned(),
        next: String::new(),
        token: String::new(),
        fields: vec![
            field("email", "E-mail", 254).of("email", "email").value(&form.email).told(&problems),
            name.value(&form.name).told(&problems),
            password.hint(PASSWORD_HINT).told(&problems),
        ],
        problems,
        button: "Create account",
        passkey: false,
        ways: Vec::new(),
        others: vec![Other {
            text: "Been here before?",
            href: "/sign-in".to_owned(),
            label: "Sign in",
        }],
    })
}

/// `POST /register`
pub(crate) async fn registering(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<DoorForm>,
) -> Result<Response, Error> {
    let email = form.email.trim();
    if !forms::is_email(email) {
        let problems = vec![problem("email", "Enter an e-mail address like name@example.com")];
        let page = register_page(&storefront, &visitor, &form, problems).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let name = Some(form.name.trim().to_owned()).filter(|name| !name.is_empty());
    let new = NewRegistration { email: email.to_owned(), password: form.password.clone(), name };
    match storefront.clients.identity.register(&new).await {
        Ok(()) => {
            let lead = format!(
                "We have sent a message to {email}. The link in it opens your account; until then nothing is kept."
            );
            said(&storefront, &visitor, "Check your e-mail", lead).await
        }
        Err(error) => {
            let problems = input_problems(error, "password")?;
            let page = register_page(&storefront, &visitor, &form, problems).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
