//! `Tx`: what the store functions of a service are written against.

use std::sync::Arc;

use crate::sql::Sql;
use crate::{EngineKind, Error, FromRow, Val, postgres, sqlite};

/// A transaction, or a snapshot to read from.
///
/// It has no lifetime and is `Send`; used after its transaction has ended it answers [`Error::Finished`].
/// Clones are handles to the same one.
#[derive(Clone)]
pub struct Tx(pub(crate) Inner);

#[derive(Clone)]
pub(crate) enum Inner {
    Sqlite(sqlite::Handle),
    Postgres(Arc<postgres::Transaction>),
}

impl Tx {
    /// Runs a statement; returns how many rows it changed.
    pub async fn exec(&self, sql: &'static str, params: &[Val]) -> Result<u64, Error> {
        self.run_exec(Sql::Static(sql), params).await
    }

    /// Runs one statement for each set of parameters; returns how many rows all of them changed.
    pub async fn exec_many(&self, sql: &'static str, rows: &[Vec<Val>]) -> Result<u64, Error> {
        match &self.0 {
            Inner::Sqlite(tx) => tx.exec_many(Sql::Static(sql), rows),
            Inner::Postgres(tx) => tx.exec_many(sql, rows).await,
        }
    }

    /// The first row, if there is one.
    pub async fn opt<T: FromRow>(
        &self,
        sql: &'static str,
        params: &[Val],
    ) -> Result<Option<T>, Error> {
        self.run_opt(Sql::Static(sql), params).await
    }

    /// The first row; [`Error::NotFound`] if there is none.
    pub async fn one<T: FromRow>(&self, sql: &'static str, params: &[Val]) -> Result<T, Error> {
        self.run_opt(Sql::Static(sql), params).await?.ok_or(Error::NotFound)
    }

    /// All rows.
    pub async fn all<T: FromRow>(
        &self,
        sql: &'static str,
        params: &[Val],
    ) -> Result<Vec<T>, Error> {
        self.run_all(Sql::Static(sql), params).await
    }

    /// [`Tx::exec`] for SQL put together at run time. Never put a value into the text: parameters are for that.
    pub async fn exec_dyn(&self, sql: &str, params: &[Val]) -> Result<u64, Error> {
        self.run_exec(Sql::Dynamic(sql), params).await
    }

    /// [`Tx::opt`] for SQL put together at run time.
    pub async fn opt_dyn<T: FromRow>(&self, sql: &str, params: &[Val]) -> Result<Option<T>, Error> {
        self.run_opt(Sql::Dynamic(sql), params).await
    }

    /// [`Tx::one`] for SQL put together at run time.
    pub async fn one_dyn<T: FromRow>(&self, sql: &str, params: &[Val]) -> Result<T, Error> {
        self.run_opt(Sql::Dynamic(sql), params).await?.ok_or(Error::NotFound)
    }

    /// [`Tx::all`] for SQL put together at run time: filters of a list.
    pub async fn all_dyn<T: FromRow>(&self, sql: &str, params: &[Val]) -> Result<Vec<T>, Error> {
        self.run_all(Sql::Dynamic(sql), params).await
    }

    /// Wakes whoever waits on [`crate::Db::on_commit`], once this transaction is committed.
    pub fn notify_commit(&self) {
        match &self.0 {
            Inner::Sqlite(tx) => tx.notify_commit(),
            Inner::Postgres(tx) => tx.notify_commit(),
        }
    }

    /// The engine underneath.
    pub fn engine(&self) -> EngineKind {
        match &self.0 {
            Inner::Sqlite(_) => EngineKind::Sqlite,
            Inner::Postgres(_) => EngineKind::Postgres,
        }
    }

    async fn run_exec(&self, sql: Sql<'_>, params: &[Val]) -> Result<u64, Error> {
        match &self.0 {
            Inner::Sqlite(tx) => tx.exec(sql, params),
            Inner::Postgres(tx) => tx.exec(sql, params).await,
        }
    }

    async fn run_opt<T: FromRow>(&self, sql: Sql<'_>, params: &[Val]) -> Result<Option<T>, Error> {
        match &self.0 {
            Inner::Sqlite(tx) => tx.opt(sql, params),
            Inner::Postgres(tx) => tx.opt(sql, params).await,
        }
    }

    async fn run_all<T: FromRow>(&self, sql: Sql<'_>, params: &[Val]) -> Result<Vec<T>, Error> {
        match &self.0 {
            Inner::Sqlite(tx) => tx.all(sql, params),
            Inner::Postgres(tx) => tx.all(sql, params).await,
        }
    }
}
