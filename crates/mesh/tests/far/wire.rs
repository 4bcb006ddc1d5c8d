//! Both ends of the wire: copies of a service that listen, and somebody who calls them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use emart_http::{Ready, Service};
use emart_mesh::{Far, Faults, Inside, Mesh, Peer, Reach, ServiceTokens};
use emart_telemetry::Metrics;
use emart_types::{Clock, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the services of a store share.
pub(crate) fn tokens(letter: &str) -> Arc<ServiceTokens> {
    let secret = Secret::new(letter.repeat(32));
    Arc::new(ServiceTokens::new(&secret, Clock::system()).unwrap())
}

/// A process that runs the service `callee`; gone when this is dropped, with its connections.
pub(crate) struct Callee {
    pub(crate) addr: SocketAddr,
    pub(crate) stopping: CancellationToken,
    pub(crate) mesh: Mesh,
    _served: JoinSet<()>,
}

impl Callee {
    /// One that listens anywhere.
    pub(crate) async fn serving(routes: OpenApiRouter) -> Self {
        Self::listening(TcpListener::bind("127.0.0.1:0").await.unwrap(), routes)
    }

    /// One that listens here.
    pub(crate) fn listening(listener: TcpListener, routes: OpenApiRouter) -> Self {
        let metrics = Metrics::new();
        let faults = Faults::new(Vec::new(), Clock::system(), &metrics);
        let mut mesh = Mesh::new(Duration::from_secs(30)).with_faults(faults);
        mesh.add(Service::new("callee", &metrics, routes));
        let stopping = CancellationToken::new();
        let inside = Inside {
            services: mesh.callable(),
            tools: Vec::new(),
            tokens: tokens("s"),
            certified_only: false,
            needs: Vec::new(),
            metrics,
            stopping: stopping.clone(),
        };
        let addr = listener.local_addr().unwrap();
        let mut served = JoinSet::new();
        served.spawn(async move {
            axum::serve(listener, inside.router()).await.unwrap();
        });
        Self { addr, stopping, mesh, _served: served }
    }
}

/// Who calls; its watch runs as long as it is there.
pub(crate) struct Caller {
    pub(crate) peer: Peer,
    ready: Ready,
    metrics: Metrics,
    _watch: JoinSet<()>,
}

impl Caller {
    /// One that calls the copies at these addresses.
    pub(crate) fn of(addrs: &[SocketAddr], far: Far) -> Self {
        let urls: Vec<_> = addrs.iter().map(|addr| format!("http://{addr}")).collect();
        Self::signing("s", &urls.join(","), far)
    }

    /// One that signs with a secret of its own.
    pub(crate) fn signing(letter: &str, url: &str, far: Far) -> Self {
        let peers = BTreeMap::from([("callee".to_owned(), url.to_owned())]);
        let metrics = Metrics::new();
        let reach = Reach::new("caller", &peers, far, tokens(letter), &metrics).unwrap();
        let mesh = Mesh::new(Duration::from_secs(30)).reaching(reach);
        let (peer, ready) = (mesh.peer("callee").unwrap(), mesh.ready("callee").unwrap());
        let mut watch = JoinSet::new();
        for watched in mesh.watches() {
            watch.spawn(watched);
        }
        Self { peer, ready, metrics, _watch: watch }
    }

    /// Waits until it says that the service can be called, or that it cannot.
    pub(crate) async fn says_ready(&self, wanted: bool) {
        let until = Instant::now() + PATIENCE;
        while (self.ready)().await.is_ok() != wanted {
            assert!(Instant::now() < until, "it did not say that it is ready: {wanted}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until its metrics say so: `emart_mesh_copies{peer="callee"} 2`.
    pub(crate) async fn counts(&self, line: &str) {
        eventually(line, || self.metrics.encode().lines().any(|counted| counted == line)).await;
    }
}

/// Waits until it is so.
pub(crate) async fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < until, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Calls that do not wait long and are watched closely.
pub(crate) fn hasty() -> Far {
    Far {
        try_timeout: Duration::from_millis(200),
        watch: Duration::from_millis(100),
        ..Far::default()
    }
}

/// Counts.
#[derive(Clone, Default)]
pub(crate) struct Count(Arc<AtomicU32>);

impl Count {
    /// One more; returns how many there were.
    pub(crate) fn one(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// A copy that reads each request, begins to answer with these bytes, and cuts the connection. To the watch it is fine.
pub(crate) async fn cutter(answer: &'static str, calls: Count) -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).await.unwrap_or_default();
            if request[..read].windows(7).any(|seen| seen == b"/readyz") {
                let ready = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = stream.write_all(ready).await;
            } else {
                calls.one();
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    (addr, tasks)
}
