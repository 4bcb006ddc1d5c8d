//! Listeners: connections in, requests to a router, limits on both, a graceful end.

mod connection;
mod extended;
mod host;
mod prefixed;
mod proxy;
mod redirect;
mod tls;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use emart_gateway::Config;
use emart_tls::Mutual;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use connection::Listening;
use prefixed::Prefixed;
use tls::Tls;
pub(crate) use tls::wanted;

/// What a listener bears.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at once; further ones wait in the operating system's queue.
    pub(crate) connections: usize,
    /// How long a client may take to send a request's head, to greet by TLS, or to say whose the connection is.
    pub(crate) head_timeout: Duration,
    /// The largest request head, in bytes.
    pub(crate) head_bytes: usize,
    /// Header lines in a request.
    pub(crate) headers: usize,
    /// Requests at once on a connection of HTTP/2.
    pub(crate) streams: u32,
    /// How long a connection of HTTP/2 may be idle; it is looked at that often.
    pub(crate) idle: Duration,
    /// How long requests under way have to end when the process stops.
    pub(crate) drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head_timeout: Duration::from_secs(15),
            head_bytes: 32 << 10,
            headers: 100,
            streams: 100,
            idle: Duration::from_secs(30),
            drain: Duration::from_secs(20),
        }
    }
}

/// The store's public addresses: its own, and the plain one that sends visitors to it.
pub(crate) struct Front {
    listener: TcpListener,
    redirect: Option<(TcpListener, Router)>,
    tls: Option<Arc<Tls>>,
    proxies: Vec<emart_gateway::Network>,
    limits: Limits,
    /// How often the certificate's files are looked at.
    look: Duration,
}

impl Front {
    /// Opens the ports and reads the certificate, or says which setting to change. `public_url` is where visitors of
    /// the plain address are sent; `data` is where a certificate that is ordered is kept.
    pub(crate) async fn open(
        listen: SocketAddr,
        config: &Config,
        public_url: &str,
        data: &Path,
    ) -> anyhow::Result<Self> {
        let tls = Tls::open(&config.tls, data)?;
        let redirect = match config.tls.redirect_from {
            Some(from) => Some((
                bind(from, "see gateway.tls.redirect_from").await?,
                redirect::router(public_url),
            )),
            None => None,
        };
        Ok(Self {
            listener: bind(listen, "another address: emart run --listen 127.0.0.1:8081").await?,
            redirect,
            tls: tls.map(Arc::new),
            proxies: if config.proxy_protocol {
                config.trusted_proxies.clone()
            } else {
                Vec::new()
            },
            limits: Limits::default(),
            look: Duration::from_secs(5),
        })
    }

    /// Where it listens.
    pub(crate) fn addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`, then lets the requests under way end.
    pub(crate) async fn serve(self, router: Router, stop: CancellationToken) {
        let mut listening = Listening::new(router, self.limits, stop.clone());
        listening.tls.clone_from(&self.tls);
        listening.proxies = self.proxies;
        let follow = async {
            if let Some(tls) = &self.tls {
                tls.follow(self.look, stop.clone()).await;
            }
        };
        let redirect = async {
            if let Some((listener, router)) = self.redirect {
                serve(listener, router, self.limits, stop.clone()).await;
            }
        };
        tokio::join!(accept(self.listener, listening), follow, redirect);
    }
}

/// Opens a port, or says how to choose another.
pub(crate) async fn bind(addr: SocketAddr, instead: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(addr).await.with_context(|| format!("cannot listen on {addr}; {instead}"))
}

/// Serves other processes until `stop`, by TLS where both show certificates.
pub(crate) async fn serve_inside(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    (mutual, stop): (Option<Arc<Mutual>>, CancellationToken),
) {
    let mut listening = Listening::new(router, limits, stop);
    listening.tls = mutual.map(|mutual| Arc::new(Tls::Mutual(mutual)));
    accept(listener, listening).await;
}

/// Serves a plain listener until `stop`, then lets the requests under way end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    accept(listener, Listening::new(router, limits, stop)).await;
}

async fn accept(listener: TcpListener, listening: Listening) {
    let graceful = GracefulShutdown::new();
    let (limits, stop) = (listening.limits, listening.stop.clone());
    let places = Arc::new(Semaphore::new(limits.connections));
    let listening = Arc::new(listening);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = stop.cancelled() => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, or a client that went before it was accepted: neither ends the store.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        // Answers go out at once: Nagle's algorithm only delays them.
        let _ = stream.set_nodelay(true);
        let (listening, watcher) = (Arc::clone(&listening), graceful.watcher());
        spawn(async move { listening.serve(Prefixed::new(stream, place), peer, watcher).await });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(after = ?limits.drain, "requests were still under way when the time to stop was over");
    }
}

/// Runs a connection by itself. [`GracefulShutdown`] knows of it and waits for it.
#[expect(clippy::disallowed_methods, reason = "the graceful shutdown waits for every connection")]
fn spawn(connection: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(connection);
}
