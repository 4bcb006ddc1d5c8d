//! Migrations: numbered SQL files in the program, applied once each, in order, checked against what was applied before.

use sha2::{Digest, Sha256};

use crate::Error;

/// One step of a schema. Write them with [`migrations!`](crate::migrations).
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number: 1, 2, 3, …
    pub version: u32,
    /// Its file name without `.sql`: `0001_products`.
    pub name: &'static str,
    /// What it does.
    pub sql: &'static str,
}

/// The migrations of a crate, from the files `migrations/<name>.sql` beside its `Cargo.toml`:
/// `migrations!["0001_products", "0002_media"]`. Applied migrations never change; add a new one.
#[macro_export]
macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        const {
            &[$($crate::Migration {
                version: $crate::version_of($name),
                name: $name,
                sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, ".sql")),
            }),*] as &'static [$crate::Migration]
        }
    };
}

/// The number a migration's name begins with.
pub const fn version_of(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (mut version, mut at) = (0, 0);
    while at < bytes.len() && bytes[at].is_ascii_digit() {
        version = version * 10 + (bytes[at] - b'0') as u32;
        at += 1;
    }
    assert!(
        at > 0 && at < bytes.len() && bytes[at] == b'_',
        "a migration is named 0001_what_it_does"
    );
    version
}

/// Where the engines remember what was applied.
pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    migration_set TEXT NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (migration_set, version)
)";

/// What is remembered of a set, in order.
pub(crate) const APPLIED: &str = "SELECT version, name, checksum FROM schema_migrations WHERE migration_set = $1 ORDER BY version";

/// A row of [`APPLIED`].
pub(crate) type Applied = (i64, String, String);

impl Migration {
    pub(crate) fn checksum(&self) -> String {
        use std::fmt::Write as _;
        // A checkout with other line endings is the same migration.
        let digest = Sha256::digest(self.sql.replace("\r\n", "\n"));
        digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    pub(crate) fn failed(&self, set: &str, reason: impl Into<String>) -> Error {
        failed(set, self.name, reason)
    }
}

/// The numbers must be 1, 2, 3, … (a gap is a file somebody forgot to list), and the SQL within the dialect.
pub(crate) fn check(set: &str, migrations: &[Migration]) -> Result<(), Error> {
    for (migration, wanted) in migrations.iter().zip(1..) {
        if migration.version != wanted {
            return Err(migration.failed(set, format!("it should have number {wanted}")));
        }
        // Checked at COMMIT, which on SQLite belongs to many transactions: all would fail because of one.
        if migration.sql.to_ascii_uppercase().contains("DEFERRABLE") {
            return Err(migration.failed(set, "deferred constraints are not supported"));
        }
    }
    Ok(())
}

/// Those that are still to be applied, or why the database does not fit this program.
pub(crate) fn pending<'a>(
    set: &str,
    migrations: &'a [Migration],
    applied: &[Applied],
) -> Result<&'a [Migration], Error> {
    if let Some((_, name, _)) = applied.get(migrations.len()) {
        let newest = migrations.last().map_or("none", |migration| migration.name);
        let reason = format!(
            "the database was migrated by a newer version of this program, which knows up to {newest}; start the newer one, or restore the backup from before"
        );
        return Err(failed(set, name, reason));
    }
    for (migration, (version, name, checksum)) in migrations.iter().zip(applied) {
        if *version != i64::from(migration.version) || *checksum != migration.checksum() {
            let reason = format!(
                "it was applied as {name} with other contents; an applied migration must not change, add a new one"
            );
            return Err(migration.failed(set, reason));
        }
    }
    Ok(&migrations[applied.len()..])
}

fn failed(set: &str, migration: &str, reason: impl Into<String>) -> Error {
    Error::Migration {
        database: set.to_owned(),
        migration: migration.to_owned(),
        reason: reason.into(),
    }
}
