//! Programs the tests need: found, or installed from the distribution's packages where that is permitted.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::tools;

/// Makes sure that `find` finds something, installing Debian's `packages` if it does not.
pub(crate) fn ensure(
    what: &str,
    packages: &[&str],
    find: impl Fn() -> Option<PathBuf>,
) -> anyhow::Result<PathBuf> {
    if let Some(path) = find() {
        return Ok(path);
    }
    let how = format!("apt-get install {}", packages.join(" "));
    if !is_root() || tools::find("apt-get").is_none() {
        bail!("{what} is missing and cannot be installed from here; install it: {how}");
    }
    let install = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments).stdout(Stdio::null());
        tools::run(&mut command)
    };
    install(&["update", "-qq"]).context("the list of packages")?;
    let arguments = [&["install", "-y", "-qq", "--no-install-recommends"], packages].concat();
    install(&arguments).with_context(|| format!("{what} is missing; {how}"))?;
    find().with_context(|| format!("{what} is still missing after {how}"))
}

/// Whether this is root, who may install packages but not run PostgreSQL.
pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
