//! One SQLite connection, and the handle through which a transaction uses it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{CachedStatement, OpenFlags};

use crate::sql::{self, Sql};
use crate::{Durability, Error, FromRow, Row, Settings, Val};

/// Prepared statements kept per connection; a service has some dozens.
const STATEMENTS: usize = 128;
/// After so many steps of SQLite's machine it asks whether the time is up: about a millisecond's worth.
const STEPS: i32 = 10_000;

/// How connections to one database file are opened.
pub(super) struct Options {
    pub(super) path: PathBuf,
    durability: Durability,
    cache_kib: u32,
    mmap_bytes: u64,
    max_bytes: Option<u64>,
    wait: Duration,
    timeout: Duration,
    pub(super) long_timeout: Duration,
}

impl Options {
    pub(super) fn new(settings: &Settings, path: PathBuf) -> Self {
        Self {
            path,
            durability: settings.durability,
            cache_kib: settings.cache_kib,
            mmap_bytes: settings.mmap_bytes,
            max_bytes: settings.max_bytes,
            wait: settings.wait,
            timeout: settings.timeout,
            long_timeout: settings.long_timeout,
        }
    }

    /// Creates the file if it is not there. Only one process at a time may do this.
    pub(super) fn open_writer(&self) -> Result<Connection, Error> {
        let db = self.open(OpenFlags::SQLITE_OPEN_CREATE)?;
        let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            let reason =
                format!("the file system refuses a write-ahead log (journal mode stays {mode})");
            return Err(Error::Unsupported(reason));
        }
        let synchronous = match self.durability {
            Durability::Full => "FULL",
            Durability::Relaxed => "NORMAL",
        };
        // Without a limit the log would for ever keep the size of the largest transaction.
        db.execute_batch(&format!(
            "PRAGMA synchronous = {synchronous}; PRAGMA journal_size_limit = 16777216;"
        ))?;
        if let Some(bytes) = self.max_bytes {
            let page: u32 = db.query_row("PRAGMA page_size", [], |row| row.get(0))?;
            db.execute_batch(&format!("PRAGMA max_page_count = {}", bytes / u64::from(page)))?;
        }
        Connection::new(db, self.timeout)
    }

    pub(super) fn open_reader(&self) -> Result<Connection, Error> {
        let db = self.open(OpenFlags::empty())?;
        db.execute_batch("PRAGMA query_only = ON")?;
        Connection::new(db, self.timeout)
    }

    fn open(&self, flags: OpenFlags) -> Result<rusqlite::Connection, Error> {
        let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = rusqlite::Connection::open_with_flags(&self.path, flags)?;
        // SQLite opens what it may not write for reading, and says nothing.
        if db.is_readonly("main")? {
            return Err(Error::ReadOnly("the file is write-protected".to_owned()));
        }
        db.busy_timeout(self.wait)?;
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        db.execute_batch(&format!(
            "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA trusted_schema = OFF;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{}; PRAGMA mmap_size = {};",
            self.cache_kib, self.mmap_bytes
        ))?;
        Ok(db)
    }
}

/// A connection and what is known about the transaction it is in.
pub(super) struct Connection {
    db: rusqlite::Connection,
    /// SQLite's own text of each statement, by the address of the portable one.
    texts: HashMap<(usize, usize), Arc<str>>,
    /// Which transaction is under way; handles of earlier ones are refused.
    transaction: u64,
    failed: Option<Error>,
    notify: bool,
    deadline: Arc<Deadline>,
    timeout: Duration,
}

struct Deadline {
    start: Instant,
    at_ms: AtomicU64,
}

impl Connection {
    fn new(mut db: rusqlite::Connection, timeout: Duration) -> Result<Self, Error> {
        let deadline =
            Arc::new(Deadline { start: Instant::now(), at_ms: AtomicU64::new(u64::MAX) });
        let check = deadline.clone();
        db.progress_handler(STEPS, Some(move || check.passed()))?;
        let texts = HashMap::new();
        Ok(Self { db, texts, transaction: 0, failed: None, notify: false, deadline, timeout })
    }

    pub(super) fn database(&self) -> &rusqlite::Connection {
        &self.db
    }

    /// A new transaction begins here as far as handles are concerned; what SQLite is told is the caller's affair.
    pub(super) fn start(&mut self, timeout: Option<Duration>) -> u64 {
        self.transaction += 1;
        self.failed = None;
        self.notify = false;
        self.deadline.set(timeout.unwrap_or(self.timeout));
        self.transaction
    }

    /// Handles of the transaction are refused from now on. Returns what failed in it, and whether it wants to be heard of.
    pub(super) fn finish(&mut self) -> (Option<Error>, bool) {
        self.transaction += 1;
        self.deadline.clear();
        (self.failed.take(), std::mem::take(&mut self.notify))
    }

