//! `Db`: a service's own database.

use std::path::PathBuf;
use std::time::Duration;

use emart_telemetry::TraceContext;
use tokio::sync::watch;

use crate::migrate::{self, Migration};
use crate::settings::Engine;
use crate::sql::Sql;
use crate::{Error, FromRow, Hold, Settings, Tx, Val, body, postgres, sqlite};

/// A service's own database, on either engine. Cheap to clone.
#[derive(Clone)]
pub struct Db(Inner);

#[derive(Clone)]
enum Inner {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

/// How busy the way to a database is, just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Connections in use, and those that are open and idle. The embedded engine has none.
    pub connections: Option<(usize, usize)>,
    /// Who waits: for a connection, or (embedded) for the one that writes.
    pub waiting: usize,
}

/// Which engine a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// Embedded, in this process.
    Sqlite,
    /// A server.
    Postgres,
}

impl Db {
    pub(crate) async fn open(settings: &Settings, service: &str) -> Result<Self, Error> {
        Ok(Self(match &settings.engine {
            Engine::Sqlite { dir } => {
                Inner::Sqlite(sqlite::Database::open(settings, dir, service).await?)
            }
            Engine::Postgres { url, pool_size } => {
                Inner::Postgres(postgres::Database::open(settings, url, *pool_size, service).await?)
            }
        }))
    }

    /// Runs `f` in a transaction; commits if it returns `Ok`, rolls back otherwise.
    ///
    /// `f` awaits its [`Tx`] and nothing else. A caller that goes away either stops the transaction (PostgreSQL, or
    /// SQLite before it was the transaction's turn) or does not learn of its commit.
    pub async fn write<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        body::outside()?;
        match &self.0 {
            Inner::Sqlite(db) => match TraceContext::current() {
                // The writer's thread is not the caller's task: what is written still belongs to the caller's trace.
                Some(trace) => db.write(move |tx| trace.scope(f(tx))).await,
                None => db.write(f).await,
            },
            Inner::Postgres(db) => db.write(f).await,
        }
    }

    /// Runs `f` on one snapshot of the database. Inline on SQLite, so keep it short.
    pub async fn read<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Send,
        E: From<Error> + Send,
    {
        body::outside()?;
        match &self.0 {
            Inner::Sqlite(db) => db.read(f),
            Inner::Postgres(db) => db.read(f).await,
        }
    }

    /// [`Db::read`] for what takes long (reports, exports, rebuilding an index): off the threads that serve
    /// requests, and with [`Settings::long_timeout`].
    pub async fn read_blocking<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        body::outside()?;
        match &self.0 {
            Inner::Sqlite(db) => db.read_blocking(f).await,
            Inner::Postgres(db) => db.read_long(f).await,
        }
    }

    /// Runs one statement as a transaction of its own; returns how many rows it changed.
    pub async fn exec(&self, sql: &'static str, params: &[Val]) -> Result<u64, Error> {
        body::outside()?;
        match &self.0 {
            Inner::Sqlite(db) => {
                let params = params.to_vec();
                db.write(move |tx| async move { tx.exec(sql, &params).await }).await
            }
            Inner::Postgres(db) => db.single().await?.exec(Sql::Static(sql), params).await,
        }
    }

    /// The first row of a single query, if there is one.
    pub async fn opt<T: FromRow + Send>(
        &self,
        sql: &'static str,
        params: &[Val],
    ) -> Result<Option<T>, Error> {
        body::outside()?;
        match &self.0 {
            Inner::Sqlite(db) => db.single(|tx| tx.opt(Sql::Static(sql), params)),
            Inner::Postgres(db) => db.single().await?.opt(Sql::Static(sql), params).await,
        }
    }

    /// The first row of a single query; [`Error::NotFound`] if there is none.
    pub async fn one<T: FromRow + Send>(
        &self,
        sql: &'static str,
        params: &[Val],
    ) -> Result<T, Error> {
        self.opt(sql, params).await?.ok_or(Error::NotFound)
    }

    /// All rows of a single query.
    pub async fn all<T: FromRow + Send>(
        &self,
        sql: &'static str,
        params: &[Val],
    ) -> Result<Vec<T>, Error> {
        body::outside()?;
        match &self.0 {
            Inner::Sqlite(db) => db.single(|tx| tx.all(Sql::Static(sql), params)),
            Inner::Postgres(db) => db.single().await?.all(Sql::Static(sql), params).await,
        }
    }

    /// Applies those migrations of a set that have not been yet. A library that keeps tables in its users'
    /// databases (outbox, inbox) brings its own set; the service's own is applied by [`Settings::open`].
    pub async fn migrate(&self, set: &str, migrations: &'static [Migration]) -> Result<(), Error> {
        migrate::check(set, migrations)?;
        match &self.0 {
            Inner::Sqlite(db) => db.migrate(set, migrations).await,
            Inner::Postgres(db) => db.migrate(set, migrations).await,
        }
    }

    /// Changes after every commit of this process whose transaction called [`Tx::notify_commit`].
    pub fn on_commit(&self) -> watch::Receiver<u64> {
        match &self.0 {
            Inner::Sqlite(db) => db.commits().subscribe(),
            Inner::Postgres(db) => db.commits().subscribe(),
        }
    }

    /// Answers `Ok` when the database can be asked; cheap enough for a probe every second.
    pub async fn ready(&self) -> Result<(), Error> {
        self.opt::<i64>("SELECT version FROM schema_migrations LIMIT 1", &[]).await?;
        match &self.0 {
            Inner::Sqlite(db) => db.ready(),
            Inner::Postgres(_) => Ok(()),
        }
    }

    /// How busy the way to it is, just now.
    pub fn load(&self) -> Load {
        match &self.0 {
            Inner::Sqlite(db) => Load { connections: None, waiting: db.waiting() },
            Inner::Postgres(db) => db.load(),
        }
    }

    /// Writes a consistent copy of the database to `path` while it is in use. The file appears whole or not at all.
    pub async fn backup_to(&self, path: impl Into<PathBuf>) -> Result<(), Error> {
        match &self.0 {
            Inner::Sqlite(db) => db.backup_to(path.into()).await,
            Inner::Postgres(_) => Err(Error::Unsupported(
                "a server's databases are backed up with the server's tools (pg_dump, pg_basebackup)".to_owned(),
            )),
        }
    }

    /// Lets no transaction begin until the [`Hold`] is released, or for `limit` at most. Whoever holds all databases of
    /// a store sees them as a crash at that moment would have left them.
    pub async fn hold(&self, limit: Duration) -> Result<Hold, Error> {
        match &self.0 {
            Inner::Sqlite(db) => db.hold(limit).await,
            Inner::Postgres(_) => Err(Error::Unsupported(
                "a server's databases share one snapshot; there is nothing to hold".to_owned(),
            )),
        }
    }

    /// Finishes what is queued, refuses what comes later, and leaves the file without a log to replay.
    pub async fn close(&self) {
        match &self.0 {
            Inner::Sqlite(db) => db.close().await,
            Inner::Postgres(db) => db.close(),
        }
    }

    /// The engine underneath.
    pub fn engine(&self) -> EngineKind {
        match &self.0 {
            Inner::Sqlite(_) => EngineKind::Sqlite,
            Inner::Postgres(_) => EngineKind::Postgres,
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Inner::Sqlite(db) => write!(f, "Db({})", db.name()),
            Inner::Postgres(db) => write!(f, "Db({})", db.name()),
        }
    }
}
