//! One store, two engines: SQL written once runs on embedded SQLite and on PostgreSQL.
//!
//! Only this crate knows which of the two it talks to. A service writes `async fn f(tx: &Tx, …)` and calls it
//! through [`Db::write`] or [`Db::read`]:
//!
//! ```
//! use emart_store::{Db, Error, Tx, vals};
//!
//! async fn take(tx: &Tx, sku: &str, pieces: i64) -> Result<bool, Error> {
//!     let sql = "UPDATE stock SET pieces = pieces - $2 WHERE sku = $1 AND pieces >= $2";
//!     Ok(tx.exec(sql, vals![sku, pieces]).await? == 1)
//! }
//!
//! async fn sell(db: &Db, sku: String) -> Result<bool, Error> {
//!     db.write(move |tx| async move { take(&tx, &sku, 1).await }).await
//! }
//! ```
//!
//! # How it runs
//!
//! On SQLite the futures of [`Tx`] never suspend. A read runs on the calling thread, on a connection nobody else
//! uses meanwhile; a write is a job for the database's one writer thread, which gives every queued job a savepoint
//! of its own, commits them together (one `fsync` for up to 256 jobs) and only then answers. On PostgreSQL the same futures wait for
//! the server, on pooled connections with cached statements.
//!
//! What holds on both engines, and is tested on both:
//!
//! - `Ok` from [`Db::write`] means committed and, unless [`Durability::Relaxed`] was asked for, on the disk.
//! - `Err`, a panic or a caller that goes away roll back that one transaction and nothing else. Only when the disk
//!   is full or fails, or a transaction is stopped for taking too long, SQLite gives up the whole group; then
//!   everybody in it gets that error.
//! - A body awaits its `Tx` and nothing else: no network call inside a transaction, no second transaction inside
//!   the first. Whoever tries gets [`Error::Suspended`] and the transaction is rolled back.
//! - After a statement failed, the transaction can only roll back ([`Error::Aborted`]); it is never half kept. To
//!   expect a conflict, write `ON CONFLICT DO NOTHING`.
//! - All statements of one [`Db::read`] see the same snapshot, and cannot write.
//!
//! Isolation differs: SQLite runs one write transaction after the other, PostgreSQL runs them side by side in READ
//! COMMITTED. So never lean on what was read earlier in the transaction: write conditional updates
//! (`… WHERE stock >= $2`) and look at the number of changed rows.
//!
//! # The dialect
//!
//! | for | write | not |
//! | --- | --- | --- |
//! | parameters | `$1`, `$2`, any order, any number of times | `?` |
//! | ids, text, JSON | `TEXT`; `{{text}}` where it is sorted or compared by `<` | `VARCHAR`, `JSONB` |
//! | money, counts, times | `BIGINT` (minor units, Unix milliseconds) | floats, `NUMERIC`, `TIMESTAMP` |
//! | flags | `BOOLEAN` with `TRUE`/`FALSE`, or better a nullable time | `0`/`1` |
//! | references | `REFERENCES`, checked at once | `DEFERRABLE` (a group would pay for one member) |
//! | bytes | `{{bytes}}` | |
//! | rows that stay for ever | `{{append_only table}}` in a migration, after the table: both engines refuse to change or delete them | |
//! | a growing number as key | `id {{sequence}}` | `SERIAL`, `AUTOINCREMENT` |
//! | upsert | `INSERT … ON CONFLICT (…) DO UPDATE/NOTHING`, `RETURNING` | `INSERT OR REPLACE` |
//! | work queues | `… LIMIT $1 {{skip_locked}}` at the end of a `SELECT` | |
//! | rows to be changed by what they hold | `SELECT … ORDER BY id {{for_update}}`: locked until the end | |
//! | sorting nulls | `NULLS FIRST` / `NULLS LAST`, always said | the default (they differ) |
//! | folding case | in Rust (`lower()` is ASCII only on SQLite) | `ILIKE`, `COLLATE NOCASE` |
//! | time | a parameter from the `Clock` | `now()` |
//! | paging | by key: `WHERE (placed_at, id) < ($1, $2) ORDER BY … LIMIT $3` | `OFFSET` |
//!
//! On PostgreSQL the numbers of a `{{sequence}}` are handed out in order but need not be committed in order: a reader
//! that remembers the last number it saw misses rows. Mark rows as done instead, or hold a lock while appending.
//!
//! `{{bytes}}` and friends are replaced per engine, in migrations as in statements. `LIKE` tells upper from lower case on
//! both. A parameter whose type PostgreSQL cannot guess (`$1 IS NULL`) needs `CAST($1 AS BIGINT)`.

mod body;
mod db;
mod error;
mod migrate;
mod postgres;
mod row;
mod settings;
mod snapshot;
mod sql;
mod sqlite;
mod tables;
mod tx;
mod value;

pub use db::{Db, EngineKind, Load};
pub use error::Error;
pub use migrate::{Migration, version_of};
pub use row::{FromColumn, FromRow, Row};
pub use settings::{Durability, Engine, Settings};
pub use snapshot::{Applied, Contents, Snapshot};
pub use sqlite::Hold;
pub use tables::{Compared, Facts, Files, Server};
pub use tx::Tx;
pub use value::{Val, Value};
