//! Who is calling: somebody, the person a path names, or somebody who may change products.

use axum::extract::FromRequestParts;
use emart_http::{Caller, Permission};
use emart_identity_api::UserId;
use http::request::Parts;

use crate::Classic;
use crate::domain::hex;
use crate::error::Error;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) id: UserId,
    caller: Caller,
}

impl Signed {
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.caller.may(permission)
    }

    /// Refuses anybody but the person whose id this is.
    pub(crate) fn must_be(&self, classic: &Classic, user: &str) -> Result<(), Error> {
        let own = classic.hex("user", self.id.as_str());
        if hex::parse(user).is_some_and(|hex| hex == own) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Ok(caller) = Caller::from_request_parts(parts, state).await;
        let id = caller.user_id().and_then(|id| id.parse().ok()).ok_or(Error::Unauthorized)?;
        Ok(Self { id, caller })
    }
}

/// Somebody who may change products.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admin;

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let signed = Signed::from_request_parts(parts, state).await?;
        if signed.may(Permission::ProductsWrite) { Ok(Self) } else { Err(Error::Forbidden) }
    }
}
