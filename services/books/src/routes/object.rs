//! A body that is a JSON object. `emart_http::Json` alone reads a list as an object's fields in their order, as serde
//! does: `[]` would be a book of which nothing is said.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use emart_http::{Json, Problem};
use emart_types::Invalid;
use http::StatusCode;
use serde::de::DeserializeOwned;

/// A JSON object, in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Object<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let body = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(body, state).await.map_err(|rejection| {
            let (slug, title) = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => ("body-too-large", "The body is too large"),
                _ => ("malformed-body", "The body could not be read"),
            };
            Problem::new(rejection.status(), slug, title)
        })?;
        let is_list = body.trim_ascii_start().starts_with(b"[");
        let request = Request::from_parts(parts, Body::from(body));
        let Json(value) = Json::from_request(request, state).await?;
        if is_list { Err(Invalid::field("", "must be an object").into()) } else { Ok(Self(value)) }
    }
}
