//! The server engine: pooled connections, each with its own cached statements.

mod migrations;
mod transaction;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
    TimeoutType,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;
use tokio_postgres::NoTls;

use self::transaction::Begin;
pub(crate) use self::transaction::Transaction;
use crate::db::Load;
use crate::migrate::Migration;
use crate::{Error, Settings, Tx};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);

/// A schema of its own in a PostgreSQL database.
#[derive(Clone)]
pub(crate) struct Database(Arc<Shared>);

struct Shared {
    schema: String,
    pool: Pool,
    long_timeout: Duration,
    commits: watch::Sender<u64>,
}

impl Database {
    pub(crate) async fn open(
        settings: &Settings,
        url: &SecretString,
        pool_size: usize,
        service: &str,
    ) -> Result<Self, Error> {
        let schema = match &settings.namespace {
            Some(namespace) => format!("{namespace}_{service}"),
            None => service.to_owned(),
        };
        // The URL holds a password, so errors name the schema only.
        let failed = |reason: String| Error::Open { database: format!("schema {schema}"), reason };
        let mut config: tokio_postgres::Config =
            url.expose_secret().parse().map_err(|error| failed(format!("the URL: {error}")))?;
        if config.get_application_name().is_none() {
            config.application_name(format!("emart {service}"));
        }
        config.connect_timeout(CONNECT);
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, NoTls, manager))
            .max_size(pool_size.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(settings.wait))
            .create_timeout(Some(CONNECT))
            .post_create(session(&schema, settings.timeout))
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let db = Self(Arc::new(Shared {
            schema: schema.clone(),
            pool,
            long_timeout: settings.long_timeout,
            commits: watch::Sender::new(0),
        }));
        db.create_schema().await.map_err(|error| failed(error.to_string()))?;
        Ok(db)
    }

    pub(crate) async fn write<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        let transaction = self.transaction(Begin::Write).await?;
        let (result, notify) = transaction.run(f).await;
        if notify {
            self.0.commits.send_modify(|commits| *commits += 1);
        }
        result
    }

    pub(crate) async fn read<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        self.transaction(Begin::Read).await?.run(f).await.0
    }

    pub(crate) async fn read_long<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        self.transaction(Begin::LongRead(self.0.long_timeout)).await?.run(f).await.0
    }

    /// For one statement, which is its own transaction.
    pub(crate) async fn single(&self) -> Result<Single, Error> {
        Ok(Single(self.transaction(Begin::Never).await?))
    }

    pub(crate) async fn migrate(&self, set: &str, migrations: &[Migration]) -> Result<(), Error> {
        migrations::apply(&mut self.client().await?, &self.0.schema, set, migrations).await
    }

    pub(crate) fn commits(&self) -> &watch::Sender<u64> {
        &self.0.commits
    }

    pub(crate) fn load(&self) -> Load {
        let pool = self.0.pool.status();
        let in_use = pool.size.saturating_sub(pool.available);
        Load { connections: Some((in_use, pool.available)), waiting: pool.waiting }
    }

    pub(crate) fn close(&self) {
        self.0.pool.close();
    }

    pub(crate) fn name(&self) -> String {
        format!("schema {}", self.0.schema)
    }

    async fn create_schema(&self) -> Result<(), Error> {
        migrations::create_schema(&self.client().await?, &self.0.schema).await
    }

    async fn transaction(&self, begin: Begin) -> Result<Arc<Transaction>, Error> {
        Ok(Arc::new(Transaction::new(self.client().await?, begin)))
    }

    async fn client(&self) -> Result<Object, Error> {
        self.0.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => {
                Error::Overloaded("all connections are in use".to_owned())
            }
            PoolError::Timeout(_) => Error::Unavailable("connecting took too long".to_owned()),
            PoolError::Closed => Error::Closed,
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                match Error::from(error) {
                    overloaded @ Error::Overloaded(_) => overloaded,
                    error => Error::Unavailable(error.to_string()),
                }
            }
            error => Error::Unavailable(error.to_string()),
        })
    }
}

/// One statement on a connection of its own.
pub(crate) struct Single(Arc<Transaction>);

impl std::ops::Deref for Single {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.0
    }
}

/// What every new connection is told.
fn session(schema: &str, timeout: Duration) -> Hook {
    let timeout = timeout.as_millis();
    let sql = format!(
        "SET search_path TO \"{schema}\"; SET statement_timeout = {timeout}; \
         SET idle_in_transaction_session_timeout = {timeout}"
    );
    Hook::async_fn(move |client, _| {
        let sql = sql.clone();
        Box::pin(async move {
            client.batch_execute(&sql).await.map_err(HookError::Backend)?;
            // A statement whose caller went away then ends within a second. Servers before 14 do not know it.
            let _ = client.batch_execute("SET client_connection_check_interval = 1000").await;
            Ok(())
        })
    })
}
