//! Handles, today's and former ones.

use emart_catalog_api::ProductId;
use emart_store::{Error, Tx, vals};

/// Whether a product has this handle.
pub(crate) async fn is_taken(tx: &Tx, handle: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM products WHERE handle = $1";
    Ok(tx.opt::<i64>(sql, vals![handle]).await?.is_some())
}

/// Lets an old handle lead to the product. One that is another's former handle stays that too: it leads there again
/// when this product is gone.
pub(crate) async fn move_handle(
    tx: &Tx,
    id: &ProductId,
    old: &str,
    new: &str,
) -> Result<(), Error> {
    let sql = "DELETE FROM old_handles WHERE handle = $1 AND product_id = $2";
    tx.exec(sql, vals![new, id.as_str()]).await?;
    let sql = "INSERT INTO old_handles (handle, product_id) VALUES ($1, $2) \
        ON CONFLICT (handle) DO UPDATE SET product_id = $2";
    tx.exec(sql, vals![old, id.as_str()]).await.map(|_| ())
}

/// All handles that were changed, with the products they lead to.
pub(crate) async fn old_handles(tx: &Tx) -> Result<Vec<(String, ProductId)>, Error> {
    let sql = "SELECT handle, product_id FROM old_handles";
    Ok(old_handle_ids(tx.all(sql, &[]).await?))
}

/// The same of some products, their ids separated by commas. On PostgreSQL, for what other copies changed.
pub(crate) async fn old_handles_of(tx: &Tx, ids: &str) -> Result<Vec<(String, ProductId)>, Error> {
    let sql = "SELECT handle, product_id FROM old_handles \
        WHERE product_id = ANY (string_to_array($1, ','))";
    Ok(old_handle_ids(tx.all(sql, vals![ids]).await?))
}

fn old_handle_ids(rows: Vec<(String, String)>) -> Vec<(String, ProductId)> {
    let parse = |(handle, id): (String, String)| id.parse().ok().map(|id| (handle, id));
    rows.into_iter().filter_map(parse).collect()
}
