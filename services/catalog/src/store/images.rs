//! Pictures: what is known of them; the files are `media`'s.

use emart_catalog_api::{Image, ImageId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::{json, parsed, to_json};

/// A picture's row.
#[derive(Debug, Clone)]
pub(crate) struct ImageRow {
    pub(crate) hash: String,
    pub(crate) image: Image,
}

const COLUMNS: &str = "hash, id, alt, width, height, sources";

/// All pictures; for start-up.
pub(crate) async fn images(tx: &Tx) -> Result<Vec<ImageRow>, Error> {
    tx.all_dyn(&format!("SELECT {COLUMNS} FROM images"), &[]).await
}

/// Those with these ids, separated by commas. On PostgreSQL, for what other copies took in.
pub(crate) async fn these(tx: &Tx, ids: &str) -> Result<Vec<ImageRow>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM images WHERE id = ANY (string_to_array($1, ','))");
    tx.all_dyn(&sql, vals![ids]).await
}

/// A picture with this content, whatever its text.
pub(crate) async fn by_hash(tx: &Tx, hash: &str) -> Result<Option<ImageRow>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM images WHERE hash = $1 ORDER BY created_at LIMIT 1");
    tx.opt_dyn(&sql, vals![hash]).await
}

/// A picture.
pub(crate) async fn by_id(tx: &Tx, id: &ImageId) -> Result<Option<ImageRow>, Error> {
    tx.opt_dyn(&format!("SELECT {COLUMNS} FROM images WHERE id = $1"), vals![id.as_str()]).await
}

/// The picture with this content and text: the one there is, or a new one.
pub(crate) async fn ensure(tx: &Tx, row: &ImageRow, now: Timestamp) -> Result<ImageRow, Error> {
    let sql = "INSERT INTO images (id, hash, alt, width, height, sources, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let image = &row.image;
    let values = vals![
        image.id.as_str(),
        row.hash.as_str(),
        image.alt.as_str(),
        image.width,
        image.height,
        to_json(&image.sources)?,
        now.as_millis(),
    ];
    if tx.exec(sql, values).await? == 1 {
        return Ok(row.clone());
    }
    let sql = format!("SELECT {COLUMNS} FROM images WHERE hash = $1 AND alt = $2");
    tx.one_dyn(&sql, vals![row.hash.as_str(), image.alt.as_str()]).await
}

/// Keeps files where every copy of the service finds them. The same name is the same content.
pub(crate) async fn keep_files(tx: &Tx, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    let sql = "INSERT INTO picture_files (name, content) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    for (name, content) in files {
        tx.exec(sql, vals![name, content.as_slice()]).await?;
    }
    Ok(())
}

/// A file that a copy of the service has kept.
pub(crate) async fn file(tx: &Tx, name: &str) -> Result<Option<Vec<u8>>, Error> {
    tx.opt("SELECT content FROM picture_files WHERE name = $1", vals![name]).await
}

impl FromRow for ImageRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            hash: row.get(0)?,
            image: Image {
                id: parsed(row, 1)?,
                alt: row.get(2)?,
                width: row.get(3)?,
                height: row.get(4)?,
                sources: json(row, 5)?,
            },
        })
    }
}
