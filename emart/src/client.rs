//! How commands reach the services: where the settings say they are, when they run in several processes; or through
//! the operator's door of a store that is running; or by starting the services in this process when none is.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use axum::body::Body;
use bytes::Bytes;
use emart_events::Host;
use emart_http::{Caller, Context};
use emart_mesh::{CallError, Mesh, Peer};
use emart_telemetry::Metrics;
use emart_types::Clock;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tower::util::BoxCloneSyncService;

use crate::compose;
use crate::config::Config;
use crate::local::{self, SERVICE_HEADER};
use crate::run::{Store, lock_data};

/// A store to work with.
pub(crate) enum Shop {
    /// Its services run where the settings say; what concerns one process alone is behind the socket.
    Split(Box<Mesh>, PathBuf),
    /// It runs in another process, behind this socket.
    Running(PathBuf),
    /// It was started for this command; nobody else can start it meanwhile.
    Here(Box<Store>, File),
}

impl Shop {
    /// Finds the running store, or starts one without a door.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let socket = local::path(&config.data);
        if !config.peers.is_empty() {
            let host = Host::new(Clock::system(), Metrics::new(), config.store_settings());
            let reach = compose::reach(config, &host)?;
            let reach =
                reach.context("several processes sign their calls: mesh.secret is not set")?;
            return Ok(Self::Split(Box::new(Mesh::default().reaching(reach)), socket));
        }
        if UnixStream::connect(&socket).await.is_ok() {
            return Ok(Self::Running(socket));
        }
        let lock = lock_data(&config.data)?;
        Ok(Self::Here(Box::new(Store::open(config).await?), lock))
    }

    /// A handle to one of its services.
    pub(crate) fn peer(&self, name: &'static str) -> anyhow::Result<Peer> {
        match self {
            Self::Split(mesh, socket) => {
                Ok(mesh.peer(name).unwrap_or_else(|_| through(socket, name)))
            }
            Self::Running(socket) => Ok(through(socket, name)),
            Self::Here(store, _) => Ok(store.mesh.peer(name)?),
        }
    }

    /// Works with it as the operator, who may do what an administrator may.
    pub(crate) async fn work<T>(
        self,
        work: impl AsyncFnOnce(&Self) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let done = Context::new(Caller::service("cli")).scope(work(&self)).await;
        if let Self::Here(store, _lock) = self {
            store.close().await;
        }
        done
    }
}

pub(crate) fn through(socket: &Path, name: &'static str) -> Peer {
    let socket = socket.to_owned();
    let service = tower::service_fn(move |request: Request<Bytes>| {
        let socket = socket.clone();
        async move {
            let answer = send(&socket, name, request).await;
            answer.map_err(|error| CallError::Unreachable(format!("{error:#}")))
        }
    });
    Peer::new(name, BoxCloneSyncService::new(service))
}

async fn send(
    socket: &Path,
    name: &'static str,
    mut request: Request<Bytes>,
) -> anyhow::Result<Response<Body>> {
    let stream = UnixStream::connect(socket).await.context("the store has stopped")?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    drive(connection);
    request.headers_mut().insert(SERVICE_HEADER, HeaderValue::from_static(name));
    request.headers_mut().insert("host", HeaderValue::from_static("emart"));
    let response = sender.send_request(request.map(Full::new)).await?;
    Ok(response.map(Body::new))
}

/// The connection ends with its one request.
#[expect(
    clippy::disallowed_methods,
    reason = "it ends with the answer, which the command waits for"
)]
fn drive(connection: http1::Connection<TokioIo<UnixStream>, Full<Bytes>>) {
    tokio::spawn(async move {
        let _ = connection.await;
    });
}
