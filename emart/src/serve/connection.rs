//! One connection, from its first byte: whose it is, TLS, which HTTP it speaks, and its requests.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use emart_gateway::Network;
use emart_http::{Stopping, is_event_stream};
use emart_mesh::Certified;
use futures_util::StreamExt;
use http::header;
use http_body_util::{BodyExt, Either};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::Limits;
use super::prefixed::Prefixed;
use super::tls::Tls;
use super::{extended, host, proxy};

/// What a client who knows that the store speaks HTTP/2 begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long a client of HTTP/2 has to answer, twice, that it has heard of the end.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Most requests' heads are smaller.
const HEAD: usize = 2048;

/// What all connections of a listener have in common.
pub(super) struct Listening {
    pub(super) router: Router,
    pub(super) limits: Limits,
    pub(super) tls: Option<Arc<Tls>>,
    /// Who has to say in the PROXY protocol whose each connection is.
    pub(super) proxies: Vec<Network>,
    pub(super) http1: http1::Builder,
    pub(super) http2: http2::Builder<TokioExecutor>,
    pub(super) stop: Stop,
}

/// Behind an `Arc`: each request has a handle, and those of the token itself are counted under a lock.
type Stop = Arc<CancellationToken>;

impl Listening {
    pub(super) fn new(router: Router, limits: Limits, stop: CancellationToken) -> Self {
        let (http1, http2) = (speak_1(limits), speak_2(limits));
        let stop = Arc::new(stop);
        Self { router, limits, tls: None, proxies: Vec::new(), http1, http2, stop }
    }

    /// Serves a connection to its end. An error is a client that went away or spoke no HTTP.
    pub(super) async fn serve(
        &self,
        mut stream: Prefixed<TcpStream>,
        peer: SocketAddr,
        watcher: Watcher,
    ) {
        let Some(Ok(addr)) = self.in_time(self.whose(&mut stream, peer)).await else { return };
        let client = Client { addr, certified: false };
        let Some(tls) = &self.tls else {
            let Some(Ok(http_2)) = self.in_time(speaks_2(&mut stream)).await else { return };
            return self.speak(stream, client, http_2, watcher).await;
        };
        let Some(Ok(greeted)) = self.in_time(tls.accept(stream)).await else { return };
        let client = Client { addr, certified: greeted.certified };
        self.speak(greeted.stream, client, greeted.http_2, watcher).await;
    }

    /// What comes before the first request may take as long as a request's head, and no longer than the store runs.
    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let work = tokio::time::timeout(self.limits.head_timeout, work);
        self.stop.run_until_cancelled(work).await?.ok()
    }

    async fn whose(
        &self,
        stream: &mut Prefixed<TcpStream>,
        peer: SocketAddr,
    ) -> io::Result<SocketAddr> {
        let ip = peer.ip();
        if !self.proxies.iter().any(|network| network.contains(ip)) {
            return Ok(peer);
        }
        proxy::read(stream, peer).await.inspect_err(|error| {
            tracing::debug!(%peer, %error, "a proxy did not say whose its connection is");
        })
    }

    async fn speak<S>(&self, stream: S, client: Client, http_2: bool, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let io = TokioIo::new(stream);
        let (router, stop) = (self.router.clone(), self.stop.clone());
        if !http_2 {
            let service =
                service_fn(move |request| answer(router.clone(), request, client, stop.clone()));
            let mut connection = pin!(self.http1.serve_connection(io, service).with_upgrades());
            tokio::select! {
                _ = connection.as_mut() => {}
                () = self.stop.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            return drop(watcher);
        }
        let under_way = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&under_way);
        let service = service_fn(move |mut request| {
            let (router, place, stop) = (router.clone(), Place::take(&counted), stop.clone());
            let is_socket = extended::translate(&mut request);
            async move {
                let mut response = answer(router, request, client, stop).await?;
                if is_socket && extended::answer(&mut response) {
                    place.keep();
                    return Ok(response.map(Either::Left));
                }
                // Under way until its body has been handed over.
                let held = move |frame| {
                    let _ = &place;
                    frame
                };
                Ok::<_, Infallible>(response.map(|body| Either::Right(body.map_frame(held))))
            }
        });
        self.follow(self.http2.serve_connection(io, service), &under_way).await;
        drop(watcher);
    }

    /// An HTTP/2 connection that is not used is closed, as those of HTTP/1 are: it would keep its place for ever.
    async fn follow<C: GracefulConnection>(&self, connection: C, under_way: &AtomicU32) {
        let mut connection = pin!(connection);
        let (mut was_idle, mut ending) = (false, false);
        loop {
            let look = if ending { self.limits.idle.min(LAST_WORDS) } else { self.limits.idle };
            tokio::select! {
                _ = connection.as_mut() => return,
                () = self.stop.cancelled(), if !ending => {
                    connection.as_mut().graceful_shutdown();
                    (was_idle, ending) = (false, true);
                }
                () = tokio::time::sleep(look) => {
                    let idle = under_way.load(Ordering::Relaxed) == 0;
                    match (idle && was_idle, ending) {
                        (false, _) => was_idle = idle,
                        (true, false) => {
                            connection.as_mut().graceful_shutdown();
                            (was_idle, ending) = (false, true);
                        }
                        // It was told, has nothing to do, and does not go.
                        (true, true) => return,
                    }
                }
            }
        }
    }
}

