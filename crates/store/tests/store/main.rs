//! The store's promises, each tried on both engines; what only one engine can get wrong is in a file of its own.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as the test itself does")]
#![expect(
    clippy::disallowed_methods,
    reason = "`Tasks` is for the program; a test waits for what it spawns"
)]

mod child;
mod files;
mod limits;
mod migrations;
mod postgres;
mod queue;
mod tables;
mod transactions;
mod values;

use emart_store::{Error, Migration, Tx, vals};

/// A table to keep promises about.
const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "0001_orders",
    sql: "CREATE TABLE customers (id TEXT PRIMARY KEY);
          CREATE TABLE orders (
              id BIGINT PRIMARY KEY,
              customer TEXT REFERENCES customers (id),
              note {{text}},
              paid BOOLEAN NOT NULL DEFAULT FALSE,
              total BIGINT NOT NULL CHECK (total >= 0),
              picture {{bytes}}
          );
          CREATE TABLE stock (sku TEXT PRIMARY KEY, pieces BIGINT NOT NULL);
          CREATE TABLE log (id {{sequence}}, entry TEXT NOT NULL);",
}];

/// What a service would have: its own error, made from the store's.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("no")]
    No,
    #[error(transparent)]
    Store(#[from] Error),
}

async fn insert(tx: &Tx, id: i64) -> Result<u64, Error> {
    tx.exec("INSERT INTO orders (id, total) VALUES ($1, 1999)", vals![id]).await
}

async fn count(db: &emart_store::Db) -> i64 {
    db.one("SELECT count(*) FROM orders", &[]).await.unwrap()
}
