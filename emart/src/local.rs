//! The operator's door: a Unix socket in the data directory, open to the user who runs the store and nobody else.
//! Commands use it to work with a store that is running, so that one process alone touches the databases.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use emart_http::{Caller, Context, Problem};
use emart_mesh::Mesh;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// The header that names the service a command wants.
pub(crate) const SERVICE_HEADER: &str = "emart-service";

/// Where the socket is.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join("emart.sock")
}

/// Opens the socket and returns the future that serves it until `stop`.
pub(crate) fn listen(
    data: &Path,
    mesh: &Mesh,
    stop: CancellationToken,
) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let path = path(data);
    // The lock on the data directory says that whoever left a socket here is gone.
    let _ = std::fs::remove_file(&path);
    let listener =
        UnixListener::bind(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&path, owner_only)?;
    let routers: HashMap<&'static str, Router> =
        mesh.services().map(|service| (service.name, service.router.clone())).collect();
    Ok(accept(listener, std::sync::Arc::new(routers), stop, path))
}

async fn accept(
    listener: UnixListener,
    routers: std::sync::Arc<HashMap<&'static str, Router>>,
    stop: CancellationToken,
    path: PathBuf,
) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let routers = std::sync::Arc::clone(&routers);
        let answer = service_fn(move |request: Request<Incoming>| {
            let router = router_for(&routers, &request);
            async move {
                let Some(router) = router else {
                    return Ok(Problem::not_found().into_response());
                };
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(Context::new(Caller::service("cli")));
                router.oneshot(request).await
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        connections.spawn(async move {
            let _ = connection.await;
        });
    }
    connections.close();
    let _ = std::fs::remove_file(path);
}

fn router_for(
    routers: &HashMap<&'static str, Router>,
    request: &Request<Incoming>,
) -> Option<Router> {
    routers.get(request.headers().get(SERVICE_HEADER)?.to_str().ok()?).cloned()
}
