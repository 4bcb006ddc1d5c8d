//! Asking the authority, over the HTTP client there is: in time, and no more of an answer than one is long.

use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use tokio_rustls::rustls::ClientConfig;

use crate::{provider, roots};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer, in bytes.
const MOST_SAID: usize = 1 << 20;
/// The longest that it may ask us to wait, in seconds.
const LONGEST_WAIT: u32 = 24 * 60 * 60;

type Said = Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>>;

/// The authority, as an address that can be asked.
#[derive(Debug, Clone)]
pub(super) struct Authority(Client<HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>);

impl Authority {
    /// One whose own certificate is vouched for by those in `ca_file`, or by those that browsers know.
    pub(super) fn new(ca_file: Option<&Path>) -> anyhow::Result<Self> {
        let builder = HttpsConnectorBuilder::new();
        let builder = match ca_file {
            Some(file) => builder.with_tls_config(
                ClientConfig::builder_with_provider(provider())
                    .with_safe_default_protocol_versions()?
                    .with_root_certificates(roots("gateway.tls.acme.ca_file", file)?)
                    .with_no_client_auth(),
            ),
            None => builder.with_provider_and_webpki_roots(provider()).context("TLS")?,
        };
        let connector = builder.https_only().enable_http1().build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }
}

impl HttpClient for Authority {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Said {
        let asked = self.0.request(request);
        Box::pin(async move {
            let answer = async {
                let (mut parts, body) = asked.await.map_err(other)?.into_parts();
                let body = Limited::new(body, MOST_SAID).collect().await.map_err(Error::Other)?;
                if !is_bearable(&parts) {
                    parts.headers.remove(header::RETRY_AFTER);
                }
                Ok(Response::from_parts(parts, Full::new(body.to_bytes())).into())
            };
            tokio::time::timeout(PATIENCE, answer)
                .await
                .map_err(|_| Error::Str("an answer of the authority in time"))?
        })
    }
}

/// Whether the wait that the answer asks for, if any, is one that can be reckoned with.
fn is_bearable(parts: &http::response::Parts) -> bool {
    let wait = parts.headers.get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok());
    wait.and_then(|wait| wait.parse().ok()).is_some_and(|seconds: u32| seconds <= LONGEST_WAIT)
}

/// With what lies beneath: "connection refused" says more than "client error".
fn other(error: hyper_util::client::legacy::Error) -> Error {
    Error::Other(format!("{:#}", anyhow::Error::from(error)).into())
}
