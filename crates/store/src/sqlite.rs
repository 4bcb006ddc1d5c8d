//! The embedded engine: one writer thread per database, reads inline on pooled connections.

mod connection;
pub(crate) mod files;
mod hold;
mod readers;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::spawn_blocking;

use self::connection::Options;
pub(crate) use self::connection::{Handle, aborted};
pub use self::hold::Hold;
use self::readers::Readers;
use self::writer::{Message, Task, Writer};
use crate::migrate::Migration;
use crate::tx::Inner;
use crate::{Error, Settings, Tx, body};

/// One SQLite database file.
#[derive(Clone)]
pub(crate) struct Database(Arc<Shared>);

struct Shared {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
    commits: watch::Sender<u64>,
}

impl Database {
    pub(crate) async fn open(
        settings: &Settings,
        dir: &Path,
        service: &str,
    ) -> Result<Self, Error> {
        let options = Options::new(settings, dir.join(format!("{service}.db")));
        let (dir, thread) = (dir.to_owned(), format!("db-{service}"));
        let (queue, wait) = (settings.queue, settings.wait);
        blocking(move || {
            let failed = |error: Error| Error::Open {
                database: options.path.display().to_string(),
                reason: error.to_string(),
            };
            let connection = files::exclusively(&dir, || options.open_writer()).map_err(failed)?;
            let commits = watch::Sender::new(0);
            Ok(Self(Arc::new(Shared {
                path: options.path.clone(),
                writer: Writer::start(thread, connection, queue, wait, commits.clone())?,
                readers: Readers::new(options),
                commits,
            })))
        })
        .await
    }

    pub(crate) async fn write<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>>,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.0.writer.send(Message::Job(Task::boxed(f, reply))).await?;
        // The writer answers every job it took; without an answer there is no writer any more.
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    pub(crate) fn read<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        let reader = self.0.readers.begin(false)?;
        let result = body::caught(|| body::run_now(f(Tx(Inner::Sqlite(reader.handle())))));
        reader.end();
        result
    }

    pub(crate) async fn read_blocking<T, E, F, Fut>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>>,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let this = self.clone();
        blocking(move || {
            let reader = this.0.readers.begin(true)?;
            let result = body::caught(|| body::run_now(f(Tx(Inner::Sqlite(reader.handle())))));
            reader.end();
            result
        })
        .await
    }

    /// One query on its own needs no transaction around it to be a snapshot.
    pub(crate) fn single<T>(
        &self,
        f: impl FnOnce(&Handle) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let reader = self.0.readers.single()?;
        let result = f(&reader.handle());
        reader.end();
        result
    }

    pub(crate) async fn migrate(
        &self,
        set: &str,
        migrations: &'static [Migration],
    ) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        let message = Message::Migrate { set: set.to_owned(), migrations, reply };
        self.0.writer.send(message).await?;
        answer.await.unwrap_or(Err(Error::Closed))
    }

    pub(crate) fn commits(&self) -> &watch::Sender<u64> {
        &self.0.commits
    }

    pub(crate) fn ready(&self) -> Result<(), Error> {
        self.0.writer.ready()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.0.writer.waiting()
    }

    pub(crate) async fn backup_to(&self, path: PathBuf) -> Result<(), Error> {
        let this = self.clone();
        blocking(move || {
            let source = this.0.readers.take()?;
            files::backup(source.lock().database(), &path)
        })
        .await
    }

    pub(crate) async fn hold(&self, limit: Duration) -> Result<Hold, Error> {
        let (gate, hold, standing) = hold::pair(limit);
        self.0.writer.send(Message::Hold(gate)).await?;
        standing.await.map_err(|_| Error::Closed)?;
        Ok(hold)
    }

    pub(crate) async fn close(&self) {
        self.0.readers.close();
        self.0.writer.close().await;
    }

    pub(crate) fn name(&self) -> String {
        self.0.path.display().to_string()
    }
}

async fn blocking<T, E>(f: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    match spawn_blocking(f).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => Err(body::panicked(&*error.into_panic()).into()),
        Err(_) => Err(Error::Closed.into()),
    }
}
