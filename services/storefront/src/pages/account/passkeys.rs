//! The passkeys of an account: looked at, added by the browser (`static/passkey.js`), removed.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::{Form, Json};
use emart_identity_api::{NewPasskey, Passkey, PasswordAgain};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{Remove, owner};
use crate::Storefront;
use crate::error::{Error, spoken};
use crate::forms::{field, problem};
use crate::frame::{self, Visitor};
use crate::view::{Field, FormProblem, Layout};
use crate::words;

const PATH: &str = "/account/passkeys";

#[derive(Template)]
#[template(path = "account_passkeys.html", whitespace = "minimize")]
pub(crate) struct Passkeys {
    pub(crate) layout: Layout,
    pub(crate) tab: &'static str,
    pub(crate) email: String,
    pub(crate) done: Option<&'static str>,
    pub(crate) problems: Vec<FormProblem>,
    pub(crate) passkeys: Vec<PasskeyRow>,
    /// Whether the shop's address is one that passkeys can belong to.
    pub(crate) able: bool,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct PasskeyRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) used: String,
}

/// `GET /account/passkeys`
pub(crate) async fn passkeys(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    page(&storefront, &visitor, Vec::new()).await
}

async fn page(
    storefront: &Storefront,
    visitor: &Visitor,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let email = owner(storefront, visitor, PATH).await?;
    let kept = storefront.clients.identity.passkeys().await?;
    let row = |passkey: Passkey| PasskeyRow {
        id: passkey.id.to_string(),
        name: passkey.name,
        used: match passkey.used_at {
            Some(at) => format!("Used last on {}", words::date(at)),
            None => format!("Added on {}", words::date(passkey.created_at)),
        },
    };
    frame::html(&Passkeys {
        layout: storefront.private(visitor, "Your passkeys", PATH).await,
        tab: "passkeys",
        email,
        done: None,
        problems,
        passkeys: kept.items.into_iter().map(row).collect(),
        able: storefront.config.has_passkeys(),
        fields: vec![
            field("name", "What to call it", 60).hint("Such as the device it is on."),
            field("password", "Your password", 200).of("password", "current-password"),
        ],
    })
}

#[derive(Deserialize)]
pub(crate) struct Again {
    password: String,
}

/// What a script is told that could not go on.
#[derive(Serialize)]
pub(crate) struct Refused {
    pub(crate) error: String,
}

/// `POST /account/passkeys/question`: for the script.
pub(crate) async fn question(
    State(storefront): State<Storefront>,
    Form(again): Form<Again>,
) -> Result<Response, Error> {
    let again = PasswordAgain { password: again.password };
    match storefront.clients.identity.begin_passkey(&again).await {
        Ok(question) => Ok(Json(question).into_response()),
        Err(error) => {
            let Some(error) = spoken(&error) else { return Err(error.into()) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(Refused { error })).into_response())
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Added {
    name: String,
    question: String,
    /// What the browser answered, as JSON.
    credential: String,
}

/// `POST /account/passkeys`
pub(crate) async fn add(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<Added>,
) -> Result<Response, Error> {
    owner(&storefront, &visitor, PATH).await?;
    let credential = serde_json::from_str(&form.credential).unwrap_or_default();
    let new = NewPasskey { question: form.question, name: form.name, credential };
    match storefront.clients.identity.create_passkey(&new).await {
        Ok(_) => Ok(Redirect::to(PATH).into_response()),
        Err(error) => {
            let Some(text) = spoken(&error) else { return Err(error.into()) };
            let page = page(&storefront, &visitor, vec![problem("", text)]).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `POST /account/passkeys/remove`
pub(crate) async fn remove(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<Remove>,
) -> Result<Response, Error> {
    owner(&storefront, &visitor, PATH).await?;
    let id = form.id.parse().map_err(|_| Error::NotFound)?;
    let removed = storefront.clients.identity.delete_passkey(&id).await;
    // Gone already is gone.
    removed.or_else(|error| if error.is_refusal() { Ok(()) } else { Err(error) })?;
    Ok(Redirect::to(PATH).into_response())
}
