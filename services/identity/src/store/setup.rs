//! The one-time secret that makes the first administrator.

use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

/// Whether there is an administrator.
pub(crate) async fn has_admin(tx: &Tx) -> Result<bool, Error> {
    Ok(tx.opt::<i64>("SELECT 1 FROM users WHERE role = 'admin' LIMIT 1", &[]).await?.is_some())
}

/// Replaces the secret.
pub(crate) async fn put_token(tx: &Tx, token: &str, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO setup (id, token, created_at) VALUES (1, $1, $2)
        ON CONFLICT (id) DO UPDATE SET token = $1, created_at = $2";
    tx.exec(sql, vals![token, now.as_millis()]).await?;
    Ok(())
}

/// The secret, while it is needed.
pub(crate) async fn token(tx: &Tx) -> Result<Option<String>, Error> {
    tx.opt("SELECT token FROM setup WHERE id = 1", &[]).await
}

/// Takes the secret, once; `false` when it is another one or was taken before.
pub(crate) async fn take_token(tx: &Tx, token: &str) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM setup WHERE id = 1 AND token = $1", vals![token]).await? == 1)
}

/// Takes the secret away: there is an administrator now.
pub(crate) async fn delete_token(tx: &Tx) -> Result<(), Error> {
    tx.exec("DELETE FROM setup", &[]).await?;
    Ok(())
}
