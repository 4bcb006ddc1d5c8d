//! How an HTTP client comes to another process of the store: by TLS where the store speaks it inside, else without.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::{BoxError, Service};

use crate::Mutual;

/// Makes connections for an HTTP client.
#[derive(Debug, Clone)]
pub struct Connector {
    http: HttpConnector,
    mutual: Option<Arc<Mutual>>,
    /// Who does not greet within this time is away.
    patience: Duration,
}

impl Connector {
    /// On connections of this kind, by TLS where there is `mutual`. Greeting takes at most `patience`.
    #[must_use]
    pub fn new(mut http: HttpConnector, mutual: Option<Arc<Mutual>>, patience: Duration) -> Self {
        http.enforce_http(false);
        Self { http, mutual, patience }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Service::poll_ready(&mut self.http, context).map_err(BoxError::from)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connected, mutual, patience) =
            (self.http.call(uri), self.mutual.clone(), self.patience);
        Box::pin(async move {
            let stream = connected.await?;
            let Some(mutual) = mutual else { return Ok(MaybeHttpsStream::Http(stream)) };
            let greeted = mutual.connect(TokioIo::new(stream));
            let greeted = tokio::time::timeout(patience, greeted).await;
            let stream = greeted.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            Ok(MaybeHttpsStream::Https(TokioIo::new(stream)))
        })
    }
}