/// Whose a connection is.
#[derive(Debug, Clone, Copy)]
struct Client {
    addr: SocketAddr,
    /// It has shown a certificate that is good.
    certified: bool,
}

/// A request under way on an HTTP/2 connection.
struct Place(Arc<AtomicU32>);

impl Place {
    fn take(count: &Arc<AtomicU32>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }

    /// Keeps it for as long as the connection lasts: where a WebSocket ends is not heard of here. A client that has gone is
    /// found out by pings.
    fn keep(self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn answer(
    router: Router,
    mut request: Request<Incoming>,
    client: Client,
    stop: Stop,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(client.addr));
    if client.certified {
        request.extensions_mut().insert(Certified);
    }
    if !host::settle(&mut request) {
        return Ok(host::missing());
    }
    if request.headers().contains_key(header::UPGRADE) {
        request.extensions_mut().insert(Stopping(CancellationToken::clone(&stop)));
    }
    let response = router.oneshot(request.map(Body::new)).await?;
    Ok(if is_event_stream(response.headers()) { until(stop, response) } else { response })
}

/// A stream of events ends when the process stops: whoever listens asks another, or this one when it is back.
fn until(stop: Stop, response: Response) -> Response {
    response.map(|body| {
        let stopped = async move { stop.cancelled().await };
        Body::from_stream(body.into_data_stream().take_until(Box::pin(stopped)))
    })
}

/// Whether a client on a plain connection begins as one of HTTP/2.
async fn speaks_2<S: AsyncRead + Unpin>(stream: &mut Prefixed<S>) -> io::Result<bool> {
    loop {
        let seen = stream.seen();
        let same = seen.iter().zip(PREFACE).take_while(|(a, b)| a == b).count();
        if same == PREFACE.len() {
            return Ok(true);
        }
        if same < seen.len() {
            return Ok(false);
        }
        if !stream.see_more(HEAD).await? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn speak_1(limits: Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(limits.head_bytes)
        .max_headers(limits.headers)
        .pipeline_flush(true);
    http
}

fn speak_2(limits: Limits) -> http2::Builder<TokioExecutor> {
    let mut http = http2::Builder::new(TokioExecutor::new());
    let head = u32::try_from(limits.head_bytes).unwrap_or(u32::MAX);
    http.timer(TokioTimer::new())
        .enable_connect_protocol()
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(head)
        // Streams that are begun and taken back at once ("rapid reset") end the connection.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100)
        .max_send_buf_size(64 << 10)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    http
}
