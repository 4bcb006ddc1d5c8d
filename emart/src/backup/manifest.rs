//! What an archive says about itself: which files, how long, what hash, how many rows.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use anyhow::{Context as _, bail, ensure};
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

/// The form of archives that this version writes. Raise it when an older program would misread one.
pub(crate) const FORMAT: u32 = 1;

/// The first file of an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    /// The version of the program that wrote it.
    pub(crate) program: String,
    /// The moment that all its databases show.
    pub(crate) taken_at: Timestamp,
    pub(crate) shop: String,
    /// In the order in which they follow.
    pub(crate) files: Vec<Entry>,
}

/// One file of it, at the place it had under the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// The rows of each table, where it is a database.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tables: BTreeMap<String, u64>,
}

impl Entry {
    /// The service whose database it is.
    pub(crate) fn service(&self) -> Option<&str> {
        self.path.strip_suffix(".db").filter(|name| !name.contains('/'))
    }
}

impl Manifest {
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    pub(crate) fn databases(&self) -> impl Iterator<Item = &Entry> {
        self.files.iter().filter(|file| file.service().is_some())
    }

    pub(crate) fn read(json: &[u8]) -> anyhow::Result<Self> {
        // First that alone: the rest of a newer one may look otherwise.
        #[derive(Deserialize)]
        struct Head {
            format: u32,
            program: String,
        }
        let head: Head = serde_json::from_slice(json).context("its manifest is damaged")?;
        let ours = env!("CARGO_PKG_VERSION");
        ensure!(
            head.format <= FORMAT && numbers(&head.program) <= numbers(ours),
            "it was made by E-Mart {}, this is {ours}: take that version or a newer one",
            head.program
        );
        let manifest: Self = serde_json::from_slice(json).context("its manifest is damaged")?;
        let mut before = None;
        for file in &manifest.files {
            if !is_safe(&file.path) {
                bail!("it names a place outside of the data folder: {:?}", file.path);
            }
            // In order, so none comes twice.
            ensure!(before < Some(&file.path), "its manifest is not in order at {:?}", file.path);
            before = Some(&file.path);
        }
        ensure!(manifest.databases().next().is_some(), "there is no database in it");
        Ok(manifest)
    }
}

/// `1.10.2` as numbers that compare; what follows a hyphen does not count.
fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    // What is no number is newer than anything.
    release.split('.').map(|part| part.parse().unwrap_or(u64::MAX)).collect()
}

/// Whether a path stays below the folder it is put in, and means the same everywhere.
fn is_safe(path: &str) -> bool {
    let normal = |part: Component<'_>| matches!(part, Component::Normal(_));
    let parts: Vec<_> = Path::new(path).components().collect();
    let plain = !path.contains(['\\', '\0']) && !path.ends_with('/') && !path.contains("//");
    plain && (1..=16).contains(&parts.len()) && parts.into_iter().all(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(program: &str, format: u32, paths: &[&str]) -> Vec<u8> {
        let file = |path: &&str| Entry {
            path: (*path).to_owned(),
            bytes: 1,
            sha256: String::new(),
            tables: BTreeMap::new(),
        };
        let manifest = Manifest {
            format,
            program: program.to_owned(),
            taken_at: Timestamp::default(),
            shop: String::new(),
            files: paths.iter().map(file).collect(),
        };
        serde_json::to_vec(&manifest).unwrap()
    }

    #[test]
    fn an_archive_of_a_newer_version_is_refused_and_an_older_one_is_not() {
        for (program, format, good) in [
            (env!("CARGO_PKG_VERSION"), FORMAT, true),
            ("0.0.9", FORMAT, true),
            ("0.1.10", FORMAT, false),
            ("10.0.0", FORMAT, false),
            ("strange", FORMAT, false),
            (env!("CARGO_PKG_VERSION"), FORMAT + 1, false),
        ] {
            let read = Manifest::read(&json(program, format, &["orders.db"]));
            assert_eq!(read.is_ok(), good, "{program} {format} {read:?}");
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused_and_so_is_one_that_comes_twice() {
        for bad in ["../x", "/etc/passwd", "media/../../x", "./x", "a//b", "a\\b", "a/", "", "a\0"]
        {
            assert!(Manifest::read(&json("0.1.0", 1, &[bad, "z.db"])).is_err(), "{bad:?}");
        }
        assert!(Manifest::read(&json("0.1.0", 1, &["a.db", "a.db"])).is_err());
        assert!(Manifest::read(&json("0.1.0", 1, &["a.db", "media/x.webp"])).is_ok());
    }
}
