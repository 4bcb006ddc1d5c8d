//! The store under test: the release binary on a data folder and a port of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use emart_load::Client;

use crate::tools::root;

/// A running store.
pub(crate) struct Shop {
    child: Child,
    pub(crate) addr: SocketAddr,
    /// From the start of the process to the first answered product list.
    pub(crate) started_in: Duration,
}

impl Shop {
    /// Starts the store on this data; `demo` fills an empty one.
    pub(crate) async fn start(data: &Path, demo: bool) -> anyhow::Result<Self> {
        let addr = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let began = Instant::now();
        let mut command = emart(data);
        command.args(["run", "--listen", &addr.to_string()]);
        if !demo {
            command.arg("--no-demo");
        }
        let log = std::fs::File::create(data.with_extension("log"))?;
        let child = command.stdout(Stdio::null()).stderr(log).spawn().context("start the store")?;
        let mut shop = Self { child, addr, started_in: Duration::ZERO };
        while began.elapsed() < Duration::from_secs(60) {
            if let Ok(mut client) = Client::connect(addr).await
                && let Ok(answer) = client.get("/api/v1/catalog/products").await
                && answer.status() == 200
            {
                shop.started_in = began.elapsed();
                return Ok(shop);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("the store did not answer; see {}", data.with_extension("log").display())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Stops it as a supervisor would.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).status()?;
        let status = self.child.wait()?;
        ensure!(status.success(), "the store ended with {status}");
        Ok(())
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Imports a file into an empty store; returns how long it took.
pub(crate) fn import(data: &Path, file: &Path) -> anyhow::Result<Duration> {
    import_with(data, file, &[])
}

/// The same into a store with settings of its own.
pub(crate) fn import_with(
    data: &Path,
    file: &Path,
    settings: &[(String, String)],
) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut command = emart(data);
    command.envs(settings.iter().cloned());
    command.args(["import", "products"]).arg(file).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status()?;
    ensure!(status.success(), "the import ended with {status}");
    Ok(began.elapsed())
}

/// The release binary, with room for more orders than a small shop takes.
pub(crate) fn emart(data: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(data.parent().unwrap_or(data)).arg("--data").arg(data);
    command.env("EMART_PRICING__ORDERS_PER_DAY", "1000000000").env("EMART_LOG__FILTER", "warn");
    // All of the load comes from one address.
    command.env("EMART_GATEWAY__LIMITS__ON", "false");
    command
}

fn binary() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("release/emart")
}
