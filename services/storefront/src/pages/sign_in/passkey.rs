//! Signing in with a passkey: a question for the script, and the browser's answer in a form.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{Form, Json};
use emart_identity_api::PasskeyAnswer;
use http::StatusCode;
use serde::Deserialize;

use super::{device, enter, local, sign_in_page};
use crate::Storefront;
use crate::cookies;
use crate::error::{Error, spoken};
use crate::forms::problem;
use crate::frame::{Visitor, YEAR};
use crate::pages::account::passkeys::Refused;

/// `POST /sign-in/passkey/question`: for the script.
pub(crate) async fn passkey_question(
    State(storefront): State<Storefront>,
) -> Result<Response, Error> {
    match storefront.clients.identity.begin_passkey_sign_in().await {
        Ok(question) => Ok(Json(question).into_response()),
        Err(error) => {
            let Some(error) = spoken(&error) else { return Err(error.into()) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(Refused { error })).into_response())
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Signed {
    question: String,
    /// What the browser answered, as JSON.
    credential: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in/passkey`
pub(crate) async fn passkey_signed(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<Signed>,
) -> Result<Response, Error> {
    let device = device(&visitor);
    let credential = serde_json::from_str(&form.credential).unwrap_or_default();
    let answer = PasskeyAnswer { question: form.question, credential };
    let identity = &storefront.clients.identity;
    let error = match identity.finish_passkey_sign_in(&answer, visitor.user_agent(), &device).await
    {
        Ok(session) => {
            let mut response = enter(&storefront, &visitor, &session, local(&form.next)).await;
            storefront.set_cookie(&mut response, cookies::DEVICE, &device, YEAR);
            return Ok(response);
        }
        Err(error) => error,
    };
    if spoken(&error).is_none() {
        return Err(error.into());
    }
    let text = "This passkey opens no account here, or that took too long. Try again, or sign in in another way.";
    let problems = vec![problem("", text)];
    let page = sign_in_page(&storefront, &visitor, "", form.next, problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
