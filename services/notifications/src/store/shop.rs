//! The SQL of what staff call the shop.

use emart_store::{Error, Tx, vals};

/// The shop's name, if staff have set one.
pub(crate) async fn name(tx: &Tx) -> Result<Option<String>, Error> {
    tx.opt("SELECT name FROM shop WHERE id = 1", vals![]).await
}

/// Keeps the shop's name.
pub(crate) async fn put(tx: &Tx, name: &str) -> Result<(), Error> {
    let sql = "INSERT INTO shop (id, name) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET name = excluded.name";
    tx.exec(sql, vals![name]).await.map(drop)
}
