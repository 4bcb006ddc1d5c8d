//! Where carts stand.

use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use crate::domain::cart::{Standing, Status};

struct StandingRow(Standing);

impl FromRow for StandingRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (status, created): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
        let status = Status::parse(&status)
            .ok_or_else(|| Error::Decode { column: 0, reason: "not a status".to_owned() })?;
        Ok(Self(Standing { status, created: created.map(Timestamp::from_millis) }))
    }
}

/// Where a person's cart stands.
pub(crate) async fn standing(tx: &Tx, user_id: &str) -> Result<Standing, Error> {
    let sql = "SELECT status, created_at FROM carts WHERE user_id = $1";
    let found = tx.opt::<StandingRow>(sql, vals![user_id]).await?;
    Ok(found.map_or(Standing::NEW, |row| row.0))
}

/// Notes where it stood elsewhere, unless it is known where it stands here.
pub(crate) async fn begin(tx: &Tx, user_id: &str, standing: Standing) -> Result<(), Error> {
    let sql = "INSERT INTO carts (user_id, status, created_at, changed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (user_id) DO NOTHING";
    let created = standing.created.map(Timestamp::as_millis);
    let values = vals![user_id, standing.status.as_str(), created, created.unwrap_or(0)];
    tx.exec(sql, values).await.map(drop)
}

/// Notes where it stands from `at` on, unless something later is noted.
pub(crate) async fn put(
    tx: &Tx,
    user_id: &str,
    standing: Standing,
    at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO carts (user_id, status, created_at, changed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (user_id) DO UPDATE SET status = EXCLUDED.status,
        created_at = EXCLUDED.created_at, changed_at = EXCLUDED.changed_at
        WHERE carts.changed_at <= EXCLUDED.changed_at";
    let created = standing.created.map(Timestamp::as_millis);
    let values = vals![user_id, standing.status.as_str(), created, at.as_millis()];
    tx.exec(sql, values).await.map(drop)
}
