//! Lists that people come back to.

use emart_orders_api::{SavedView, ViewId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

struct ViewRow(SavedView);

impl FromRow for ViewRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let id: String = row.get(0)?;
        let damaged = |_| Error::Database("the id of a view cannot be read".to_owned());
        Ok(Self(SavedView {
            id: id.parse().map_err(damaged)?,
            name: row.get(1)?,
            query: row.get(2)?,
            created_at: Timestamp::from_millis(row.get(3)?),
        }))
    }
}

/// Somebody's lists, in the order in which they were kept.
pub(crate) async fn views(tx: &Tx, owner: &str, limit: i64) -> Result<Vec<SavedView>, Error> {
    let sql =
        "SELECT id, name, query, created_at FROM saved_views WHERE owner = $1 ORDER BY id LIMIT $2";
    let rows: Vec<ViewRow> = tx.all(sql, vals![owner, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Keeps one.
pub(crate) async fn insert_view(tx: &Tx, owner: &str, view: &SavedView) -> Result<(), Error> {
    let sql =
        "INSERT INTO saved_views (id, owner, name, query, created_at) VALUES ($1, $2, $3, $4, $5)";
    let (name, query) = (view.name.as_str(), view.query.as_str());
    let values = vals![view.id.as_str(), owner, name, query, view.created_at.as_millis()];
    tx.exec(sql, values).await.map(|_| ())
}

/// Forgets one; `false` when it is not theirs.
pub(crate) async fn delete_view(tx: &Tx, owner: &str, id: &ViewId) -> Result<bool, Error> {
    let sql = "DELETE FROM saved_views WHERE id = $1 AND owner = $2";
    Ok(tx.exec(sql, vals![id.as_str(), owner]).await? == 1)
}
