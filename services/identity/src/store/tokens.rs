//! Families of refresh tokens, and the keys that sign access tokens.

use emart_http::Role;
use emart_identity_api::{Principal, UserId};
use emart_store::{Db, Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::users;
use crate::keys::KeptKey;

/// What became of a refresh token that someone used.
pub(crate) enum Spent {
    /// It was the newest of its family.
    Good { family_id: String, family_expires_at: Timestamp, user_id: UserId, role: Role },
    /// It is unknown, expired, or its family was ended.
    Refused,
    /// It was used before: its family has been ended.
    Reused,
}

struct FamilyRow(String, Timestamp, UserId, Role);

impl FromRow for FamilyRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let expires_at = Timestamp::from_millis(row.get(1)?);
        Ok(Self(row.get(0)?, expires_at, users::parsed(row, 2)?, users::role(row, 3)?))
    }
}

struct PrincipalRow(Principal);

impl FromRow for PrincipalRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(users::principal(row)?))
    }
}

impl FromRow for KeptKey {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let created_at = Timestamp::from_millis(row.get(2)?);
        Ok(Self { kid: row.get(0)?, pkcs8: row.get(1)?, created_at })
    }
}

/// Begins a family.
pub(crate) async fn insert_family(
    tx: &Tx,
    id: &str,
    user_id: &UserId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql =
        "INSERT INTO token_families (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    let values = vals![id, user_id.as_str(), now.as_millis(), expires_at.as_millis()];
    tx.exec(sql, values).await?;
    Ok(())
}

/// Adds the next refresh token of a family.
pub(crate) async fn insert_refresh_token(
    tx: &Tx,
    token_hash: &str,
    family_id: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO refresh_tokens (token_hash, family_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)";
    let values = vals![token_hash, family_id, now.as_millis(), expires_at.as_millis()];
    tx.exec(sql, values).await?;
    Ok(())
}

/// Spends a refresh token. Of two who do so at once one finds it used, and the family ends.
pub(crate) async fn spend_refresh_token(
    tx: &Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Spent, Error> {
    let sql = "UPDATE refresh_tokens SET used_at = $2
        WHERE token_hash = $1 AND used_at IS NULL RETURNING family_id, expires_at";
    let spent: Option<(String, i64)> = tx.opt(sql, vals![token_hash, now.as_millis()]).await?;
    let Some((family_id, expires_at)) = spent else {
        let sql = "SELECT family_id FROM refresh_tokens WHERE token_hash = $1";
        let family_id: Option<String> = tx.opt(sql, vals![token_hash]).await?;
        let Some(family_id) = family_id else { return Ok(Spent::Refused) };
        revoke_family(tx, &family_id, now).await?;
        return Ok(Spent::Reused);
    };
    // The family's row is locked, so that its end and its next token cannot pass each other by.
    let sql = "UPDATE token_families SET revoked_at = NULL
        WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2";
    let alive = tx.exec(sql, vals![&family_id, now.as_millis()]).await? == 1;
    if !alive || expires_at <= now.as_millis() {
        return Ok(Spent::Refused);
    }
    let sql = "SELECT f.id, f.expires_at, u.id, u.role
        FROM token_families f JOIN users u ON u.id = f.user_id
        WHERE f.id = $1 AND u.deactivated_at IS NULL";
    let family = tx.opt::<FamilyRow>(sql, vals![&family_id]).await?;
    Ok(family.map_or(Spent::Refused, |FamilyRow(family_id, family_expires_at, user_id, role)| {
        Spent::Good { family_id, family_expires_at, user_id, role }
    }))
}

/// The family of a refresh token.
pub(crate) async fn family_of(tx: &Tx, token_hash: &str) -> Result<Option<String>, Error> {
    tx.opt("SELECT family_id FROM refresh_tokens WHERE token_hash = $1", vals![token_hash]).await
}

/// Ends a family.
pub(crate) async fn revoke_family(tx: &Tx, id: &str, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE token_families SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    tx.exec(sql, vals![id, now.as_millis()]).await?;
    Ok(())
}

/// Ends all families of a person.
pub(crate) async fn revoke_families(
    tx: &Tx,
    user_id: &UserId,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE token_families SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
    tx.exec(sql, vals![user_id.as_str(), now.as_millis()]).await?;
    Ok(())
}

/// Who an access token of this family belongs to, unless the family has ended.
pub(crate) async fn principal(
    db: &Db,
    family_id: &str,
    user_id: &str,
) -> Result<Option<Principal>, Error> {
    let sql = "SELECT u.id, u.email, u.role, r.permissions, t.confirmed_at FROM token_families f
        JOIN users u ON u.id = f.user_id LEFT JOIN staff_roles r ON r.id = u.staff_role_id
        LEFT JOIN two_factor t ON t.user_id = u.id
        WHERE f.id = $1 AND f.user_id = $2 AND f.revoked_at IS NULL AND u.deactivated_at IS NULL";
    Ok(db.opt::<PrincipalRow>(sql, vals![family_id, user_id]).await?.map(|row| row.0))
}

/// Keeps this as the first signing key, unless another process was faster; returns all keys, the newest first.
pub(crate) async fn ensure_signing_key(
    tx: &Tx,
    first: &KeptKey,
    now: Timestamp,
) -> Result<Vec<KeptKey>, Error> {
    let sql = "INSERT INTO signing_keys (generation, kid, pkcs8, created_at) VALUES (1, $1, $2, $3)
        ON CONFLICT (generation) DO NOTHING";
    tx.exec(sql, vals![&first.kid, first.pkcs8.as_slice(), now.as_millis()]).await?;
    signing_keys(tx).await
}

/// All keys, the newest first.
async fn signing_keys(tx: &Tx) -> Result<Vec<KeptKey>, Error> {
    tx.all("SELECT kid, pkcs8, created_at FROM signing_keys ORDER BY generation DESC", &[]).await
}

/// Adds this key when the newest was made before `due`, and takes away those whose successor was made before `over`:
/// nothing that they signed is good any more. Returns all keys, the newest first.
pub(crate) async fn rotate_signing_keys(
    tx: &Tx,
    next: &KeptKey,
    due: Timestamp,
    over: Timestamp,
) -> Result<Vec<KeptKey>, Error> {
    // Of two copies that do so at once one finds the number taken.
    let sql = "INSERT INTO signing_keys (generation, kid, pkcs8, created_at)
        SELECT generation + 1, $1, $2, $3 FROM signing_keys
        WHERE generation = (SELECT MAX(generation) FROM signing_keys) AND created_at <= $4
        ON CONFLICT (generation) DO NOTHING";
    let (made, due) = (next.created_at.as_millis(), due.as_millis());
    tx.exec(sql, vals![&next.kid, next.pkcs8.as_slice(), made, due]).await?;
    let sql = "DELETE FROM signing_keys WHERE EXISTS (SELECT 1 FROM signing_keys s
        WHERE s.generation = signing_keys.generation + 1 AND s.created_at <= $1)";
    tx.exec(sql, vals![over.as_millis()]).await?;
    signing_keys(tx).await
}
