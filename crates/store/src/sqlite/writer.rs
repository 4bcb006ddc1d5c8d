//! The one thread that writes a database: group commit.
//!
//! It takes what is queued, gives each job a savepoint of its own, commits all of them with one `fsync` and only then
//! answers. A job that fails is undone alone.

mod job;

use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::{oneshot, watch};

use self::job::Job;
pub(super) use self::job::Task;
use super::connection::{Connection, SharedConnection, aborted};
use super::hold::Gate;
use crate::migrate::{self, Applied, Migration};
use crate::{Error, sql};

/// Jobs per commit. More would not make the `fsync` cheaper by much, but the first of them wait longer.
const BATCH: usize = 256;
/// Nor do jobs that take their time keep those waiting that are done. About as long as a slow `fsync`.
const PATIENCE: Duration = Duration::from_millis(5);

/// From so many jobs a commit on, more are taken to be coming: the next commit waits a moment for them. A lone writer
/// never waits. (PostgreSQL's `commit_siblings` and `commit_delay`.)
const CROWD: usize = 4;
/// How long it waits. Far less than the commits of a crowd take one by one.
const GATHER: Duration = Duration::from_micros(500);

/// What the thread is asked to do.
pub(super) enum Message {
    Job(Box<dyn Job>),
    Migrate {
        set: String,
        migrations: &'static [Migration],
        reply: oneshot::Sender<Result<(), Error>>,
    },
    Hold(Gate),
    Close,
}

/// The way to the thread. It ends when the last one of these is gone, or when it is closed.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    wait: Duration,
    /// Closed when the thread has ended.
    ended: watch::Receiver<()>,
}

impl Writer {
    pub(super) fn start(
        name: String,
        connection: Connection,
        queue: usize,
        wait: Duration,
        commits: watch::Sender<u64>,
    ) -> Result<Self, Error> {
        let (queue, inbox) = mpsc::channel(queue.max(1));
        let runtime = Handle::current();
        let connection = SharedConnection::new(connection);
        let (alive, ended) = watch::channel(());
        let (later, batch) = (None, Vec::new());
        let thread = Thread { connection, inbox, commits, later, batch, crowded: false };
        std::thread::Builder::new()
            .name(name)
            .spawn(move || {
                // A job that awaits a timer is then refused when it suspends, instead of panicking.
                let _entered = runtime.enter();
                thread.run();
                drop(alive);
            })
            .map_err(|error| Error::Overloaded(format!("no thread to write with: {error}")))?;
        Ok(Self { queue, wait, ended })
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), Error> {
        let message = match self.queue.try_send(message) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(_)) => return Err(Error::Closed),
            Err(TrySendError::Full(message)) => message,
        };
        match self.queue.send_timeout(message, self.wait).await {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(Error::Closed),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                Err(Error::Overloaded("too many write transactions are waiting".to_owned()))
            }
        }
    }

    /// How many wait for their turn.
    pub(super) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    pub(super) fn ready(&self) -> Result<(), Error> {
        if self.queue.is_closed() { Err(Error::Closed) } else { Ok(()) }
    }

    pub(super) async fn close(&self) {
        // However long the queue is: what is in it is still done. If it is closed already, so much the better.
        let _ = self.queue.send(Message::Close).await;
        let mut ended = self.ended.clone();
        while ended.changed().await.is_ok() {}
    }
}

struct Thread {
    connection: SharedConnection,
    inbox: mpsc::Receiver<Message>,
    commits: watch::Sender<u64>,
    /// Met while filling a batch, but no job.
    later: Option<Message>,
    /// The jobs that wait for the commit.
    batch: Vec<Box<dyn Job>>,
    /// Whether the last commit was of many jobs.
    crowded: bool,
}

