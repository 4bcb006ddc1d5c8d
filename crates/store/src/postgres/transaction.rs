//! One transaction on one pooled connection, which goes back to the pool only when the transaction has ended.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use deadpool_postgres::Object;
use futures_util::future::{self, FutureExt};
use futures_util::stream::TryStreamExt;
use tokio_postgres::{Row as PgRow, Statement};

use crate::body::{Inside, panicked};
use crate::sql::{self, Sql};
use crate::tx::Inner;
use crate::{Error, FromRow, Row, Tx, Val};

/// Statements of [`Transaction::exec_many`] on their way at the same time.
const PIPELINE: usize = 64;

/// How the transaction begins: together with its first statement, which saves a round trip.
#[derive(Clone, Copy)]
pub(super) enum Begin {
    Write,
    Read,
    LongRead(Duration),
    /// Every statement is its own.
    Never,
}

pub(crate) struct Transaction {
    /// `None` only while it is dropped.
    client: Option<Object>,
    begin: Begin,
    begun: AtomicBool,
    /// Nothing more may be sent: it was committed, rolled back or given up.
    ended: AtomicBool,
    /// The server knows that it is over, so the connection can be used again.
    clean: AtomicBool,
    notify: AtomicBool,
    in_flight: AtomicUsize,
    /// A statement was sent and its answer not waited for.
    interrupted: AtomicBool,
    failed: Mutex<Option<Error>>,
}

impl Transaction {
    pub(super) fn new(client: Object, begin: Begin) -> Self {
        Self {
            client: Some(client),
            begin,
            begun: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            clean: AtomicBool::new(true),
            notify: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            interrupted: AtomicBool::new(false),
            failed: Mutex::new(None),
        }
    }

    /// Runs the body and ends the transaction. The flag says whether a commit wants to be heard of.
    ///
    /// Dropped at any point, it closes the connection, and the server rolls back.
    pub(super) async fn run<T, E, F, Fut>(self: Arc<Self>, f: F) -> (Result<T, E>, bool)
    where
        F: FnOnce(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        let body = async { f(Tx(Inner::Postgres(self.clone()))).await };
        let result = AssertUnwindSafe(self.watched(body)).catch_unwind().await;
        let result = result.unwrap_or_else(|panic| Err(panicked(&*panic).into()));
        self.ended.store(true, Ordering::Relaxed);
        match (result, self.failure()) {
            (Ok(_), Some(error)) => {
                self.end("ROLLBACK").await;
                (Err(crate::sqlite::aborted(&error).into()), false)
            }
            (Ok(value), None) => match self.commit().await {
                Ok(()) => (Ok(value), self.notify.load(Ordering::Relaxed)),
                Err(error) => (Err(error.into()), false),
            },
            (Err(error), _) => {
                self.end("ROLLBACK").await;
                (Err(error), false)
            }
        }
    }

    /// Polls the body; one that waits while no statement is under way waits for something else.
    async fn watched<T, E: From<Error>>(
        &self,
        body: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let mut body = pin!(body);
        poll_fn(|context| {
            let _inside = Inside::enter();
            match body.as_mut().poll(context) {
                Poll::Pending if self.in_flight.load(Ordering::Relaxed) == 0 => {
                    Poll::Ready(Err(Error::Suspended.into()))
                }
                poll => poll,
            }
        })
        .await
    }

    async fn commit(&self) -> Result<(), Error> {
        if !self.begun.load(Ordering::Relaxed) || matches!(self.begin, Begin::Never) {
            return Ok(());
        }
        let committed = self.client().batch_execute("COMMIT").await;
        // An error the server itself reports has ended the transaction too.
        let known = committed.as_ref().err().is_none_or(|error| error.as_db_error().is_some());
        self.clean.store(known, Ordering::Relaxed);
        Ok(committed?)
    }

