//! Running other programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// The project's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new(".")).to_owned()
}

/// Runs a command in the project's root, its output going where ours goes.
#[expect(clippy::print_stderr, reason = "a person follows what is run")]
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let words = words(command);
    eprintln!("\n$ {words}");
    let status = command.current_dir(root()).status().with_context(|| words.clone())?;
    if status.success() { Ok(()) } else { bail!("{words}: {status}") }
}

/// Cargo, as it was called.
#[expect(clippy::disallowed_methods, reason = "cargo says where it is in a variable")]
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(arguments);
    command
}

/// Where a program is that can be started by its name.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or_else(|| command.get_program()).to_string_lossy();
    let arguments = command.get_args().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(program.into_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}
