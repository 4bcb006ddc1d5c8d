//! A PostgreSQL server of the tests' own: in a temporary folder, on a free port, gone when the tests are over.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::{packages, tools};

/// A running server.
pub(crate) struct Postgres {
    bin: PathBuf,
    dir: TempDir,
    port: u16,
}

impl Postgres {
    /// Starts one for tests, installing PostgreSQL first if need be.
    pub(crate) fn start() -> anyhow::Result<Self> {
        // What a test writes need not outlive the machine.
        Self::start_with("-c fsync=off -c full_page_writes=off")
    }

    /// Starts one that keeps what it is told, as a shop's does.
    pub(crate) fn start_durable() -> anyhow::Result<Self> {
        Self::start_with("-c fsync=on")
    }

    fn start_with(durability: &str) -> anyhow::Result<Self> {
        let bin = packages::ensure("PostgreSQL", &["postgresql"], find)?;
        let dir = tempfile::Builder::new().prefix("emart-postgres").tempdir()?;
        // The server runs as another user when this is root.
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o777))?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Self { bin, dir, port };
        server.run("initdb", &["-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C"])?;
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1 {durability} -c max_connections=1000 -c shared_buffers=128MB",
            server.dir.path().display()
        );
        let log = server.dir.path().join("log");
        let log = log.to_string_lossy();
        server.run("pg_ctl", &["start", "-w", "-l", &log, "-o", &options])?;
        Ok(server)
    }

    /// Where clients find it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// A new database of this name.
    pub(crate) fn database(&self, name: &str) -> anyhow::Result<String> {
        let mut create = self.program("createdb");
        create.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", name]);
        tools::run(&mut create)?;
        Ok(format!("postgres://postgres@127.0.0.1:{}/{name}", self.port))
    }

    /// One of its client programs.
    pub(crate) fn program(&self, name: &str) -> Command {
        Command::new(self.bin.join(name))
    }

    /// The process all its others are children of.
    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        let file = std::fs::read_to_string(self.dir.path().join("data/postmaster.pid"))?;
        Ok(file.lines().next().unwrap_or_default().trim().parse()?)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let data = self.dir.path().join("data");
        let program = self.bin.join(program);
        let mut command = if packages::is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        command.arg("-D").arg(&data).args(arguments).current_dir(self.dir.path());
        command.stdout(Stdio::null()).stdin(Stdio::null());
        let status = command.status().with_context(|| program.display().to_string())?;
        if status.success() { Ok(()) } else { bail!("{}: {status}", program.display()) }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.run("pg_ctl", &["stop", "-m", "immediate", "-w"]);
    }
}

/// Debian keeps each version's programs in a folder of its own; the newest counts.
fn find() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    versions.retain(|bin| bin.join("initdb").is_file());
    versions.pop().or_else(|| {
        ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"]
            .iter()
            .map(|dir| Path::new(dir).to_owned())
            .find(|dir| dir.join("initdb").is_file())
    })
}
