//! How far products from before `inventory` knew titles have been gone through.

use emart_store::{Error, Tx, vals};

/// The last product that was; `None` when all were.
pub(crate) async fn told(tx: &Tx) -> Result<Option<String>, Error> {
    tx.opt("SELECT after_id FROM titles_told", &[]).await
}

/// Goes on after this one; after `None` there is nothing more to do.
pub(crate) async fn set_told(tx: &Tx, after: Option<&str>) -> Result<(), Error> {
    match after {
        Some(id) => tx.exec("UPDATE titles_told SET after_id = $1", vals![id]).await,
        None => tx.exec("DELETE FROM titles_told", &[]).await,
    }
    .map(|_| ())
}
