//! Processes that show each other certificates: who is let in, who is refused, and what becomes of certificates that end.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use emart_mesh::{Call, Certified, Far, Inside, Mesh, Peer, Reach};
use emart_telemetry::Metrics;
use emart_tls::{Connector, Mutual};
use http::{Request, StatusCode};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use utoipa_axum::router::OpenApiRouter;

use crate::wire::tokens;

const NAME: &str = "emart";

/// An authority of a store's own.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Writes a certificate for this name, its key, and who is believed.
    fn certify(&self, dir: &Path, name: &str) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let cert = params.signed_by(&key, &self.0).unwrap();
        std::fs::write(dir.join("cert.pem"), cert.pem()).unwrap();
        std::fs::write(dir.join("key.pem"), key.serialize_pem()).unwrap();
        std::fs::write(dir.join("ca.pem"), self.0.pem()).unwrap();
    }

    /// A process's files.
    fn certified(&self, name: &str) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        self.certify(dir.path(), name);
        dir
    }
}

fn mutual(dir: &Path) -> Arc<Mutual> {
    let [certificate, key, ca] = ["cert.pem", "key.pem", "ca.pem"].map(|name| dir.join(name));
    let mutual = Mutual::open(certificate, key, ca, NAME).unwrap();
    Arc::new(mutual.looking_every(Duration::ZERO))
}

/// A process that runs `callee` and wants certificates.
async fn callee(dir: &Path) -> (SocketAddr, JoinSet<()>) {
    let metrics = Metrics::new();
    let mut mesh = Mesh::new(Duration::from_secs(30));
    let routes = OpenApiRouter::new().route("/tea", get(|| async { "tea" }));
    mesh.add(emart_http::Service::new("callee", &metrics, routes));
    let inside = Inside {
        services: mesh.callable(),
        tools: Vec::new(),
        tokens: tokens("s"),
        certified_only: true,
        needs: Vec::new(),
        metrics,
        stopping: CancellationToken::new(),
    };
    let (router, mutual) = (inside.router(), mutual(dir));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let (router, mutual) = (router.clone(), Arc::clone(&mutual));
            connections.spawn(async move {
                let Ok((stream, certified)) = mutual.accept(stream).await else { return };
                let answer = |request| answer(router.clone(), request, certified);
                let io = TokioIo::new(stream);
                let _ = http1::Builder::new().serve_connection(io, service_fn(answer)).await;
            });
        }
    });
    (addr, tasks)
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    certified: bool,
) -> Result<http::Response<Body>, std::convert::Infallible> {
    let mut request = request.map(Body::new);
    if certified {
        request.extensions_mut().insert(Certified);
    }
    router.oneshot(request).await
}

fn caller(addr: SocketAddr, dir: Option<&Path>) -> Peer {
    let scheme = if dir.is_some() { "https" } else { "http" };
    let peers = BTreeMap::from([("callee".to_owned(), format!("{scheme}://{addr}"))]);
    let reach = Reach::new("caller", &peers, Far::default(), tokens("s"), &Metrics::new()).unwrap();
    let reach = match dir {
        Some(dir) => reach.by_tls(mutual(dir)),
        None => reach,
    };
    Mesh::new(Duration::from_secs(30)).reaching(reach).peer("callee").unwrap()
}

/// Whether the caller gets its tea.
async fn is_answered(peer: &Peer) -> bool {
    Call::get(peer, "/tea").bytes().await.is_ok_and(|(_, body)| &body[..] == b"tea")
}

#[tokio::test]
async fn who_shows_a_good_certificate_is_answered_and_others_are_not() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (server, client) = (ours.certified(NAME), ours.certified(NAME));
    let (addr, _served) = callee(server.path()).await;
    assert!(is_answered(&caller(addr, Some(client.path()))).await);
    assert!(!is_answered(&caller(addr, None)).await, "without TLS");

    let stranger = theirs.certified(NAME);
    assert!(!is_answered(&caller(addr, Some(stranger.path()))).await, "of another authority");
    // It knows whom to believe, and is known by nobody.
    std::fs::copy(client.path().join("ca.pem"), stranger.path().join("ca.pem")).unwrap();
    assert!(!is_answered(&caller(addr, Some(stranger.path()))).await, "of another authority");
    let other = ours.certified("printer");
    assert!(!is_answered(&caller(addr, Some(other.path()))).await, "of another name");
}

#[tokio::test]
async fn a_callee_that_is_not_ours_is_not_called() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let client = ours.certified(NAME);
    for (server, why) in [(theirs.certified(NAME), "authority"), (ours.certified("x"), "name")] {
        let (addr, _served) = callee(server.path()).await;
        assert!(!is_answered(&caller(addr, Some(client.path()))).await, "another {why}");
    }
}

#[tokio::test]
async fn without_a_certificate_one_learns_whether_it_lives_and_nothing_else() {
    let ours = Authority::new();
    let server = ours.certified(NAME);
    let (addr, _served) = callee(server.path()).await;
    // As a kubelet asks: by TLS, without a certificate.
    let mut roots = tokio_rustls::rustls::RootCertStore::empty();
    roots.add(ours.0.der().clone()).unwrap();
    let config = tokio_rustls::rustls::ClientConfig::builder_with_provider(emart_tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    for (path, status) in [
        ("/healthz", StatusCode::OK),
        ("/readyz", StatusCode::OK),
        ("/metrics", StatusCode::UNAUTHORIZED),
        ("/openapi.json", StatusCode::UNAUTHORIZED),
        ("/tea", StatusCode::UNAUTHORIZED),
    ] {
        let stream = tokio::net::TcpStream::connect(addr).await.unwrap();
        let stream = connector.connect(NAME.try_into().unwrap(), stream).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { drop(connection.await) });
        let request = Request::get(path).header("host", NAME);
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        assert_eq!(sender.send_request(request).await.unwrap().status(), status, "{path}");
    }
    // With one, all that is for who runs the store.
    let http = HttpConnector::new();
    let connector = Connector::new(http, Some(mutual(server.path())), Duration::from_secs(5));
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let request = Request::get(format!("https://{addr}/metrics"));
    let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
    assert_eq!(client.request(request).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn certificates_are_exchanged_while_both_run() {
    let (old, new) = (Authority::new(), Authority::new());
    let (server, client) = (old.certified(NAME), old.certified(NAME));
    let (addr, _served) = callee(server.path()).await;
    assert!(is_answered(&caller(addr, Some(client.path()))).await);
    let long_running = caller(addr, Some(client.path()));

    new.certify(server.path(), NAME);
    assert!(!is_answered(&long_running).await, "the callee has gone over, the caller not yet");
    new.certify(client.path(), NAME);
    assert!(is_answered(&long_running).await, "both have");
    std::fs::write(client.path().join("key.pem"), "half a key").unwrap();
    assert!(is_answered(&long_running).await, "what cannot be used changes nothing");
    assert!(is_answered(&caller(addr, Some(server.path()))).await);
}
