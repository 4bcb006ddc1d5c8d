//! Who is calling: established once at the gateway, carried to every service.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::{Deserialize, Serialize};

use crate::{Context, Permission, Permissions, Problem};

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
    permissions: Permissions,
    service: bool,
}

impl Caller {
    /// The header that carries a caller between services. The gateway drops it from what comes from outside.
    pub const HEADER: &'static str = "emart-caller";

    /// Nobody we know.
    #[must_use]
    pub const fn guest() -> Self {
        Self { role: Role::Guest, subject: None, permissions: Permissions::NONE, service: false }
    }

    /// A person with an account, by the text of their id. They may do what everybody in that role may.
    #[must_use]
    pub fn person(role: Role, user_id: &str) -> Self {
        let permissions = match role {
            Role::Guest | Role::Customer => Permissions::NONE,
            Role::Staff => Permissions::STAFF,
            Role::Admin => Permissions::ALL,
        };
        Self { role, subject: Some(user_id.into()), permissions, service: false }
    }

    /// The same member of staff, who may do this and nothing else. Of no effect on anybody else.
    #[must_use]
    pub const fn allowed(mut self, permissions: Permissions) -> Self {
        if matches!(self.role, Role::Staff) {
            self.permissions = permissions;
        }
        self
    }

    /// A service on its own account (a job, a reaction to an event). May do what an administrator may.
    #[must_use]
    pub fn service(name: &str) -> Self {
        let permissions = Permissions::ALL;
        Self { role: Role::Admin, subject: Some(name.into()), permissions, service: true }
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

    /// What the caller may do beyond what everybody may.
    #[must_use]
    pub const fn permissions(&self) -> Permissions {
        self.permissions
    }

    /// Whether the caller may do this.
    #[must_use]
    pub const fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }

    /// Refuses a caller who may not do this: guests with a 401, others with a 403 that says what is missing.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        match self.role {
            _ if self.may(permission) => Ok(()),
            Role::Guest => Err(Problem::unauthorized()),
            _ => {
                Err(Problem::forbidden().detail(format!("this needs the permission {permission}")))
            }
        }
    }

    /// Whether the caller works here, whatever they may do. For what a permission names, ask [`Self::may`].
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

/// The header's text: `role`, or `role id`, or `staff id permission,permission`, or `service name`.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.service { "service" } else { self.role.as_str() })?;
        self.subject.as_ref().map_or(Ok(()), |subject| write!(f, " {subject}"))?;
        match self.role {
            Role::Staff => write!(f, " {}", self.permissions),
            _ => Ok(()),
        }
    }
}

impl FromStr for Caller {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(' ') {
            None => (text == "guest").then(Self::guest).ok_or(()),
            Some(("service", name)) => Ok(Self::service(name)),
            Some((role, rest)) => {
                let role = role.parse()?;
                let (id, permissions) = rest.split_once(' ').unwrap_or((rest, ""));
                let person = Self::person(role, id);
                // A caller of the version before says nothing of permissions.
                Ok(if permissions.is_empty() { person } else { person.allowed(permissions.into()) })
            }
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
            Caller::person(Role::Staff, "usr_3"),
            Caller::person(Role::Staff, "usr_4").allowed(Permissions::NONE),
            Caller::person(Role::Staff, "usr_5")
                .allowed(Permissions::NONE.with(Permission::OrdersRead)),
            Caller::service("orders"),
        ];
        for caller in callers {
            assert_eq!(caller.to_string().parse(), Ok(caller));
        }
        assert!("root".parse::<Caller>().is_err());
        assert!("root usr_1".parse::<Caller>().is_err());
    }

    #[test]
    fn staff_may_do_what_they_are_allowed_to_and_administrators_everything() {
        let clerk = Caller::person(Role::Staff, "usr_1");
        let clerk = clerk.allowed(Permissions::NONE.with(Permission::OrdersRead));
        assert!(clerk.require(Permission::OrdersRead).is_ok());
        assert_eq!(clerk.require(Permission::OrdersRefund).unwrap_err().status, 403);
        assert_eq!(Caller::guest().require(Permission::OrdersRead).unwrap_err().status, 401);
        let customer = Caller::person(Role::Customer, "usr_2").allowed(Permissions::ALL);
        assert_eq!(customer.require(Permission::OrdersRead).unwrap_err().status, 403);
        assert!(
            Caller::person(Role::Admin, "usr_3").allowed(Permissions::NONE).may(Permission::People)
        );
    }

    #[test]
    fn a_service_is_no_person() {
        assert_eq!(Caller::service("orders").user_id(), None);
        assert!(Caller::service("orders").is_admin());
        assert!(!Caller::person(Role::Staff, "usr_1").is_admin());
    }
}
