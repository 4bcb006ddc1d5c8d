//! The setting of low stock, as it was at the last start.

use emart_store::{Error, Tx, vals};

/// Items at a time.
const CHUNK: i64 = 1000;

/// The setting that the items follow.
pub(crate) async fn applied(tx: &Tx) -> Result<i64, Error> {
    tx.one("SELECT value FROM applied WHERE setting = 'low_stock'", &[]).await
}

/// All items follow this one now.
pub(crate) async fn set_applied(tx: &Tx, low_at: i64) -> Result<(), Error> {
    let sql = "UPDATE applied SET value = $1 WHERE setting = 'low_stock'";
    tx.exec(sql, vals![low_at]).await.map(|_| ())
}

/// Lets some items behind an id follow the setting; returns the last of them, `None` when there are no more.
pub(crate) async fn follow(tx: &Tx, after: &str, low_at: i64) -> Result<Option<String>, Error> {
    let sql = "SELECT id FROM items WHERE id > $1 ORDER BY id LIMIT $2";
    let ids: Vec<String> = tx.all(sql, vals![after, CHUNK]).await?;
    let Some(last) = ids.last() else { return Ok(None) };
    let sql = "UPDATE items SET low_at = $3 WHERE id > $1 AND id <= $2 AND NOT low_own";
    tx.exec(sql, vals![after, last.as_str(), low_at]).await?;
    Ok(Some(last.clone()))
}
