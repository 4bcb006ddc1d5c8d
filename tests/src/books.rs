//! The store's databases, read past the store: what it has written down, on either engine.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use emart_testkit::postgres_url;
use rusqlite::{Connection, OpenFlags};
use tokio_postgres::NoTls;

/// What a store keeps its data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Files in its data folder.
    Sqlite,
    /// Schemas in a PostgreSQL database.
    Postgres,
    /// The same, each service in processes of its own, with NATS between them.
    Split,
}

/// All of them.
pub const ENGINES: [Engine; 3] = [Engine::Sqlite, Engine::Postgres, Engine::Split];

/// The databases of one store.
#[derive(Debug)]
pub enum Books {
    /// The data folder.
    Files(PathBuf),
    /// A database of the test's own, gone when this is dropped.
    Database {
        /// The server.
        server: String,
        /// The database.
        name: String,
        /// Where the store finds it.
        url: String,
    },
}

impl Books {
    /// New ones: files in a data folder, or a database of the test's own.
    pub async fn new(engine: Engine, data: PathBuf) -> anyhow::Result<Self> {
        if engine == Engine::Sqlite {
            return Ok(Self::Files(data));
        }
        let server = postgres_url();
        let name = format!("emart_test_{:016x}", rand::random::<u64>());
        execute(&server, &format!("CREATE DATABASE {name}")).await.context(
            "no PostgreSQL for the tests: `cargo xtask test` starts one, or name one in EMART_TEST_POSTGRES",
        )?;
        let (place, _) =
            server.rsplit_once('/').context("EMART_TEST_POSTGRES names no database")?;
        let url = format!("{place}/{name}");
        Ok(Self::Database { server, name, url })
    }

    /// Where the store finds them, on a server.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Files(_) => None,
            Self::Database { url, .. } => Some(url),
        }
    }

    /// The one column of a service's rows, as text.
    pub async fn column(&self, service: &str, sql: &str) -> anyhow::Result<Vec<String>> {
        match self {
            Self::Files(data) => {
                let path = data.join(format!("{service}.db"));
                let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                db.busy_timeout(Duration::from_secs(5))?;
                let mut statement = db.prepare(sql)?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
            Self::Database { url, .. } => {
                let client = connect(url).await?;
                client.batch_execute(&format!("SET search_path TO {service}")).await?;
                let rows = client.query(sql, &[]).await?;
                Ok(rows.iter().map(|row| row.get(0)).collect())
            }
        }
    }

    /// One number.
    pub async fn number(&self, service: &str, expression: &str) -> anyhow::Result<i64> {
        let sql = format!("SELECT CAST({expression} AS TEXT)");
        let rows = self.column(service, &sql).await?;
        Ok(rows.first().context("a row")?.parse()?)
    }
}

impl Drop for Books {
    fn drop(&mut self) {
        let Self::Database { server, name, .. } = self else { return };
        let (server, sql) = (server.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
        // A test may end inside its runtime, where nothing can be waited for.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute(&server, &sql))
        });
        let _ = dropped.join();
    }
}

async fn connect(url: &str) -> anyhow::Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    #[expect(clippy::disallowed_methods, reason = "it ends with the client")]
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(client)
}

async fn execute(url: &str, sql: &str) -> anyhow::Result<()> {
    Ok(connect(url).await?.batch_execute(sql).await?)
}
