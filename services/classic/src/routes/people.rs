//! Registration, signing in and out.

use axum::extract::State;
use emart_classic_api::PutPerson;
use emart_identity_api::{Credentials, NewAccount, NewLongToken, UserId};
use emart_mesh::CallError;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::forms::Form;
use super::{No, Yes, yes};
use crate::Classic;
use crate::domain::cart::Status;
use crate::domain::person::{self, Registration};
use crate::domain::shapes::{Cart, User};
use crate::error::Error;
use crate::ops::acting_as;
use crate::store::people;

/// The header in which the gateway hands a bearer token on, to whom it is any business.
const BEARER: &str = "emart-bearer";

/// A registration.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "it is read field by field, so that all that is wrong is told at once"
)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewUser {
    email: String,
    password: String,
    password2: String,
    card_id: String,
    fname: String,
    lname: String,
    city: String,
    street: String,
}

/// Who someone says they are.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "the documentation of a form")]
pub(crate) struct Login {
    email: String,
    password: String,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserBody {
    pub(crate) user: User,
}

/// A token and whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenBody {
    message: &'static str,
    token: String,
    user: User,
}

/// Makes an account, at once. A role in the form does not count.
#[utoipa::path(post, path = "/api/user/register", operation_id = "register", tag = "classic",
    request_body = NewUser,
    responses((status = 200, body = Yes<UserBody>), (status = "4XX", body = No)))]
pub(crate) async fn register(
    State(classic): State<Classic>,
    Form(fields): Form,
) -> Result<Yes<UserBody>, Error> {
    if !classic.config.registration {
        return Err(Error::not_found("Could not register user"));
    }
    let form = person::registration(&fields).map_err(|errors| Error::Form("message", errors))?;
    if classic.clients.identity.has_account(&form.email).await.map_err(not_taken)? {
        return Err(Error::bad_request("Email already exists"));
    }
    let id = UserId::new();
    classic.reserve(&id, &form).await?;
    let account = NewAccount {
        id: id.clone(),
        email: form.email.clone(),
        password: form.password.clone(),
        name: Some(format!("{} {}", form.fname, form.lname)),
    };
    let user = match classic.clients.identity.create_account(&account).await {
        Ok(user) => user,
        Err(error) if error.is_refusal() => {
            classic.give_up(&id).await?;
            return Err(if error.is("email-taken") {
                Error::bad_request("Email already exists")
            } else {
                not_taken(error)
            });
        }
        Err(error) => return Err(error.into()),
    };
    Ok(yes(UserBody {
        user: User {
            cart: Cart { status: Status::New, items: Vec::new(), created: None },
            role: 0,
            id: classic.hex("user", id.as_str()),
            card_id: form.card_id,
            fname: form.fname,
            lname: form.lname,
            email: user.email,
            city: form.city,
            street: form.street,
            version: 0,
        },
    }))
}

/// An address that `identity` does not take.
fn not_taken(error: CallError) -> Error {
    if error.is("invalid") {
        return Error::Form("message", [("email", "Email is invalid".to_owned())].into());
    }
    error.into()
}

impl Classic {
    /// Keeps a card id for a person who is about to have an account. One that was kept for an account that then was not
    /// made is free again.
    async fn reserve(&self, id: &UserId, form: &Registration) -> Result<(), Error> {
        let person = PutPerson {
            user_id: id.clone(),
            card_id: form.card_id.clone(),
            fname: form.fname.clone(),
            lname: form.lname.clone(),
            city: form.city.clone(),
            street: form.street.clone(),
            cart: None,
        };
        for _ in 0..2 {
            let new = person.clone();
            let kept = self.db.write(move |tx| async move {
                if people::insert(&tx, &new).await? {
                    return Ok::<_, emart_store::Error>(None);
                }
                people::by_card(&tx, &new.card_id).await
            });
            let Some(other) = kept.await? else { return Ok(()) };
            if self.clients.identity.user(&other).await?.is_some() {
                break;
            }
            self.give_up(&other).await?;
        }
        Err(Error::bad_request("Personal ID already exists"))
    }

    async fn give_up(&self, id: &UserId) -> Result<(), Error> {
        let id = id.to_string();
        Ok(self.db.write(move |tx| async move { people::delete(&tx, &id).await }).await?)
    }
}

/// Signs in, with a token that lives for long.
#[utoipa::path(post, path = "/api/user/login", operation_id = "login", tag = "classic",
    request_body = Login,
    responses((status = 200, body = Yes<TokenBody>), (status = "4XX", body = No)))]
pub(crate) async fn login(
    State(classic): State<Classic>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Yes<TokenBody>, Error> {
    let (email, password) = (fields.text("email").trim(), fields.value("password").as_str());
    if email.is_empty() {
        return Err(Error::bad_request("User not found"));
    }
    let Some(password) = password.filter(|password| !password.is_empty()) else {
        return Err(Error::bad_request("Password is incorrect"));
    };
    let (email, password) = (email.to_owned(), password.to_owned());
    let seconds = classic.config.token_hours * 3600;
    let new = NewLongToken { credentials: Credentials { email, password }, seconds };
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let signed_in = classic.clients.identity.create_long_token(&new, agent.unwrap_or_default());
    let signed_in = signed_in.await.map_err(not_signed_in)?;
    let user = &signed_in.user;
    let shown = Box::pin(classic.user_now(&user.id));
    let shown = acting_as(user.role, &user.id, shown).await?;
    Ok(yes(TokenBody { message: "Token was assigned", token: signed_in.token, user: shown }))
}

/// The same words whether there is such an account.
fn not_signed_in(error: CallError) -> Error {
    let Some(problem) = error.problem() else { return error.into() };
    if problem.is("bad-credentials") {
        return Error::bad_request("Password is incorrect");
    }
    if problem.is("invalid") {
        let about_email = problem.errors.iter().any(|error| error.pointer == "/email");
        let said = if about_email { "User not found" } else { "Password is incorrect" };
        return Error::bad_request(said);
    }
    if problem.status == StatusCode::TOO_MANY_REQUESTS.as_u16() {
        return Error::TooMany(problem.retry_after_seconds.unwrap_or(1));
    }
    error.into()
}

/// Signs out: the token is no good any more. The original had nothing of the kind.
#[utoipa::path(post, path = "/api/user/logout", operation_id = "logout", tag = "classic",
    responses((status = 200, body = Yes<Nothing>), (status = "4XX", body = No)))]
pub(crate) async fn logout(
    State(classic): State<Classic>,
    headers: HeaderMap,
) -> Result<Yes<Nothing>, Error> {
    let token = headers.get(BEARER).and_then(|value| value.to_str().ok());
    let token = token.filter(|token| !token.is_empty());
    classic.clients.identity.end_token(token.ok_or(Error::Unauthorized)?).await?;
    Ok(yes(Nothing {}))
}

/// Nothing more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Nothing {}

impl Classic {
    /// Whoever is calling, with the cart they have now.
    pub(crate) async fn user_now(&self, id: &UserId) -> Result<User, Error> {
        let cart = self.cart().await?;
        self.user(id, cart.as_ref()).await
    }
}
