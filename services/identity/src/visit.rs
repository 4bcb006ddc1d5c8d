//! What is known of who asks, beside what they say: from headers that the gateway alone can set, and the browser's own.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use emart_http::Context;
use http::request::Parts;
use http::{HeaderMap, header};

use crate::domain::throttle;
use crate::secrets;

/// The token of the session the request belongs to.
const SESSION_HEADER: &str = "emart-session";
/// A random id that a browser keeps.
const DEVICE_HEADER: &str = "emart-device";

/// Who asks, and with what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visit {
    /// The client, for counting; `None` for calls that no client made.
    pub(crate) client: Option<String>,
    /// The browser's own words, cut to 200 characters.
    pub(crate) user_agent: Option<String>,
    /// The digest of the device's id.
    device: Option<String>,
    /// The digest of the session's token.
    session: Option<String>,
}

impl Visit {
    /// The digest of the session's token; empty when there is none.
    pub(crate) fn session_hash(&self) -> &str {
        self.session.as_deref().unwrap_or_default()
    }

    /// The digest of the id that this browser keeps: a secret between the store and that browser.
    pub(crate) fn device(&self) -> Option<&str> {
        self.device.as_deref()
    }

    /// By what a device is known: its id, or for want of one what it calls itself. What says nothing of itself is
    /// strange each time.
    pub(crate) fn fingerprint(&self) -> Option<String> {
        let by_agent = || Some(secrets::digest(&format!("agent:{}", self.user_agent.as_deref()?)));
        self.device.clone().or_else(by_agent)
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = |name: &str| text(&parts.headers, name);
        let user_agent = parts.headers.get(header::USER_AGENT).map(|value| {
            let words = String::from_utf8_lossy(value.as_bytes());
            words.chars().filter(|c| !c.is_control()).take(200).collect()
        });
        let user_agent = user_agent.filter(|words: &String| !words.trim().is_empty());
        // Shorter ids could be guessed, and a known device gets more attempts than others.
        let device = text(DEVICE_HEADER).filter(|id| id.len() >= 16);
        Ok(Self {
            client: Context::current().and_then(|context| context.client()).map(throttle::client),
            user_agent,
            device: device.map(|id| secrets::digest(&format!("device:{id}"))),
            session: text(SESSION_HEADER).map(secrets::digest),
        })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty())
}
