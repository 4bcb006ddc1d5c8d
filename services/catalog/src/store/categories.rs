//! Categories.

use emart_catalog_api::CategoryId;
use emart_store::{Error, FromRow, Row, Tx, Val, vals};

use super::{parsed, parsed_opt};
use crate::domain::category::CategoryRecord;

/// All categories; there are hundreds, not millions.
pub(crate) async fn categories(tx: &Tx) -> Result<Vec<CategoryRecord>, Error> {
    let sql = "SELECT id, slug, name, description, parent_id, image_id, position FROM categories ORDER BY id";
    tx.all(sql, &[]).await
}

/// Makes everybody who wants to change the tree wait for this transaction: two moves that are fine alone can make a
/// cycle together. The row that is locked need not exist for SQLite, which has one writer anyway.
pub(crate) async fn lock_tree(tx: &Tx) -> Result<Vec<CategoryRecord>, Error> {
    let sql = "SELECT id, slug, name, description, parent_id, image_id, position FROM categories ORDER BY id {{for_update}}";
    tx.all(sql, &[]).await
}

/// Writes a new category; `false` when its slug is taken.
pub(crate) async fn insert(tx: &Tx, category: &CategoryRecord) -> Result<bool, Error> {
    let sql = "INSERT INTO categories (id, slug, name, description, parent_id, image_id, position) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    Ok(tx.exec(sql, &values(category)).await? == 1)
}

/// Writes a category over what it was; `false` when it is not there.
pub(crate) async fn update(tx: &Tx, category: &CategoryRecord) -> Result<bool, Error> {
    let sql = "UPDATE categories SET slug = $2, name = $3, description = $4, parent_id = $5, image_id = $6, \
        position = $7 WHERE id = $1";
    Ok(tx.exec(sql, &values(category)).await? == 1)
}

/// Deletes a category; products in it are no longer in it. `false` when it is not there.
pub(crate) async fn delete(tx: &Tx, id: &CategoryId) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM categories WHERE id = $1", vals![id.as_str()]).await? == 1)
}

fn values(category: &CategoryRecord) -> Vec<Val> {
    vec![
        category.id.as_str().into(),
        category.slug.as_str().into(),
        category.name.as_str().into(),
        category.description.as_str().into(),
        category.parent_id.as_ref().map(AsRef::<str>::as_ref).into(),
        category.image_id.as_ref().map(AsRef::<str>::as_ref).into(),
        category.position.into(),
    ]
}

impl FromRow for CategoryRecord {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: parsed(row, 0)?,
            slug: row.get(1)?,
            name: row.get(2)?,
            description: row.get(3)?,
            parent_id: parsed_opt(row, 4)?,
            image_id: parsed_opt(row, 5)?,
            position: row.get(6)?,
        })
    }
}
