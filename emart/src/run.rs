//! `emart run`: the services of a process, from the lock on its data to the last request.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use emart_catalog_api::Catalog;
use emart_events::Host;
use emart_gateway::Reload;
use emart_http::Ready;
use emart_identity_api::Identity;
use emart_mesh::{Inside, Mesh};
use emart_telemetry::Metrics;
use emart_tls::Mutual;
use emart_types::Clock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::compose::SERVICES;
use crate::config::Config;
use crate::traces::Traces;
use crate::{backup, compose, demo, faults, local, reload, restore, serve, top};

/// Runs the services of this process until it is told to stop.
pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let _lock = lock_data(&config.data)?;
    let doors = Doors::open(config).await?;
    let with_demo = config.demo && config.runs("catalog");
    let new_files = with_demo && demo::is_due(&config.data)?;
    let host = host(config);
    let traces = Traces::start(&config.telemetry, &host.metrics)?;
    let store = Store::open_on(config, host).await?;
    if with_demo {
        let catalog = Catalog(store.mesh.peer("catalog")?);
        // On a server the data folder says nothing of what is in the database.
        let is_new = match config.store.postgres_url {
            Some(_) => demo::is_empty(&catalog).await?,
            None => new_files,
        };
        if is_new {
            demo::fill_soon(&store.host.tasks, catalog, &config.data).await?;
        }
    }
    let (stopping, stop) = (CancellationToken::new(), CancellationToken::new());
    let local = local::listen(&config.data, &store.mesh, stop.clone())?;
    store.host.tasks.spawn("local socket", local);
    let backups = backup::run_by_the_clock(config.clone(), store.host.clone());
    store.host.tasks.spawn("backups", backups);
    if let Some(gateway) = store.reload.clone() {
        store.host.tasks.spawn("settings", reload::on_hangup(config.clone(), gateway));
    }
    doors.announce(config, &store.mesh).await?;
    let served = doors.serve(config, &store, &stopping, &stop)?;
    tokio::pin!(served);
    tokio::select! {
        () = &mut served => {}
        () = told_to_stop() => {
            stopping.cancel();
            let notice = Duration::from_millis(if config.is_split() { config.mesh.stop_notice_ms.into() } else { 0 });
            tracing::info!(?notice, "stopping: requests under way are being answered");
            // Served on meanwhile, so that nobody asks in vain.
            let _ = tokio::time::timeout(notice, &mut served).await;
            stop.cancel();
            served.await;
        }
    }
    store.close().await;
    traces.finish().await;
    tracing::info!("stopped");
    Ok(())
}

/// Where a process listens: for everybody, where the gateway is; for the others of a split store, and who watches it.
struct Doors {
    public: Option<serve::Front>,
    internal: Option<(TcpListener, Option<Arc<Mutual>>)>,
}

impl Doors {
    async fn open(config: &Config) -> anyhow::Result<Self> {
        let public = match config.runs("gateway") {
            true => {
                let url = config.public_url();
                let front = serve::Front::open(config.listen, &config.gateway, &url, &config.data);
                Some(front.await?)
            }
            false => None,
        };
        let internal = match config.is_split() {
            true => {
                let instead = "another address: mesh.listen = \"127.0.0.1:7001\"";
                let listener = serve::bind(config.mesh.listen, instead).await?;
                Some((listener, config.mesh.tls.open()?))
            }
            false => None,
        };
        Ok(Self { public, internal })
    }

    /// Serves at both until `stop`.
    fn serve(
        self,
        config: &Config,
        store: &Store,
        stopping: &CancellationToken,
        stop: &CancellationToken,
    ) -> anyhow::Result<impl Future<Output = ()> + use<>> {
        let limits = serve::Limits::default();
        let public = match self.public {
            Some(front) => {
                Some(Box::pin(front.serve(router(&store.mesh, "gateway")?, stop.clone())))
            }
            None => None,
        };
        let internal = match self.internal {
            Some((listener, mutual)) => {
                let inside = inside(config, store, stopping)?;
                Some(serve::serve_inside(listener, inside.router(), limits, (mutual, stop.clone())))
            }
            None => None,
        };
        Ok(async move {
            let public = async {
                if let Some(public) = public {
                    public.await;
                }
            };
            let internal = async {
                if let Some(internal) = internal {
                    internal.await;
                }
            };
            tokio::join!(public, internal);
        })
    }

    /// Tells the person at the terminal where to look. Nobody may be reading: that is no reason to stop.
    async fn announce(&self, config: &Config, mesh: &Mesh) -> anyhow::Result<()> {
        let mut words = String::new();
        if let Some((internal, _)) = &self.internal {
            let here: Vec<_> = SERVICES.into_iter().filter(|name| config.runs(name)).collect();
            words = format!(
                "\n  {} for other services at {}://{}\n",
                here.join(", "),
                config.mesh_scheme(),
                internal.local_addr()?
            );
        }
        if let Some(public) = &self.public {
            words += &shop_words(config, mesh, public.addr()?).await;
        }
        let mut out = std::io::stdout();
        let _ = out.write_all(words.as_bytes()).and_then(|()| out.flush());
        Ok(())
    }
}

