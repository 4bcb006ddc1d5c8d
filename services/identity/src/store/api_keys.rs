//! Keys of programs, by the digest of their secret.

use emart_http::{Permissions, Role};
use emart_identity_api::{ApiKey, Principal};
use emart_store::{Db, Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::users;
use crate::domain::access::Standing;

struct KeyRow(ApiKey);

impl FromRow for KeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let id: String = row.get(0)?;
        let time = |column| -> Result<Option<Timestamp>, Error> {
            Ok(row.get::<Option<i64>>(column)?.map(Timestamp::from_millis))
        };
        Ok(Self(ApiKey {
            id: id
                .parse()
                .map_err(|_| Error::Decode { column: 0, reason: "not a key's id".to_owned() })?,
            name: row.get(1)?,
            permissions: users::permissions(row, 2)?,
            created_by: users::parsed(row, 3)?,
            created_by_email: row.get(4)?,
            created_at: Timestamp::from_millis(row.get(5)?),
            expires_at: time(6)?,
            used_at: time(7)?,
            revoked_at: time(8)?,
        }))
    }
}

/// Whose key it is, and when it was noted as used.
pub(crate) struct KeyOwner {
    pub(crate) principal: Principal,
    pub(crate) used_at: Option<Timestamp>,
}

impl FromRow for KeyOwner {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let maker =
            Standing { role: users::role(row, 3)?, permissions: users::permissions(row, 4)? };
        let (own, may) = (users::permissions(row, 2)?, maker.effective());
        let permissions: Permissions = own.iter().filter(|one| may.contains(*one)).collect();
        let principal = Principal {
            user_id: row.get(0)?,
            email: row.get(1)?,
            role: Role::Staff,
            permissions,
            second_factor_due: false,
        };
        let used_at: Option<i64> = row.get(5)?;
        Ok(Self { principal, used_at: used_at.map(Timestamp::from_millis) })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.name, k.permissions, k.created_by, u.email, k.created_at, k.expires_at,
            k.used_at, k.revoked_at FROM api_keys k JOIN users u ON u.id = k.created_by ",
            $rest
        )
    };
}

/// The keys after one of them, the oldest first.
pub(crate) async fn keys(tx: &Tx, after: &str, limit: usize) -> Result<Vec<ApiKey>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = select!("WHERE k.id > $1 ORDER BY k.id LIMIT $2");
    let rows = tx.all::<KeyRow>(sql, vals![after, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// A key.
pub(crate) async fn key(tx: &Tx, id: &str) -> Result<Option<ApiKey>, Error> {
    let sql = select!("WHERE k.id = $1");
    Ok(tx.opt::<KeyRow>(sql, vals![id]).await?.map(|row| row.0))
}

/// Adds a key.
pub(crate) async fn insert(tx: &Tx, token_hash: &str, key: &ApiKey) -> Result<(), Error> {
    let sql = "INSERT INTO api_keys
        (id, token_hash, name, permissions, created_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vals![
        key.id.as_str(),
        token_hash,
        &key.name,
        &key.permissions.to_string(),
        key.created_by.as_str(),
        key.created_at.as_millis(),
        key.expires_at.map(Timestamp::as_millis),
    ];
    tx.exec(sql, values).await?;
    Ok(())
}

/// Ends a key, once.
pub(crate) async fn revoke(tx: &Tx, id: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.exec(sql, vals![id, now.as_millis()]).await? == 1)
}

/// Whose key this is, unless it is over, or who made it cannot sign in any more.
pub(crate) async fn owner(
    db: &Db,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<KeyOwner>, Error> {
    let sql = "SELECT k.id, k.name, k.permissions, u.role, r.permissions, k.used_at
        FROM api_keys k JOIN users u ON u.id = k.created_by
        LEFT JOIN staff_roles r ON r.id = u.staff_role_id
        WHERE k.token_hash = $1 AND k.revoked_at IS NULL AND u.deactivated_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > $2)";
    db.opt(sql, vals![token_hash, now.as_millis()]).await
}

/// Notes that keys were used.
pub(crate) async fn note_use(
    tx: &Tx,
    token_hashes: &[String],
    now: Timestamp,
) -> Result<(), Error> {
    let rows: Vec<_> =
        token_hashes.iter().map(|hash| vals![hash, now.as_millis()].to_vec()).collect();
    tx.exec_many("UPDATE api_keys SET used_at = $2 WHERE token_hash = $1", &rows).await?;
    Ok(())
}
