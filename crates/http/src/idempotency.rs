//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that may be sent twice and counts once.
//!
//! A service keeps the key beside what it made, in the same transaction; these are the parts it needs for that.

use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use http::request::Parts;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::Problem;

/// The header's name.
const HEADER: &str = "idempotency-key";

/// Extracts a required `Idempotency-Key` of 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let problem = |title, detail: &str| {
            Problem::new(StatusCode::BAD_REQUEST, "idempotency-key-required", title).detail(detail)
        };
        let Some(value) = parts.headers.get(HEADER) else {
            let detail = "send a key of your own making (a UUID) and the same one when you retry";
            return Err(problem("Idempotency-Key is missing", detail));
        };
        // The draft writes the key as a quoted string; most clients send it bare.
        let text = value.to_str().unwrap_or_default().trim_matches('"');
        let well_formed =
            (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if !well_formed {
            let detail = "a key is 1 to 255 visible ASCII characters";
            return Err(problem("Idempotency-Key is malformed", detail));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A short digest of a request's meaning, kept beside its key: another body under the same key is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(pub String);

impl Fingerprint {
    /// The digest of a value: SHA-256 of its JSON.
    #[must_use]
    pub fn of<T: Serialize>(value: &T) -> Self {
        let json = serde_json::to_vec(value).unwrap_or_default();
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(json)))
    }
}