/// What other processes may call here.
fn inside(config: &Config, store: &Store, stopping: &CancellationToken) -> anyhow::Result<Inside> {
    let (services, tools): (Vec<_>, Vec<_>) = store
        .mesh
        .callable()
        .into_iter()
        .partition(|(service, _)| SERVICES.contains(&service.name));
    let callable = |name| name != "gateway";
    let from_afar = |name| name == faults::SERVICE;
    Ok(Inside {
        services: services.into_iter().filter(|(service, _)| callable(service.name)).collect(),
        tools: tools.into_iter().filter(|(service, _)| from_afar(service.name)).collect(),
        tokens: compose::tokens(config, &store.host).context("mesh.secret is not set")?,
        certified_only: config.mesh.tls.is_on(),
        needs: vec![("bus", bus_was_reached(&store.host))],
        metrics: store.host.metrics.clone(),
        stopping: stopping.clone(),
    })
}

/// Ready once the bus has been reached. Should it go away later, events wait in their outboxes, and the shop goes on.
fn bus_was_reached(host: &Host) -> Ready {
    let (host, reached) = (host.clone(), Arc::new(AtomicBool::new(false)));
    Arc::new(move || {
        let answer = match reached.load(Ordering::Relaxed) {
            true => Ok(()),
            false => host.bus_ready(),
        };
        reached.fetch_or(answer.is_ok(), Ordering::Relaxed);
        Box::pin(async move { answer })
    })
}

/// A composed store: its services and what they stand on.
pub(crate) struct Store {
    pub(crate) host: Host,
    pub(crate) mesh: Mesh,
    pub(crate) reload: Option<Reload>,
}

impl Store {
    /// Opens the databases and starts the services of this process.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        Self::open_on(config, host(config)).await
    }

    async fn open_on(config: &Config, host: Host) -> anyhow::Result<Self> {
        restore::ensure_whole(&config.data)?;
        let (mut mesh, reload) = compose::compose(config, &host).await?;
        mesh.add(backup::service(&host));
        mesh.add(top::service(&host));
        if let Some(faults) = mesh.faults().cloned() {
            mesh.add(faults::service(config, faults, &host));
        }
        for watch in mesh.watches() {
            host.tasks.spawn("peer watch", watch);
        }
        host.start();
        Ok(Self { host, mesh, reload })
    }

    /// Ends in the reverse order: calls under way, then events and jobs, then the databases.
    pub(crate) async fn close(self) {
        self.mesh.drain().await;
        self.host.stop().await;
    }
}

fn host(config: &Config) -> Host {
    let host = Host::new(Clock::system(), Metrics::new(), config.store_settings());
    match config.bus.nats() {
        Some(nats) => host.with_nats(nats),
        None => host,
    }
}

/// Two processes on the same SQLite files would each believe their own memory: the second is refused.
pub(crate) fn lock_data(data: &Path) -> anyhow::Result<File> {
    // It holds keys and people's addresses: nobody else's business.
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.with_context(|| format!("cannot make {}", data.display()))?;
    let path = data.join("emart.lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => bail!(
            "another emart is using {}; stop it first, or choose another place with --data DIR",
            data.display()
        ),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

fn router(mesh: &Mesh, name: &str) -> anyhow::Result<Router> {
    let service = mesh.services().find(|service| service.name == name);
    Ok(service.with_context(|| format!("`{name}` does not run here"))?.router.clone())
}

async fn shop_words(config: &Config, mesh: &Mesh, addr: SocketAddr) -> String {
    let mut config = config.clone();
    config.listen = addr;
    let (url, pages) = (config.public_url(), config.pages_url());
    let data = config.data.display();
    let setup = if config.is_split() {
        "\n  `emart admin setup-link` prints the link that makes the first administrator.\n"
            .to_owned()
    } else {
        let state = match mesh.peer("identity") {
            Ok(identity) => Identity(identity).setup_state().await.ok(),
            Err(_) => None,
        };
        let token = state.and_then(|state| state.token);
        token.map_or_else(String::new, |token| {
            format!("\n  Make the first administrator (this link works once):\n    {pages}/setup/{token}\n")
        })
    };
    format!(
        "\n  {} is open.\n\n    shop         {pages}/\n    back office  {url}/admin\n    \
         API docs     {url}/docs\n    data         {data}\n{setup}\n  Ctrl-C stops it.\n\n",
        config.shop.name,
    )
}

/// Ctrl-C, or SIGTERM from whoever supervises the process.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be caught");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}

/// `emart migrate`: opening a database brings it to this version's schema.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(crate) async fn migrate(config: &Config) -> anyhow::Result<()> {
    let _lock = lock_data(&config.data)?;
    let host = Host::new(Clock::system(), Metrics::new(), config.store_settings());
    // No job runs and nobody is called: what a service would do by itself ends before it begins.
    host.tasks.stop().await;
    Store::open_on(&config.with_every_peer(), host).await?.close().await;
    println!("every database is at this version's schema");
    Ok(())
}
