//! One question to a provider: by the store's client for hosts outside, with a limit to how long and how much it answers.

use std::time::Duration;

use bytes::Bytes;
use emart_outside::Outside;
use http::{header, request};
use http_body_util::{BodyExt as _, Limited};
use serde::de::DeserializeOwned;
use url::Url;

use super::Failed;

const PATIENCE: Duration = Duration::from_secs(4);
const MOST_BYTES: usize = 256 << 10;

/// What it answers. A refusal (4xx) is one of the question, anything else unexpected is the provider's trouble.
pub(super) async fn json<T: DeserializeOwned>(
    outside: &Outside,
    url: &Url,
    request: request::Builder,
    body: Bytes,
) -> Result<T, Failed> {
    let request = request.header(header::ACCEPT, "application/json");
    let asked = tokio::time::timeout(PATIENCE, async {
        let away = |error: &dyn std::fmt::Display| Failed::Away(error.to_string());
        let response = outside.ask(url, request, body).await.map_err(|error| away(&error))?;
        let status = response.status();
        if status.is_client_error() {
            return Err(Failed::Refused(format!("{} answers {status}", url.path())));
        }
        if !status.is_success() {
            return Err(Failed::Away(format!("{} answers {status}", url.path())));
        }
        let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
        Ok(body.map_err(|error| away(&error))?.to_bytes())
    });
    let bytes =
        asked.await.unwrap_or_else(|_| Err(Failed::Away("no answer in time".to_owned())))?;
    // What is wrong is said without what was said: it may be a secret.
    serde_json::from_slice(&bytes)
        .map_err(|_| Failed::Away(format!("{} answers what cannot be read", url.path())))
}
