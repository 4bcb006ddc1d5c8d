//! What can go wrong, and how it looks over HTTP.

use axum::response::{IntoResponse, Response};
use emart_http::{Permissions, Problem, problem_response};
use emart_types::Invalid;
use http::StatusCode;

use crate::domain::access::Lack;

/// What a caller of `identity` can act on, and the rest.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The same whether the address is unknown or the password wrong.
    #[error("the e-mail address or the password is wrong")]
    BadCredentials,
    #[error("too many attempts; try again in {0} s")]
    Throttled(u64),
    #[error("too many passwords are being checked")]
    Busy,
    #[error("this link does not work any more; ask for a new one")]
    LinkExpired,
    #[error("the store has an administrator already")]
    SetupDone,
    #[error("someone with this e-mail address exists already")]
    EmailTaken,
    #[error("an address book has at most {} entries", crate::domain::address::LIMIT)]
    TooManyAddresses,
    #[error("there is no such thing")]
    NotFound,
    /// The person is gone, or never was signed in.
    #[error("sign in first")]
    Unauthorized,
    #[error("only administrators may do this")]
    Forbidden,
    /// They would give or take more than they may do themselves.
    #[error("this would give or take what you may not do yourself: {0}")]
    Lacking(Permissions),
    #[error("a code of the second step is due")]
    SecondFactorNeeded,
    #[error("this code is not right, or was used before")]
    WrongCode,
    #[error("that took too long, or was done already; sign in again")]
    SignInExpired,
    #[error("a second factor is turned on already")]
    TwoFactorOn,
    #[error("the store needs an administrator who can sign in")]
    LastAdministrator,
    #[error("this role comes with the store and stays as it is")]
    RoleBuiltIn,
    #[error("some people have this role; give them another one first")]
    RoleInUse,
    /// Refused before anything was done: not signed in, not allowed, changed meanwhile.
    #[error(transparent)]
    Refused(#[from] Problem),
    #[error("this refresh token is not good any more; sign in again")]
    RefreshRefused,
    /// Its host does not answer, or not as a provider does.
    #[error("{0} does not answer at the moment")]
    ProviderAway(String),
    #[error("what {0} sent back cannot be trusted; begin again")]
    ProviderRefused(String),
    #[error("{0} has not verified the e-mail address, so it opens no account here")]
    EmailUnverified(String),
    #[error("there is no account here that {0} opens")]
    NoAccountHere(String),
    /// Passkeys belong to a name over TLS; this store's address is none.
    #[error("the store's address is not one that passkeys can belong to")]
    NoPasskeys,
    #[error("this passkey is not good here: {0}")]
    PasskeyRefused(String),
    #[error("this passkey is here already, or there are too many")]
    TooManyPasskeys,
    #[error("the database does not take this now: {0}")]
    Unavailable(emart_store::Error),
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

impl From<emart_store::Error> for Error {
    fn from(error: emart_store::Error) -> Self {
        if error.is_temporary() { Self::Unavailable(error) } else { Self::Unexpected(error.into()) }
    }
}

impl From<Lack> for Error {
    fn from(lack: Lack) -> Self {
        match lack {
            Lack::Admin => Self::Forbidden,
            Lack::Permissions(permissions) => Self::Lacking(permissions),
        }
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let new = |status, slug, title| Self::new(status, slug, title).detail(error);
        match error {
            Error::Invalid(invalid) => invalid.clone().into(),
            Error::BadCredentials => {
                new(StatusCode::UNAUTHORIZED, "bad-credentials", "Wrong e-mail address or password")
            }
            Error::Throttled(seconds) => {
                new(StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", "Too many attempts")
                    .retry_after(*seconds)
            }
            Error::LinkExpired => {
                new(StatusCode::GONE, "link-expired", "This link does not work any more")
            }
            Error::SetupDone => {
                new(StatusCode::CONFLICT, "setup-done", "The store is set up already")
            }
            Error::EmailTaken => {
                new(StatusCode::CONFLICT, "email-taken", "This e-mail address is taken")
            }
            Error::TooManyAddresses => {
                new(StatusCode::CONFLICT, "too-many-addresses", "The address book is full")
            }
            Error::NotFound => Self::not_found(),
            Error::Unauthorized => Self::unauthorized(),
            Error::Forbidden => Self::forbidden(),
            Error::Lacking(_) => Self::forbidden().detail(error),
            Error::SecondFactorNeeded => {
                new(StatusCode::UNAUTHORIZED, "second-factor-needed", "A code is needed, too")
            }
            Error::WrongCode => {
                new(StatusCode::UNAUTHORIZED, "wrong-code", "The code is not right")
            }
            Error::SignInExpired => {
                new(StatusCode::UNAUTHORIZED, "sign-in-expired", "Sign in again")
            }
            Error::TwoFactorOn => {
                new(StatusCode::CONFLICT, "two-factor-on", "A second factor is turned on already")
            }
            Error::LastAdministrator => {
                new(StatusCode::CONFLICT, "last-administrator", "The store needs an administrator")
            }
            Error::RoleBuiltIn => {
                new(StatusCode::CONFLICT, "role-built-in", "This role stays as it is")
            }
            Error::RoleInUse => {
                new(StatusCode::CONFLICT, "role-in-use", "Some people have this role")
            }
            Error::Refused(problem) => problem.clone(),
            Error::RefreshRefused => {
                new(StatusCode::UNAUTHORIZED, "refresh-refused", "Sign in again")
            }
            // Not a 5xx: nothing of the store is broken, and asking again at once does not help.
            Error::ProviderAway(_) => new(
                StatusCode::FAILED_DEPENDENCY,
                "provider-away",
                "The sign-in provider does not answer",
            ),
            Error::ProviderRefused(_) => {
                new(StatusCode::UNAUTHORIZED, "provider-refused", "The answer cannot be trusted")
            }
            Error::EmailUnverified(_) => {
                new(StatusCode::FORBIDDEN, "email-unverified", "The e-mail address is not verified")
            }
            Error::NoAccountHere(_) => {
                new(StatusCode::FORBIDDEN, "no-account-here", "There is no such account here")
            }
            Error::NoPasskeys => {
                new(StatusCode::CONFLICT, "no-passkeys", "This store has no passkeys")
            }
            Error::PasskeyRefused(_) => {
                new(StatusCode::UNAUTHORIZED, "passkey-refused", "The passkey is not good here")
            }
            Error::TooManyPasskeys => {
                new(StatusCode::CONFLICT, "too-many-passkeys", "No further passkey is kept")
            }
            Error::Busy | Error::Unavailable(_) => Self::unavailable(),
            Error::Unexpected(_) => Self::internal(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        problem_response(&self)
    }
}
