//! A NATS server of the tests' own, with `JetStream`: in a temporary folder, on a free port, gone when the tests are over.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::{packages, tools};

/// A running server.
pub(crate) struct Nats {
    server: Child,
    port: u16,
    _dir: TempDir,
}

impl Nats {
    /// Starts one, installing NATS first if need be.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let program = packages::ensure("NATS", &["nats-server"], find)?;
        let dir = tempfile::Builder::new().prefix("emart-nats").tempdir()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Command::new(&program)
            .args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"])
            .arg(dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let started = Self { server, port, _dir: dir };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(started);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("{} did not start on port {port}", program.display())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }

    /// Where clients find it.
    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Debian keeps it where only root's path looks.
fn find() -> Option<PathBuf> {
    tools::find("nats-server").or_else(|| {
        let places = ["/usr/sbin/nats-server", "/usr/local/bin/nats-server"];
        places.iter().map(|path| Path::new(path).to_owned()).find(|path| path.is_file())
    })
}
