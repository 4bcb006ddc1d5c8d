//! Where a service's database is and how it behaves.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::{Db, Error, Migration};

/// How to open a database. Start from [`Settings::sqlite`] or [`Settings::postgres`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Which database, and where.
    pub engine: Engine,
    /// Several stores, or tests, in one PostgreSQL database: the schema is then `<namespace>_<service>`. SQLite has
    /// directories for that.
    pub namespace: Option<String>,
    /// When a commit counts as done (SQLite; PostgreSQL's own `synchronous_commit` decides there).
    pub durability: Durability,
    /// How many write transactions may wait for SQLite's writer before callers have to.
    pub queue: usize,
    /// How long a caller waits for a place in that queue, or for a connection, before [`Error::Overloaded`].
    pub wait: Duration,
    /// How long a statement (PostgreSQL) or transaction (SQLite) may take.
    pub timeout: Duration,
    /// The same for [`Db::read_blocking`].
    pub long_timeout: Duration,
    /// Page cache of each SQLite connection. Small: the pages are in the operating system's cache too.
    pub cache_kib: u32,
    /// How much of an SQLite file is read through memory mapping; what was read counts as memory of the process.
    pub mmap_bytes: u64,
    /// The size an SQLite database may grow to; beyond it writes answer [`Error::Full`].
    pub max_bytes: Option<u64>,
}

/// The database engine.
#[derive(Debug, Clone)]
pub enum Engine {
    /// One file per service in this directory, which is created if need be.
    Sqlite {
        /// The directory.
        dir: PathBuf,
    },
    /// A schema per service in this database.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: SecretString,
        /// How many connections this service may hold.
        pool_size: usize,
    },
}

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When it is on the disk: `synchronous = FULL`.
    #[default]
    Full,
    /// When the operating system has it: a crash of the process loses nothing, a power cut may lose the last
    /// moments. `synchronous = NORMAL`.
    Relaxed,
}

impl Settings {
    /// Embedded databases under `dir`.
    pub fn sqlite(dir: impl Into<PathBuf>) -> Self {
        Self::new(Engine::Sqlite { dir: dir.into() })
    }

    /// A PostgreSQL server.
    pub fn postgres(url: impl Into<SecretString>, pool_size: usize) -> Self {
        Self::new(Engine::Postgres { url: url.into(), pool_size })
    }

    fn new(engine: Engine) -> Self {
        Self {
            engine,
            namespace: None,
            durability: Durability::Full,
            queue: 1024,
            wait: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            long_timeout: Duration::from_secs(300),
            cache_kib: 1024,
            mmap_bytes: 32 << 20,
            max_bytes: None,
        }
    }

    /// Opens the database of `service`, creating what is not there yet, and applies its migrations.
    pub async fn open(&self, service: &str, migrations: &'static [Migration]) -> Result<Db, Error> {
        for name in [Some(service), self.namespace.as_deref()].into_iter().flatten() {
            check_name(name)?;
        }
        let db = Db::open(self, service).await?;
        db.migrate(service, migrations).await?;
        Ok(db)
    }
}

/// Names become part of file names and of quoted SQL identifiers, which PostgreSQL cuts off at 63 characters.
fn check_name(name: &str) -> Result<(), Error> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if (1..=31).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let reason = "a name is 1 to 31 characters of a-z, 0-9 and _".to_owned();
    Err(Error::Open { database: name.to_owned(), reason })
}
