//! A store to be measured: in one process, or each service in processes of its own.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use emart_load::Client;

use super::process;
use super::shop::emart;

/// Every service, in the order in which they call each other.
pub(crate) const SERVICES: [&str; 14] = [
    "identity",
    "inventory",
    "catalog",
    "pricing",
    "cart",
    "payments",
    "orders",
    "notifications",
    "books",
    "content",
    "classic",
    "storefront",
    "admin",
    "gateway",
];

/// Settings, as environment variables.
pub(crate) type Settings = Vec<(String, String)>;

/// The processes of a store.
pub(crate) struct Fleet {
    dir: PathBuf,
    pub(crate) members: Vec<Member>,
    pub(crate) addr: SocketAddr,
}

/// One of them.
pub(crate) struct Member {
    /// The service; `store` where all run in one process.
    pub(crate) name: &'static str,
    child: Child,
}

impl Fleet {
    /// Starts all services in one process.
    pub(crate) async fn composed(dir: &Path, settings: Settings) -> anyhow::Result<Self> {
        let addr = free_addr()?;
        let mut fleet = Self { dir: dir.to_owned(), members: Vec::new(), addr };
        fleet.start("store", &["run", "--no-demo", "--listen", &addr.to_string()], settings)?;
        fleet.ready().await?;
        Ok(fleet)
    }

    /// Starts each service in as many processes as `copies` says.
    pub(crate) async fn split(
        dir: &Path,
        mut settings: Settings,
        copies: impl Fn(&str) -> usize,
    ) -> anyhow::Result<Self> {
        let addr = free_addr()?;
        let mut placed = Vec::new();
        for service in SERVICES {
            let mut addrs = Vec::new();
            for _ in 0..copies(service) {
                addrs.push(free_addr()?);
            }
            settings.push(peers(service, &addrs));
            placed.push((service, addrs));
        }
        let mut fleet = Self { dir: dir.to_owned(), members: Vec::new(), addr };
        for (service, addrs) in placed {
            for listen in addrs {
                fleet.start_service(service, listen, &settings)?;
            }
        }
        fleet.ready().await?;
        Ok(fleet)
    }

    /// Starts the gateway alone, before services that are all at one address.
    pub(crate) async fn gateway(dir: &Path, behind: SocketAddr) -> anyhow::Result<Self> {
        let mut settings = vec![secret()];
        settings.extend(SERVICES.map(|service| peers(service, &[behind])));
        let mut fleet = Self { dir: dir.to_owned(), members: Vec::new(), addr: free_addr()? };
        fleet.start_service("gateway", free_addr()?, &settings)?;
        fleet.ready().await?;
        Ok(fleet)
    }

    fn start_service(
        &mut self,
        service: &'static str,
        listen: SocketAddr,
        settings: &Settings,
    ) -> anyhow::Result<()> {
        let mut own = settings.clone();
        own.push(set("EMART_MESH__LISTEN", &listen.to_string()));
        own.push(set("EMART_PUBLIC_URL", &format!("http://{}", self.addr)));
        let public = self.addr.to_string();
        let listen: &[&str] = if service == "gateway" { &["--listen", &public] } else { &[] };
        self.start(service, &[&["run", service, "--no-demo"], listen].concat(), own)
    }

    fn start(
        &mut self,
        name: &'static str,
        arguments: &[&str],
        settings: Settings,
    ) -> anyhow::Result<()> {
        let data = self.dir.join(format!("{name}-{}", self.members.len()));
        std::fs::create_dir_all(&data)?;
        let mut command = emart(&data);
        command.args(arguments).envs(settings).stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(File::create(data.with_extension("log"))?).spawn();
        self.members.push(Member { name, child: child.with_context(|| format!("start {name}"))? });
        Ok(())
    }

    /// Waits until it is ready, with every service that has to be.
    async fn ready(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            if let Ok(mut client) = Client::connect(self.addr).await
                && let Ok(answer) = client.get("/readyz").await
                && answer.status() == 200
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the store did not get ready; see {}", self.dir.display())
    }

    /// CPU time of all its processes so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        self.members.iter().map(Member::cpu).sum()
    }

    /// The processes that run a service.
    pub(crate) fn copies(&self, service: &str) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.name == service)
    }

    /// Stops it as a supervisor would: all are told, then all are waited for.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        for member in &self.members {
            Command::new("kill").args(["-TERM", &member.pid().to_string()]).status()?;
        }
        for member in &mut self.members {
            member.child.wait()?;
        }
        Ok(())
    }
}

impl Member {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        process::cpu_time(self.pid())
    }

    pub(crate) fn resident_mb(&self) -> anyhow::Result<f64> {
        process::resident_mb(self.pid())
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A setting.
pub(crate) fn set(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What services sign their calls with.
pub(crate) fn secret() -> (String, String) {
    set("EMART_MESH__SECRET", "a secret of the bench, the same for all services")
}

fn peers(service: &str, addrs: &[SocketAddr]) -> (String, String) {
    let urls: Vec<_> = addrs.iter().map(|addr| format!("http://{addr}")).collect();
    set(&format!("EMART_PEERS__{}", service.to_uppercase()), &urls.join(","))
}

/// Where nobody listens, below the ports that the system gives to outgoing connections.
pub(crate) fn free_addr() -> anyhow::Result<SocketAddr> {
    for _ in 0..100 {
        let addr = SocketAddr::from(([127, 0, 0, 1], rand::random_range(12_000..32_000)));
        if TcpListener::bind(addr).is_ok() {
            return Ok(addr);
        }
    }
    bail!("no free port")
}
