//! `TestDb` and `TestStore`: databases of one test's own, on both engines, gone when the test is over.

use std::ops::Deref;

use emart_store::{Db, EngineKind, Migration, Settings};
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// Where the tests look for PostgreSQL when `EMART_TEST_POSTGRES` does not say.
const POSTGRES: &str = "postgres://postgres@127.0.0.1:5432/postgres";

/// The database of `service`, once on each engine:
/// `for db in databases("catalog", MIGRATIONS).await { … }`.
pub async fn databases(service: &str, migrations: &'static [Migration]) -> Vec<TestDb> {
    let mut databases = Vec::new();
    for store in stores().await {
        let db =
            store.settings().open(service, migrations).await.expect("open the test's database");
        databases.push(TestDb { db, store });
    }
    databases
}

/// A place for the databases of all services, once on each engine, for tests that start whole services.
pub async fn stores() -> [TestStore; 2] {
    [TestStore::sqlite(), TestStore::postgres().await]
}

/// A service's database that belongs to one test.
pub struct TestDb {
    db: Db,
    store: TestStore,
}

impl TestDb {
    /// How it was opened, to open it once more.
    pub fn settings(&self) -> &Settings {
        self.store.settings()
    }
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

/// A place for databases that belongs to one test.
pub struct TestStore {
    settings: Settings,
    place: Place,
}

enum Place {
    /// Removed when dropped.
    Directory {
        _dir: TempDir,
    },
    Server {
        url: String,
        namespace: String,
    },
}

impl TestStore {
    /// Embedded databases in a directory of their own.
    pub fn sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a directory for the test's databases");
        Self { settings: Settings::sqlite(dir.path()), place: Place::Directory { _dir: dir } }
    }

    /// Schemas of their own on the test server. Fails the test when there is no server.
    pub async fn postgres() -> Self {
        let url = postgres_url();
        if let Err(error) = tokio_postgres::connect(&url, NoTls).await {
            panic!(
                "no PostgreSQL for the tests: {error}. `cargo xtask test` starts one; or start one yourself and set EMART_TEST_POSTGRES=postgres://user:password@host:port/database"
            );
        }
        let namespace = format!("test_{:016x}", rand::random::<u64>());
        // The connections of this test go by its name, so that they can be ended with it.
        let separator = if url.contains('?') { '&' } else { '?' };
        let own_url = format!("{url}{separator}application_name={namespace}");
        let mut settings = Settings::postgres(own_url, 4);
        settings.namespace = Some(namespace.clone());
        Self { settings, place: Place::Server { url, namespace } }
    }

    /// How to open a database in this place.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The engine underneath.
    pub fn engine(&self) -> EngineKind {
        match self.place {
            Place::Directory { .. } => EngineKind::Sqlite,
            Place::Server { .. } => EngineKind::Postgres,
        }
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        if std::thread::panicking() {
            #[expect(
                clippy::print_stderr,
                reason = "a test over both engines must say which one failed"
            )]
            {
                eprintln!("the test failed on {:?}", self.engine());
            }
        }
        if let Place::Server { url, namespace } = &self.place {
            let (url, namespace) = (url.clone(), namespace.clone());
            // A test may end inside its runtime, where nothing can be waited for.
            let dropped = std::thread::spawn(move || drop_schemas(&url, &namespace)).join();
            if !std::thread::panicking() {
                dropped.expect("the thread does not panic").expect("drop the test's schemas");
            }
        }
    }
}

/// The PostgreSQL server of the tests.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration file")]
pub fn postgres_url() -> String {
    std::env::var("EMART_TEST_POSTGRES").unwrap_or_else(|_| POSTGRES.to_owned())
}

fn drop_schemas(url: &str, namespace: &str) -> Result<(), tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime to clean up with").block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        let work = async {
            // A background task of the test may have been stopped in the middle of a transaction.
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
            client.query(sql, &[&namespace]).await?;
            let sql = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, $1)";
            for row in client.query(sql, &[&format!("{namespace}_")]).await? {
                let schema: String = row.get(0);
                let sql = format!("SET lock_timeout = '10s'; DROP SCHEMA \"{schema}\" CASCADE");
                client.batch_execute(&sql).await?;
            }
            Ok(())
        };
        tokio::select! {
            result = work => result,
            Err(error) = connection => Err(error),
        }
    })
}