    async fn end(&self, sql: &str) {
        // While a statement is still running there, the connection is worth less than the wait for it.
        if self.begun.load(Ordering::Relaxed)
            && !self.interrupted.load(Ordering::Relaxed)
            && self.client().batch_execute(sql).await.is_ok()
        {
            self.clean.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) async fn exec(&self, sql: Sql<'_>, params: &[Val]) -> Result<u64, Error> {
        self.statement(sql, params, async |statement| {
            Ok(self.client().execute_raw(&statement, params).await?)
        })
        .await
    }

    pub(crate) async fn exec_many(
        &self,
        sql: &'static str,
        rows: &[Vec<Val>],
    ) -> Result<u64, Error> {
        let Some(first) = rows.first() else { return Ok(0) };
        self.statement(Sql::Static(sql), first, async |statement| {
            let mut changed = 0;
            for rows in rows.chunks(PIPELINE) {
                // Sent one behind the other without waiting for the answers in between.
                let mut sent = Vec::with_capacity(rows.len());
                for params in rows {
                    sent.push(self.exec_prepared(&statement, params));
                }
                for answer in future::join_all(sent).await {
                    changed += answer?;
                }
            }
            Ok(changed)
        })
        .await
    }

    pub(crate) async fn opt<T: FromRow>(
        &self,
        sql: Sql<'_>,
        params: &[Val],
    ) -> Result<Option<T>, Error> {
        let rows = self.rows(sql, params).await?;
        let first = rows.first().map(|row| T::from_row(&Row::postgres(row))).transpose();
        first.map_err(|error| self.fail(error))
    }

    pub(crate) async fn all<T: FromRow>(
        &self,
        sql: Sql<'_>,
        params: &[Val],
    ) -> Result<Vec<T>, Error> {
        let rows = self.rows(sql, params).await?;
        let all: Result<_, _> = rows.iter().map(|row| T::from_row(&Row::postgres(row))).collect();
        all.map_err(|error| self.fail(error))
    }

    pub(crate) fn notify_commit(&self) {
        self.notify.store(true, Ordering::Relaxed);
    }

    async fn rows(&self, sql: Sql<'_>, params: &[Val]) -> Result<Vec<PgRow>, Error> {
        self.statement(sql, params, async |statement| {
            Ok(self.client().query_raw(&statement, params).await?.try_collect().await?)
        })
        .await
    }

    async fn exec_prepared(&self, statement: &Statement, params: &[Val]) -> Result<u64, Error> {
        sql::check(statement.params().len(), params)?;
        Ok(self.client().execute_raw(statement, params).await?)
    }

    /// What every statement has in common: whether it may run at all, `BEGIN` before the first, and the note that
    /// it failed.
    async fn statement<R>(
        &self,
        sql: Sql<'_>,
        params: &[Val],
        run: impl AsyncFnOnce(Statement) -> Result<R, Error>,
    ) -> Result<R, Error> {
        if self.ended.load(Ordering::Relaxed) {
            return Err(Error::Finished);
        }
        if let Some(error) = self.failure() {
            return Err(crate::sqlite::aborted(&error));
        }
        let flight = Flight::start(self);
        let result = async {
            let statement = self.prepare(sql).await?;
            sql::check(statement.params().len(), params)?;
            let Some(begin) = self.begin_now() else { return run(statement).await };
            // Both are sent at once, in this order; the server answers in this order.
            let begun = self.client().batch_execute(&begin);
            let (begun, result) = future::join(begun, run(statement)).await;
            begun?;
            result
        }
        .await;
        flight.land();
        result.map_err(|error| self.fail(error.in_statement(sql.text())))
    }

    /// After an error the transaction can only roll back.
    fn fail(&self, error: Error) -> Error {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        error
    }

    /// The statement that begins the transaction, the first time.
    fn begin_now(&self) -> Option<String> {
        if self.begun.swap(true, Ordering::Relaxed) {
            return None;
        }
        let read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let begin = match self.begin {
            Begin::Write => "BEGIN ISOLATION LEVEL READ COMMITTED".to_owned(),
            Begin::Read => read.to_owned(),
            Begin::LongRead(timeout) => {
                format!("{read}; SET LOCAL statement_timeout = {}", timeout.as_millis())
            }
            Begin::Never => return None,
        };
        self.clean.store(false, Ordering::Relaxed);
        Some(begin)
    }

    async fn prepare(&self, sql: Sql<'_>) -> Result<Statement, Error> {
        let text = sql::postgres(sql.text());
        Ok(match sql {
            Sql::Static(_) => self.client().prepare_cached(&text).await?,
            // Not cached: the cache never forgets, and such texts come in any number.
            Sql::Dynamic(_) => self.client().prepare(&text).await?,
        })
    }

    fn failure(&self) -> Option<Error> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn client(&self) -> &Object {
        self.client.as_ref().expect("only drop takes it")
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !*self.clean.get_mut()
            && let Some(client) = self.client.take()
        {
            // Out of the pool and closed: the server rolls back what was begun.
            drop(Object::take(client));
        }
    }
}

/// A statement under way.
struct Flight<'a>(&'a Transaction);

impl<'a> Flight<'a> {
    fn start(transaction: &'a Transaction) -> Self {
        transaction.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(transaction)
    }

    fn land(self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        std::mem::forget(self);
    }
}

impl Drop for Flight<'_> {
    /// Nobody waits for the statement any more, but the server is still at it.
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.0.interrupted.store(true, Ordering::Relaxed);
        self.0.clean.store(false, Ordering::Relaxed);
    }
}
