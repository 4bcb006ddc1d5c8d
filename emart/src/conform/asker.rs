//! How an implementation is asked: through a gateway with a token, or where it listens for the other services, as any
//! caller that the checks need.

use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use emart_http::{Caller, Role};
use emart_mesh::{SERVICE_TOKEN_HEADER, ServiceTokens};
use emart_types::{Clock, Secret};
use http::{HeaderMap, Method, Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer that is read: 64 MiB.
const LARGEST: usize = 64 << 20;

/// As whom the checks come.
pub(super) enum Identity {
    /// As the person whose token it is.
    Bearer(String),
    /// As a service, which says who is calling.
    Signed(Box<ServiceTokens>),
    /// The same to who asks for no signature.
    Unsigned,
}

impl Identity {
    pub(super) fn signed(secret: &Secret<String>) -> anyhow::Result<Self> {
        let tokens = ServiceTokens::new(secret, Clock::system());
        tokens.map(|tokens| Self::Signed(Box::new(tokens))).context("mesh.secret is too short")
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Guest,
    Customer,
    Staff,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The media type, without its parameters.
    pub(super) fn media_type(&self) -> &str {
        let value = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.and_then(|value| value.split(';').next()).unwrap_or_default().trim()
    }

    /// In a few words.
    pub(super) fn words(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let short: String = body.chars().take(200).collect();
        format!("{} {} {short}", self.status, self.media_type())
    }

    /// Whether it has this status.
    pub(super) fn is(&self, status: u16) -> Result<(), String> {
        if self.status == status { Ok(()) } else { Err(self.words()) }
    }
}

/// A request to ask.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    method: Method,
    path: String,
    who: Who,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Ask {
    pub(super) fn new(method: &str, path: impl Into<String>) -> Self {
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap_or_default();
        let (headers, body) = (Vec::new(), Bytes::new());
        Self { method, path: path.into(), who: Who::Staff, headers, body }
    }

    pub(super) fn by(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(super) fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    /// In a few words.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Asks.
pub(super) struct Asker {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    service: String,
    base: String,
    identity: Identity,
}

impl Asker {
    pub(super) fn new(service: &str, url: &str, identity: Identity) -> anyhow::Result<Self> {
        let uri: Uri = url.parse().with_context(|| format!("{url} is no URL"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.query().is_some() {
            bail!("{url}: write it like http://127.0.0.1:7000");
        }
        let connector = HttpsConnectorBuilder::new().with_webpki_roots();
        let connector = connector.https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let base = url.trim_end_matches('/').to_owned();
        Ok(Self { client, service: service.to_owned(), base, identity })
    }

    /// Whether the checks can come as anybody; with a token they are its person or a guest.
    pub(super) const fn is_anybody(&self) -> bool {
        !matches!(self.identity, Identity::Bearer(_))
    }

    /// Whether anything answers at all.
    pub(super) async fn reach(&self) -> anyhow::Result<()> {
        self.send(Ask::new("GET", "/readyz").by(Who::Guest)).await.map(drop)
    }

    /// Asks; what cannot be asked is an error in words.
    pub(super) async fn ask(&self, ask: Ask) -> Result<Answer, String> {
        self.send(ask).await.map_err(|error| format!("no answer: {error:#}"))
    }

    async fn send(&self, ask: Ask) -> anyhow::Result<Answer> {
        let mut request = Request::builder().method(ask.method).uri(self.base.clone() + &ask.path);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        match &self.identity {
            Identity::Bearer(_) if ask.who == Who::Guest => {}
            Identity::Bearer(token) => {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            Identity::Signed(tokens) => {
                let token = tokens.token("gateway", &self.service).map_err(anyhow::Error::msg)?;
                request = request.header(SERVICE_TOKEN_HEADER, token);
                request = request.header("emart-service", &self.service);
                request = request.header(Caller::HEADER, caller(ask.who));
            }
            Identity::Unsigned => request = request.header(Caller::HEADER, caller(ask.who)),
        }
        let request = request.body(Full::new(ask.body))?;
        let work = async {
            let (head, body) = self.client.request(request).await?.into_parts();
            let body = Limited::new(body, LARGEST).collect().await;
            let body = body.map_err(anyhow::Error::from_boxed)?.to_bytes();
            Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
        };
        tokio::time::timeout(PATIENCE, work).await.context("it took too long")?
    }
}

fn caller(who: Who) -> String {
    match who {
        Who::Guest => Caller::guest(),
        Who::Customer => Caller::person(Role::Customer, "usr_conform"),
        Who::Staff => Caller::person(Role::Admin, "usr_conform"),
    }
    .to_string()
}
