//! Collections.

use emart_catalog_api::{CollectionId, Seo};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use super::{json, parsed, parsed_opt, to_json};
use crate::domain::collection::CollectionRecord;

/// All collections; there are hundreds, not millions.
pub(crate) async fn collections(tx: &Tx) -> Result<Vec<CollectionRecord>, Error> {
    let sql = "SELECT id, handle, title, description_html, published, rules, product_ids, image_id, seo_title, \
        seo_description, version, updated_at FROM collections ORDER BY id";
    tx.all(sql, &[]).await
}

/// Writes a new collection; `false` when its handle is taken.
pub(crate) async fn insert(tx: &Tx, collection: &CollectionRecord) -> Result<bool, Error> {
    let sql = "INSERT INTO collections (id, handle, title, description_html, published, rules, product_ids, image_id, \
        seo_title, seo_description, version, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    Ok(tx.exec(sql, &values(collection, collection.version)?).await? == 1)
}

/// Writes a collection over the version before it; `false` when that is not the one in the database.
pub(crate) async fn update(tx: &Tx, collection: &CollectionRecord) -> Result<bool, Error> {
    let sql = "UPDATE collections SET handle = $2, title = $3, description_html = $4, published = $5, rules = $6, \
        product_ids = $7, image_id = $8, seo_title = $9, seo_description = $10, version = $11 + 1, updated_at = $12 \
        WHERE id = $1 AND version = $11";
    Ok(tx.exec(sql, &values(collection, collection.version - 1)?).await? == 1)
}

/// Deletes a collection; `false` when it is not there.
pub(crate) async fn delete(tx: &Tx, id: &CollectionId) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM collections WHERE id = $1", vals![id.as_str()]).await? == 1)
}

fn values(collection: &CollectionRecord, version: i64) -> Result<Vec<Val>, Error> {
    let rules = collection.rules.as_ref().map(to_json).transpose()?;
    Ok(vec![
        collection.id.as_str().into(),
        collection.handle.as_str().into(),
        collection.title.as_str().into(),
        collection.description_html.as_str().into(),
        collection.published.into(),
        rules.into(),
        to_json(&collection.product_ids)?.into(),
        collection.image_id.as_ref().map(AsRef::<str>::as_ref).into(),
        collection.seo.title.as_deref().into(),
        collection.seo.description.as_deref().into(),
        version.into(),
        collection.updated_at.as_millis().into(),
    ])
}

impl FromRow for CollectionRecord {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let rules: Option<String> = row.get(5)?;
        let rules = rules.map(|rules| serde_json::from_str(&rules)).transpose();
        Ok(Self {
            id: parsed(row, 0)?,
            handle: row.get(1)?,
            title: row.get(2)?,
            description_html: row.get(3)?,
            published: row.get(4)?,
            rules: rules.map_err(|e| Error::Decode { column: 5, reason: e.to_string() })?,
            product_ids: json(row, 6)?,
            image_id: parsed_opt(row, 7)?,
            seo: Seo { title: row.get(8)?, description: row.get(9)? },
            version: row.get(10)?,
            updated_at: Timestamp::from_millis(row.get(11)?),
        })
    }
}
