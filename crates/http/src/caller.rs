//! Who is calling: established once at the gateway, carried to every service.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::{Deserialize, Serialize};

use crate::{Context, Problem};

/// What a caller may do. Each role may do what those before it may.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nobody we know.
    #[default]
    Guest,
    /// Someone with an account.
    Customer,
    /// Someone who works here.
    Staff,
    /// Someone who runs the store.
    Admin,
}

impl Role {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Guest, Self::Customer, Self::Staff, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(())
    }
}

/// Who is calling: a person in a role, nobody we know, or a service on its own account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caller {
    role: Role,
    subject: Option<Arc<str>>,
    service: bool,
}

impl Caller {
    /// The header that carries a caller between services. The gateway drops it from what comes from outside.
    pub const HEADER: &'static str = "emart-caller";

    /// Nobody we know.
    #[must_use]
    pub const fn guest() -> Self {
        Self { role: Role::Guest, subject: None, service: false }
    }

    /// A person with an account, by the text of their id.
    #[must_use]
    pub fn person(role: Role, user_id: &str) -> Self {
        Self { role, subject: Some(user_id.into()), service: false }
    }

    /// A service on its own account (a job, a reaction to an event). May do what an administrator may.
    #[must_use]
    pub fn service(name: &str) -> Self {
        Self { role: Role::Admin, subject: Some(name.into()), service: true }
    }

    /// The caller's role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The id of the person, when it is a person with an account.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.subject.as_deref().filter(|_| !self.service)
    }

    /// Whether the caller may do what staff may.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.role >= Role::Staff
    }

    /// Whether the caller may do what administrators may.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role >= Role::Admin
    }
}

/// The header's text: `role`, or `role id`, or `service name`.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.service { "service" } else { self.role.as_str() })?;
        self.subject.as_ref().map_or(Ok(()), |subject| write!(f, " {subject}"))
    }
}

impl FromStr for Caller {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(' ') {
            None => (text == "guest").then(Self::guest).ok_or(()),
            Some(("service", name)) => Ok(Self::service(name)),
            Some((role, id)) => Ok(Self::person(role.parse()?, id)),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Context::current().unwrap_or_default().caller().clone())
    }
}

/// Extracts the id text of a caller who is signed in; anyone else gets a 401.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Arc<str>);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Problem> {
        let context = Context::current().unwrap_or_default();
        context.caller().user_id().map(|id| Self(id.into())).ok_or_else(Problem::unauthorized)
    }
}

/// Extracts a caller who may do what staff may: guests get a 401, customers a 403.
#[derive(Debug, Clone)]
pub struct Staff(pub Caller);

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = Problem;
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = Context::current().unwrap_or_default().caller().clone();
        match caller.role() {
            Role::Guest => Err(Problem::unauthorized()),
            Role::Customer => Err(Problem::forbidden()),
            Role::Staff | Role::Admin => Ok(Self(caller)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_reads_back_as_it_was_written() {
        let callers = [
            Caller::guest(),
            Caller::person(Role::Customer, "usr_1"),
            Caller::person(Role::Admin, "usr_2"),
            Caller::service("orders"),
        ];
        for caller in callers {
            assert_eq!(caller.to_string().parse(), Ok(caller));
        }
        assert!("root".parse::<Caller>().is_err());
        assert!("root usr_1".parse::<Caller>().is_err());
    }

    #[test]
    fn a_service_is_no_person() {
        assert_eq!(Caller::service("orders").user_id(), None);
        assert!(Caller::service("orders").is_admin());
        assert!(!Caller::person(Role::Staff, "usr_1").is_admin());
    }
}
