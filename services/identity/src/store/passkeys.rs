//! Passkeys, and what browsers were asked about them.

use emart_identity_api::{Passkey, PasskeyId, UserId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::users;

/// The most passkeys a person has.
const LIMIT: u32 = 20;

/// A passkey as it is kept.
pub(crate) struct Kept {
    pub(crate) user_id: UserId,
    pub(crate) credential: String,
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { user_id: users::parsed(row, 0)?, credential: row.get(1)? })
    }
}

struct Shown(Passkey);

impl FromRow for Shown {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, used_at): (String, Option<i64>) = (row.get(0)?, row.get(3)?);
        let not_an_id = |_| Error::Decode { column: 0, reason: "not a passkey's id".to_owned() };
        Ok(Self(Passkey {
            id: id.parse().map_err(not_an_id)?,
            name: row.get(1)?,
            created_at: Timestamp::from_millis(row.get(2)?),
            used_at: used_at.map(Timestamp::from_millis),
        }))
    }
}

/// Somebody's passkeys.
pub(crate) async fn passkeys(tx: &Tx, user_id: &str) -> Result<Vec<Passkey>, Error> {
    let sql = "SELECT id, name, created_at, used_at FROM passkeys WHERE user_id = $1
        ORDER BY id LIMIT $2";
    let rows = tx.all::<Shown>(sql, vals![user_id, LIMIT]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The ids that somebody's devices gave their passkeys.
pub(crate) async fn credential_ids(tx: &Tx, user_id: &str) -> Result<Vec<String>, Error> {
    let sql = "SELECT credential_id FROM passkeys WHERE user_id = $1 ORDER BY id LIMIT $2";
    tx.all::<String>(sql, vals![user_id, LIMIT]).await
}

/// Keeps a passkey; `false` when its id is taken, or the person has as many as they may.
pub(crate) async fn insert(
    tx: &Tx,
    passkey: &Passkey,
    credential_id: &str,
    kept: &Kept,
) -> Result<bool, Error> {
    let user = kept.user_id.as_str();
    // Locks the person's row, so that of two that are added at once the second is counted after the first.
    tx.exec("UPDATE credentials SET used_at = used_at WHERE user_id = $1", vals![user]).await?;
    let count: i64 =
        tx.one("SELECT COUNT(*) FROM passkeys WHERE user_id = $1", vals![user]).await?;
    if count >= i64::from(LIMIT) {
        return Ok(false);
    }
    let sql = "INSERT INTO passkeys (id, user_id, credential_id, name, credential, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING";
    let (id, at) = (passkey.id.as_str(), passkey.created_at.as_millis());
    let values = vals![id, user, credential_id, &passkey.name, &kept.credential, at];
    Ok(tx.exec(sql, values).await? == 1)
}

/// The passkey with this id of its device; locked until the transaction ends, for it is counted how often it is used.
pub(crate) async fn lock(tx: &Tx, credential_id: &str) -> Result<Option<Kept>, Error> {
    let sql = "SELECT user_id, credential FROM passkeys WHERE credential_id = $1 {{for_update}}";
    tx.opt(sql, vals![credential_id]).await
}

/// Notes that a passkey was used.
pub(crate) async fn used(
    tx: &Tx,
    credential_id: &str,
    credential: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE passkeys SET credential = $2, used_at = $3 WHERE credential_id = $1";
    tx.exec(sql, vals![credential_id, credential, now.as_millis()]).await?;
    Ok(())
}

/// Takes one of somebody's passkeys away; its name, if there was one.
pub(crate) async fn delete(
    tx: &Tx,
    user_id: &str,
    id: &PasskeyId,
) -> Result<Option<String>, Error> {
    let sql = "DELETE FROM passkeys WHERE user_id = $1 AND id = $2 RETURNING name";
    tx.opt::<String>(sql, vals![user_id, id.as_str()]).await
}

/// Keeps what a browser was asked.
pub(crate) async fn ask(
    tx: &Tx,
    token_hash: &str,
    user_id: Option<&str>,
    state: &str,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO passkey_questions (token_hash, user_id, state, expires_at)
        VALUES ($1, $2, $3, $4)";
    tx.exec(sql, vals![token_hash, user_id, state, expires_at.as_millis()]).await?;
    Ok(())
}

/// Takes what a browser was asked, once: for a new passkey only if it was the same person.
pub(crate) async fn take(
    tx: &Tx,
    token_hash: &str,
    user_id: Option<&str>,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    let sql = "DELETE FROM passkey_questions WHERE token_hash = $1 AND expires_at > $2
        AND COALESCE(user_id, '') = $3 RETURNING state";
    tx.opt::<String>(sql, vals![token_hash, now.as_millis(), user_id.unwrap_or_default()]).await
}
