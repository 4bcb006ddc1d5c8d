//! A front with a router that says what reached it, and clients of each kind.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use emart_gateway::Config;
use emart_http::Stopping;
use futures_util::{StreamExt, stream};
use http::StatusCode;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::{http1, http2};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::serve::{Front, Limits};

pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A front that is open.
pub(super) struct Open {
    pub(super) addr: SocketAddr,
    pub(super) plain: Option<SocketAddr>,
    pub(super) files: TempDir,
    pub(super) stop: CancellationToken,
    pub(super) served: JoinSet<()>,
}

async fn seen(ConnectInfo(client): ConnectInfo<SocketAddr>, request: Request) -> String {
    let host = request.headers().get("host").and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    format!("{} {:?} {} {host}", client.ip(), request.version(), request.uri())
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(300)).await;
    "at last"
}

/// Agrees to speak something else, and says everything back.
async fn echo(mut request: Request) -> Response {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>().unwrap();
    let Stopping(stop) = request.extensions_mut().remove().unwrap();
    TaskTracker::new().spawn(async move {
        let (mut from, mut to) = tokio::io::split(TokioIo::new(upgrade.await.unwrap()));
        stop.run_until_cancelled(tokio::io::copy(&mut from, &mut to)).await
    });
    let headers = [("connection", "upgrade"), ("upgrade", "websocket")];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

/// One event, and no end.
async fn events() -> Response {
    let first = stream::iter([Ok::<_, Infallible>("data: 1\n\n")]).chain(stream::pending());
    ([("content-type", "text/event-stream")], Body::from_stream(first)).into_response()
}

fn router() -> Router {
    let router = Router::new().route("/slow", any(slow)).route("/echo", any(echo));
    router.route("/events", any(events)).fallback(seen)
}

/// Small enough for a test to reach them.
pub(super) fn limits() -> Limits {
    let soon = Duration::from_millis(300);
    Limits { head_timeout: soon, idle: Duration::from_millis(100), ..Limits::default() }
}

/// Writes a new certificate for `localhost` and its key.
pub(super) fn certify(dir: &Path) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(dir.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(dir.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
}

pub(super) async fn open(change: impl FnOnce(&mut Config)) -> Open {
    open_with(Limits::default(), change).await
}

pub(super) async fn open_with(limits: Limits, change: impl FnOnce(&mut Config)) -> Open {
    let files = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    change(&mut config);
    if config.tls.cert_file.is_some() {
        certify(files.path());
        config.tls.cert_file = Some(files.path().join("cert.pem"));
        config.tls.key_file = Some(files.path().join("key.pem"));
    }
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut front =
        Front::open(anywhere, &config, "https://shop.example", files.path()).await.unwrap();
    (front.limits, front.look) = (limits, Duration::from_millis(20));
    let addr = front.addr().unwrap();
    let plain = front.redirect.as_ref().map(|(listener, _)| listener.local_addr().unwrap());
    let (stop, mut served) = (CancellationToken::new(), JoinSet::new());
    served.spawn(front.serve(router(), stop.clone()));
    Open { addr, plain, files, stop, served }
}

pub(super) fn with_tls(config: &mut Config) {
    config.tls.cert_file = Some("made by `open`".into());
}

impl Open {
    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }

    /// Greets by TLS, and offers these.
    pub(super) async fn greet(&self, alpn: &[&[u8]]) -> std::io::Result<TlsStream<TcpStream>> {
        self.greet_on(self.connect().await, alpn).await
    }

    /// The same, on a connection that is there.
    pub(super) async fn greet_on(
        &self,
        stream: TcpStream,
        alpn: &[&[u8]],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let cert = CertificateDer::from_pem_file(self.files.path().join("cert.pem")).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(cert).unwrap();
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// Sends bytes and reads the answer to its end.
    pub(super) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        read_to_end(stream).await
    }
}

pub(super) async fn read_to_end(mut stream: impl AsyncRead + Unpin) -> String {
    let mut answer = Vec::new();
    // A connection that is cut off has ended as well.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("no end");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Asks over HTTP/1.
pub(super) async fn ask_1<S>(stream: S, path: &str) -> String
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { drop(connection.await) });
    let request = http::Request::get(path).header("host", "localhost");
    body(sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap()).await
}

/// Asks over HTTP/2; `None` when there was no answer.
pub(super) async fn ask_2<S>(stream: S, path: &str) -> Option<String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.ok()?;
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { drop(connection.await) });
    let request = http::Request::get(format!("https://localhost{path}"));
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    Some(body(sender.send_request(request).await.ok()?).await)
}

pub(super) async fn body(response: http::Response<hyper::body::Incoming>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}