impl Thread {
    fn run(mut self) {
        while let Some(message) = self.later.take().or_else(|| self.inbox.blocking_recv()) {
            match message {
                Message::Job(job) => self.commit_group(job),
                Message::Migrate { set, migrations, reply } => {
                    let _ = reply.send(migrate(&self.connection.lock(), &set, migrations));
                }
                Message::Hold(gate) => gate.stand_still(),
                // What is in the queue is still done, what comes later is refused.
                Message::Close => self.inbox.close(),
            }
        }
        if let Err(error) = self
            .connection
            .lock()
            .database()
            .execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);")
        {
            // Nothing is lost: the log is replayed at the next start.
            tracing::warn!(%error, "the write-ahead log could not be emptied");
        }
    }

    /// Runs `first` and whatever else is queued, and commits all of it at once.
    fn commit_group(&mut self, first: Box<dyn Job>) {
        if first.is_abandoned() {
            return;
        }
        let begun = self.connection.lock().control("BEGIN IMMEDIATE");
        let committed = match begun {
            Ok(()) => self.run_and_commit(first),
            Err(error) => {
                // The others would wait as long for nothing.
                self.batch.push(first);
                while let Some(job) = self.next_job() {
                    self.batch.push(job);
                }
                Err(error)
            }
        };
        if let Err(error) = &committed {
            tracing::error!(%error, jobs = self.batch.len(), "write transactions were not committed");
            self.make_room(error);
        }
        self.answer(committed.as_ref().err());
    }

    fn run_and_commit(&mut self, first: Box<dyn Job>) -> Result<(), Error> {
        let started = Instant::now();
        let mut notify = false;
        let mut gathers = self.crowded;
        let mut next = Some(first);
        while let Some(job) = next {
            match self.run_job(job) {
                Ok(wants_notice) => notify |= wants_notice,
                Err(error) => {
                    roll_back(&self.connection.lock());
                    return Err(error);
                }
            }
            if !self.connection.lock().is_in_transaction() {
                // The first job failed, alone.
                return Ok(());
            }
            next = if started.elapsed() < PATIENCE { self.next_job() } else { None };
            if next.is_none() && std::mem::take(&mut gathers) {
                std::thread::sleep(GATHER);
                next = self.next_job();
            }
        }
        self.crowded = self.batch.len() >= CROWD;
        commit(&self.connection.lock())?;
        if notify {
            self.commits.send_modify(|commits| *commits += 1);
        }
        Ok(())
    }

    /// On a full disk the log cannot grow. What it holds may fit into the database file, and then it starts anew.
    fn make_room(&self, error: &Error) {
        if matches!(error, Error::Full(_) | Error::Disk(_)) {
            // Should this fail as well, nothing is worse than before.
            let _ =
                self.connection.lock().database().execute_batch("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    /// Runs one job inside the open transaction. An error is the whole batch's, to be rolled back and answered.
    ///
    /// The first job needs no savepoint: if it fails, the transaction is rolled back, with nothing else in it.
    fn run_job(&mut self, mut job: Box<dyn Job>) -> Result<bool, Error> {
        let alone = self.batch.is_empty();
        let transaction = {
            let mut connection = self.connection.lock();
            if !alone && let Err(error) = connection.control("SAVEPOINT job") {
                self.batch.push(job);
                return Err(error);
            }
            connection.start(None)
        };
        let mut keep = job.run(self.connection.handle(transaction));

        let mut connection = self.connection.lock();
        let (failed, notify) = connection.finish();
        if keep && let Some(error) = &failed {
            // It went on after a failed statement and says all is well.
            job.refuse(aborted(error));
            keep = false;
        }
        self.batch.push(job);
        if !connection.is_in_transaction() {
            // SQLite has rolled back everything, the batch-mates' work too: the disk is full, or fails.
            let ended = || Error::Database("a transaction was ended from inside".to_owned());
            return Err(failed.unwrap_or_else(ended));
        }
        match (keep, alone) {
            (true, true) => {}
            (true, false) => connection.control("RELEASE job")?,
            (false, true) => connection.control("ROLLBACK")?,
            (false, false) => {
                connection.control("ROLLBACK TO job")?;
                connection.control("RELEASE job")?;
            }
        }
        Ok(keep && notify)
    }

    /// The next job that is queued and still wanted, if the batch has room for it.
    fn next_job(&mut self) -> Option<Box<dyn Job>> {
        while self.batch.len() < BATCH && self.later.is_none() {
            match self.inbox.try_recv().ok()? {
                Message::Job(job) if job.is_abandoned() => {}
                Message::Job(job) => return Some(job),
                other => self.later = Some(other),
            }
        }
        None
    }

    /// Answers everybody in the batch. After a failure nothing of the batch was kept.
    fn answer(&mut self, failure: Option<&Error>) {
        for job in self.batch.drain(..) {
            job.answer(failure);
        }
    }
}

/// Applies one migration after the other, each with its own commit, so that what worked stays.
fn migrate(connection: &Connection, set: &str, migrations: &[Migration]) -> Result<(), Error> {
    loop {
        connection.control("BEGIN IMMEDIATE")?;
        let applied = next_migration(connection.database(), set, migrations);
        match applied {
            Ok(Some(migration)) => {
                commit(connection).map_err(|error| migration.failed(set, error.to_string()))?;
                tracing::info!(set, migration = migration.name, "migrated");
            }
            Ok(None) => return commit(connection),
            Err(error) => {
                roll_back(connection);
                return Err(error);
            }
        }
    }
}

fn next_migration<'a>(
    db: &rusqlite::Connection,
    set: &str,
    migrations: &'a [Migration],
) -> Result<Option<&'a Migration>, Error> {
    db.execute_batch(migrate::TABLE)?;
    let applied = db
        .prepare(&sql::sqlite(migrate::APPLIED))?
        .query_map([set], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<Vec<Applied>, _>>()?;
    let Some(migration) = migrate::pending(set, migrations, &applied)?.first() else {
        return Ok(None);
    };
    let failed = |error: rusqlite::Error| migration.failed(set, error.to_string());
    db.execute_batch(&sql::sqlite(migration.sql)).map_err(failed)?;
    if db.is_autocommit() {
        return Err(migration.failed(set, "it ends the transaction it runs in"));
    }
    let sql = "INSERT INTO schema_migrations (migration_set, version, name, checksum, applied_at)
        VALUES (?1, ?2, ?3, ?4, CAST(strftime('%s', 'now') AS INTEGER) * 1000)";
    db.execute(sql, (set, migration.version, migration.name, migration.checksum()))
        .map_err(failed)?;
    Ok(Some(migration))
}

/// Commits; should that fail, nothing stays open.
fn commit(connection: &Connection) -> Result<(), Error> {
    let committed = connection.control("COMMIT");
    if committed.is_err() {
        roll_back(connection);
    }
    committed
}

fn roll_back(connection: &Connection) {
    if connection.is_in_transaction()
        && let Err(error) = connection.control("ROLLBACK")
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}
