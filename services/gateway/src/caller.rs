//! Who is calling: asked of `identity` when a request carries credentials, and only then.

use std::time::Duration;

use emart_http::{Caller, Problem};
use emart_identity_api::Principal;
use emart_mesh::CallError;
use http::header;
use http::request::Parts;

use crate::door::Door;
use crate::headers;
use crate::pages::Refusal;

/// How long who only looks waits to be recognised.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a request proves itself with.
pub(crate) enum Credentials<'a> {
    /// `Authorization: Bearer`: a program.
    Token(&'a str),
    /// The session cookie: a page.
    Session(&'a str),
    /// Nothing.
    None,
}

impl<'a> Credentials<'a> {
    /// Reads them. A token counts before a cookie.
    pub(crate) fn of(parts: &'a Parts, cookie: &str) -> Self {
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let bearer = authorization.and_then(|value| {
            let (scheme, token) = value.as_bytes().split_at_checked("bearer".len())?;
            let is_bearer = scheme.eq_ignore_ascii_case(b"bearer")
                && token.first().is_none_or(u8::is_ascii_whitespace);
            // What is no text is no token either, but it was meant as one.
            is_bearer.then(|| std::str::from_utf8(token).unwrap_or_default().trim())
        });
        match bearer {
            Some(token) => Self::Token(token),
            None => match headers::cookie(&parts.headers, cookie) {
                Some(session) if !session.is_empty() => Self::Session(session),
                _ => Self::None,
            },
        }
    }
}

impl Door {
    /// Finds out who is calling. A token that is no good is an error; a session that is over is a guest.
    pub(crate) async fn caller(
        &self,
        credentials: &Credentials<'_>,
        reads: bool,
    ) -> Result<Caller, Refusal> {
        let principal = match credentials {
            Credentials::None => return Ok(Caller::guest()),
            Credentials::Token(token) => {
                let found = self.identity.principal_of_token(token).await;
                found.map_err(|error| unknown(&error))?.ok_or_else(refused)?
            }
            Credentials::Session(session) => {
                let asked = self.identity.principal_of_session(session);
                let found = if reads {
                    let asked = tokio::time::timeout(PATIENCE, asked).await;
                    asked.unwrap_or(Err(CallError::Timeout))
                } else {
                    asked.await
                };
                match found {
                    Ok(Some(principal)) => principal,
                    Ok(None) | Err(CallError::Malformed(_)) => return Ok(Caller::guest()),
                    // The shop can be looked at while `identity` is away; nothing is changed in the wrong name.
                    Err(error) if reads => {
                        tracing::warn!(%error, "whose session this is cannot be found out");
                        return Ok(Caller::guest());
                    }
                    Err(error) => return Err(unknown(&error)),
                }
            }
        };
        let Principal { user_id, role, permissions, .. } = principal;
        Ok(Caller::person(role, &user_id).allowed(permissions))
    }
}

fn refused() -> Refusal {
    let detail = "the access token has expired or is not valid; get a new one";
    Refusal::from(Problem::unauthorized().detail(detail))
}

fn unknown(error: &CallError) -> Refusal {
    match error {
        // A token that no header can carry.
        CallError::Malformed(_) => refused(),
        error => {
            tracing::warn!(%error, "who is calling cannot be found out");
            Refusal::from(Problem::unavailable())
        }
    }
}
