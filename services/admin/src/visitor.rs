//! Who is looking, at which page.

use axum::extract::{FromRequestParts, OriginalUri};
use emart_http::{Caller, Permission};
use http::HeaderMap;
use http::request::Parts;

/// Somebody who works here, and what they asked for.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) caller: Caller,
    /// The page's path, without the query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

impl Visitor {
    /// Whether they may do this: for buttons that others do not see. The service behind decides.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.caller.may(permission)
    }
}

/// Whether a script asks and wants data rather than a page.
pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("application/json"))
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        Ok(Self { caller, path: uri.path().to_owned(), headers: parts.headers.clone() })
    }
}
