//! A process of the program: started, killed, started again.

use std::fs::{File, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use crate::Settings;

/// One process.
#[derive(Debug)]
pub(crate) struct Process {
    /// `orders-2`, or `store` where all services run in one.
    pub(crate) name: String,
    arguments: Vec<String>,
    settings: Vec<(String, String)>,
    folder: PathBuf,
    child: Option<Child>,
    /// Where it listens, if that is known before it starts.
    pub(crate) addr: Option<SocketAddr>,
}

impl Process {
    /// A process that is not started yet; its data and its log are in a folder of its own.
    pub(crate) fn new(
        name: String,
        arguments: Vec<String>,
        settings: Vec<(String, String)>,
        folder: PathBuf,
    ) -> Self {
        Self { name, arguments, settings, folder, child: None, addr: None }
    }

    /// The same, which listens on this port.
    pub(crate) fn listening(mut self, port: u16) -> Self {
        self.addr = Some(([127, 0, 0, 1], port).into());
        self
    }

    /// Starts it, with further settings.
    pub(crate) fn start(&mut self, settings: Settings<'_>) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let child = self
            .command()
            .envs(settings.iter().copied())
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(File::create(self.folder.join("out"))?)
            .stderr(OpenOptions::new().create(true).append(true).open(self.log_file())?)
            .spawn();
        self.child = Some(child.with_context(|| format!("start {}", self.name))?);
        Ok(())
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// SIGTERM, and waits until it has ended by itself; an error says how it ended otherwise.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
            anyhow::ensure!(told.success(), "{} could not be told to stop", self.name);
            let ended = child.wait()?;
            anyhow::ensure!(ended.success(), "{} ended with {ended}", self.name);
        }
        Ok(())
    }

    /// Whether it runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// What it printed for the person at the terminal.
    pub(crate) fn printed(&self) -> String {
        std::fs::read_to_string(self.folder.join("out")).unwrap_or_default()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Where its data is.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The program with its settings.
    pub(crate) fn command(&self) -> Command {
        let mut command = program();
        command.current_dir(&self.folder).arg("--data").arg(self.data());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("log")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// The program, with no settings from the environment of the tests themselves.
pub fn program() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("EMART_") {
            command.env_remove(name);
        }
    }
    command
}

/// What `EMART_TEST_BIN` names, or what was built beside this test (`cargo build --package emart`).
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("EMART_TEST_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().unwrap_or_default();
    let built = test.ancestors().nth(2).unwrap_or_else(|| Path::new(".")).join("emart");
    assert!(built.is_file(), "{} is not there: cargo build --package emart", built.display());
    built
}
