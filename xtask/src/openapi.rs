//! `cargo xtask openapi`: each service's contract, as its code says it, beside its code.

use anyhow::{Context as _, bail};

use crate::tools::{cargo, root};

/// The services that have an API of their own.
const SERVICES: [&str; 11] = [
    "books",
    "cart",
    "catalog",
    "classic",
    "content",
    "identity",
    "inventory",
    "notifications",
    "orders",
    "payments",
    "pricing",
];

/// Writes them all.
#[expect(clippy::print_stderr, reason = "a person follows what is written")]
pub(crate) fn write() -> anyhow::Result<()> {
    for service in SERVICES {
        let mut command =
            cargo(&["run", "--quiet", "--package", "emart", "--", "openapi", service]);
        let output = command.current_dir(root()).output().context("emart openapi")?;
        if !output.status.success() {
            bail!("emart openapi {service}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let path = root().join("services").join(service).join("openapi.json");
        std::fs::write(&path, &output.stdout).with_context(|| path.display().to_string())?;
        eprintln!("wrote {}", path.display());
    }
    Ok(())
}
