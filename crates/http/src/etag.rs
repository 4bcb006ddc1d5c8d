//! Entity tags (RFC 9110, section 8.8.3): versions of what people read and edit.

use std::convert::Infallible;
use std::fmt;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Problem;

/// A strong entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a version: letters, digits, `.`, `_` and `-` are kept, anything else is left out.
    #[must_use]
    pub fn new(version: impl fmt::Display) -> Self {
        let version = version.to_string();
        Self(version.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect())
    }

    /// The header's value, quotes included.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        HeaderValue::try_from(format!("\"{}\"", self.0))
            .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }

    /// Whether a request's `If-None-Match` names this version: then a 304 will do.
    #[must_use]
    pub fn is_known_to(&self, request: &HeaderMap) -> bool {
        request.get_all(header::IF_NONE_MATCH).iter().any(|value| self.is_in(value))
    }

    fn is_in(&self, value: &HeaderValue) -> bool {
        let Ok(text) = value.to_str() else { return false };
        text.split(',').map(str::trim).any(|tag| {
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            tag == "*" || tag.strip_prefix('"').and_then(|t| t.strip_suffix('"')) == Some(&self.0)
        })
    }
}

/// Extracts a required `If-Match`: no header gets a 428.
#[derive(Debug, Clone)]
pub struct IfMatch(HeaderValue);

impl IfMatch {
    /// `Ok` when the caller has seen the version that is current; otherwise a 412.
    pub fn check(&self, current: &ETag) -> Result<(), Problem> {
        if current.is_in(&self.0) {
            return Ok(());
        }
        let title = "Changed by someone else meanwhile";
        Err(Problem::new(StatusCode::PRECONDITION_FAILED, "version-conflict", title)
            .detail("read it again, apply your change to the new version and send its ETag"))
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.headers.get(header::IF_MATCH).cloned().map(Self).ok_or_else(|| {
            let title = "If-Match is missing";
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "version-required", title)
                .detail("send the ETag of the version you have read as If-Match")
        })
    }
}

/// `Option<IfMatch>`: none where the caller need not have seen a version.
impl<S: Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.headers.get(header::IF_MATCH).cloned().map(Self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_version_is_recognised_in_every_spelling() {
        let tag = ETag::new(7);
        for (value, known) in [
            ("\"7\"", true),
            ("W/\"7\"", true),
            ("\"6\", \"7\"", true),
            ("*", true),
            ("\"8\"", false),
            ("7", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            assert_eq!(tag.is_known_to(&headers), known, "{value}");
        }
    }
}