    /// Runs `BEGIN`, `COMMIT` and the like.
    pub(super) fn control(&self, sql: &str) -> Result<(), Error> {
        self.db.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// SQLite itself rolls a transaction back when the disk is full or fails.
    pub(super) fn is_in_transaction(&self) -> bool {
        !self.db.is_autocommit()
    }

    fn run<R>(
        &mut self,
        sql: Sql<'_>,
        f: impl FnOnce(&mut CachedStatement<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        if let Some(error) = &self.failed {
            return Err(aborted(error));
        }
        let text = self.text(sql);
        let result = self.db.prepare_cached(&text).map_err(Error::from).and_then(|mut s| f(&mut s));
        result.map_err(|error| {
            let error = error.in_statement(sql.text());
            self.failed = Some(error.clone());
            error
        })
    }

    fn text(&mut self, sql: Sql<'_>) -> Arc<str> {
        match sql {
            Sql::Static(text) => self
                .texts
                .entry((text.as_ptr().addr(), text.len()))
                .or_insert_with(|| sql::sqlite(text).into())
                .clone(),
            Sql::Dynamic(text) => sql::sqlite(text).into(),
        }
    }
}

/// The same answer on both engines when a body goes on after an error.
pub(crate) fn aborted(cause: &Error) -> Error {
    match cause {
        Error::Aborted(_) => cause.clone(),
        cause => Error::Aborted(cause.to_string()),
    }
}

impl Deadline {
    fn set(&self, timeout: Duration) {
        self.at_ms.store(milliseconds(self.start.elapsed() + timeout), Ordering::Relaxed);
    }

    fn clear(&self) {
        self.at_ms.store(u64::MAX, Ordering::Relaxed);
    }

    fn passed(&self) -> bool {
        milliseconds(self.start.elapsed()) > self.at_ms.load(Ordering::Relaxed)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A connection that several owners know. Only one uses it at a time, so the lock is never waited for.
#[derive(Clone)]
pub(super) struct SharedConnection(Arc<Mutex<Connection>>);

impl SharedConnection {
    pub(super) fn new(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(connection)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic while it was held came from a `FromRow`; the connection itself is sound and its user rolls back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn handle(&self, transaction: u64) -> Handle {
        Handle { connection: self.clone(), transaction }
    }
}

/// A transaction's access to its connection.
#[derive(Clone)]
pub(crate) struct Handle {
    connection: SharedConnection,
    transaction: u64,
}

impl Handle {
    pub(crate) fn exec(&self, sql: Sql<'_>, params: &[Val]) -> Result<u64, Error> {
        self.current()?.run(sql, |statement| change(statement, params))
    }

    pub(crate) fn exec_many(&self, sql: Sql<'_>, rows: &[Vec<Val>]) -> Result<u64, Error> {
        self.current()?
            .run(sql, |statement| rows.iter().map(|params| change(statement, params)).sum())
    }

    pub(crate) fn opt<T: FromRow>(&self, sql: Sql<'_>, params: &[Val]) -> Result<Option<T>, Error> {
        self.current()?.run(sql, |statement| {
            let writes = !statement.readonly();
            let mut rows = query(statement, params)?;
            let first = rows.next()?.map(|row| T::from_row(&Row::sqlite(row))).transpose()?;
            // `INSERT … RETURNING` checks foreign keys when it comes to its end.
            while writes && rows.next()?.is_some() {}
            Ok(first)
        })
    }

    pub(crate) fn all<T: FromRow>(&self, sql: Sql<'_>, params: &[Val]) -> Result<Vec<T>, Error> {
        self.current()?.run(sql, |statement| {
            let mut rows = query(statement, params)?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(T::from_row(&Row::sqlite(row))?);
            }
            Ok(all)
        })
    }

    pub(crate) fn notify_commit(&self) {
        if let Ok(mut connection) = self.current() {
            connection.notify = true;
        }
    }

    fn current(&self) -> Result<MutexGuard<'_, Connection>, Error> {
        let connection = self.connection.lock();
        if connection.transaction == self.transaction {
            Ok(connection)
        } else {
            Err(Error::Finished)
        }
    }
}

fn change(statement: &mut CachedStatement<'_>, params: &[Val]) -> Result<u64, Error> {
    sql::check(statement.parameter_count(), params)?;
    Ok(statement.execute(rusqlite::params_from_iter(params))? as u64)
}

fn query<'a>(
    statement: &'a mut CachedStatement<'_>,
    params: &[Val],
) -> Result<rusqlite::Rows<'a>, Error> {
    sql::check(statement.parameter_count(), params)?;
    Ok(statement.query(rusqlite::params_from_iter(params))?)
}
