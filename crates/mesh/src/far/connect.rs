//! Connections to copies: kept and used again, one request at a time on each (HTTP/1.1); by TLS, where both sides show a
//! certificate.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use emart_tls::{Connector, Mutual};
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// A copy that does not take a connection within this time is away.
const CONNECT: Duration = Duration::from_secs(1);
/// Shorter than servers keep them: who closes first must be the one who knows that nothing is on its way.
const IDLE: Duration = Duration::from_secs(8);
const KEEPALIVE: Duration = Duration::from_secs(30);
const IDLE_PER_COPY: usize = 256;

/// The connections of this process.
#[derive(Debug, Clone)]
pub(crate) struct Connections(Client<Connector, Full<Bytes>>);

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct SendError {
    /// The request did not reach anybody.
    pub(crate) never_reached: bool,
    pub(crate) reason: String,
}

impl Connections {
    pub(crate) fn new(mutual: Option<Arc<Mutual>>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        // A stream of events may be silent for long; that its copy has gone without a word is found out here.
        connector.set_keepalive(Some(KEEPALIVE));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_PER_COPY)
            .build(Connector::new(connector, mutual, CONNECT));
        Self(client)
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, SendError> {
        let response = self.0.request(request.map(Full::new)).await.map_err(SendError::from)?;
        Ok(response.map(Body::new))
    }
}

impl From<Error> for SendError {
    fn from(error: Error) -> Self {
        let never_reached = error.is_connect();
        let error = anyhow::Error::from(error);
        Self { never_reached, reason: format!("{error:#}") }
    }
}
