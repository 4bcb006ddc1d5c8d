//! Asking hosts of the Internet that somebody has named: an import's pictures, a webhook's receiver. Whoever asks does not
//! reach this machine or its network by that.

#![warn(missing_docs)]

mod address;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, Uri, request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use tower::util::BoxCloneSyncService;
use url::Url;

pub use address::check;

const CONNECT: Duration = Duration::from_secs(5);

type Resolver = BoxCloneSyncService<Name, std::vec::IntoIter<SocketAddr>, io::Error>;
type Https = HttpsConnector<HttpConnector<Resolver>>;

/// Why nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// The address is not one to be asked.
    #[error("{0}")]
    Refused(String),
    /// The host does not answer.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why not.
        why: String,
    },
}

/// Asks hosts. Follows no redirects: where one leads is for the caller to check.
#[derive(Debug, Clone)]
pub struct Outside {
    client: Client<Https, Full<Bytes>>,
    private_too: bool,
}

impl Outside {
    /// With `private_too`, private addresses are asked as well.
    #[must_use]
    pub fn new(private_too: bool) -> Self {
        let mut http = HttpConnector::new_with_resolver(resolver(private_too));
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT));
        let https = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new()).build(https);
        Self { client, private_too }
    }

    /// Whether an address may be asked.
    pub fn check(&self, url: &Url) -> Result<(), String> {
        check(url, self.private_too)
    }

    /// Asks.
    pub async fn ask(
        &self,
        url: &Url,
        request: request::Builder,
        body: Bytes,
    ) -> Result<Response<Incoming>, NotAsked> {
        self.check(url).map_err(NotAsked::Refused)?;
        let no_address = || NotAsked::Refused("it is no address".to_owned());
        let uri: Uri = url.as_str().parse().map_err(|_| no_address())?;
        let request = request.uri(uri).body(Full::new(body)).map_err(|_| no_address())?;
        self.client.request(request).await.map_err(|error| {
            let why = root_cause(&error);
            if why == address::PRIVATE {
                return NotAsked::Refused(why);
            }
            NotAsked::Unreachable { host: url.host_str().unwrap_or_default().to_owned(), why }
        })
    }
}

/// The beginning of an answer; what comes after is not read.
pub async fn beginning(mut body: Incoming, most_bytes: usize) -> Vec<u8> {
    let mut beginning = Vec::new();
    while beginning.len() < most_bytes {
        let Some(Ok(frame)) = body.frame().await else { break };
        let Ok(data) = frame.into_data() else { continue };
        let room = most_bytes - beginning.len();
        beginning.extend_from_slice(&data[..data.len().min(room)]);
    }
    beginning
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Looks names up and connects to the very addresses it has checked, so that a name cannot change its mind in between.
fn resolver(private_too: bool) -> Resolver {
    BoxCloneSyncService::new(tower::service_fn(move |name: Name| async move {
        let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
        let allowed = |a: &SocketAddr| private_too || address::is_public(a.ip());
        let addresses: Vec<SocketAddr> = found.filter(allowed).collect();
        if addresses.is_empty() {
            return Err(io::Error::other(address::PRIVATE));
        }
        Ok(addresses.into_iter())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_within_is_refused_when_connecting() {
        let url = Url::parse("http://localhost/").unwrap();
        let asked = Outside::new(false).ask(&url, request::Builder::new(), Bytes::new()).await;
        assert_eq!(asked.unwrap_err(), NotAsked::Refused(address::PRIVATE.to_owned()));
    }
}
