//! Sessions of the pages, by the digest of their token.

use std::time::Duration;

use emart_identity_api::{Principal, UserId};
use emart_store::{Db, Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::users;

/// The most sessions a person has; a further one ends the oldest.
const LIMIT: u32 = 100;

/// A session's use is noted when the note before is older than this: reading a page writes nothing.
pub(crate) const NOTE_USE_EVERY: Duration = Duration::from_secs(300);

/// A session to be kept.
pub(crate) struct NewSession<'a> {
    pub(crate) token_hash: &'a str,
    pub(crate) user_id: &'a UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) client: Option<&'a str>,
}

/// Whose session it is, and when it was noted as used.
pub(crate) struct Owner {
    pub(crate) principal: Principal,
    pub(crate) used_at: Timestamp,
}

impl FromRow for Owner {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let used_at = Timestamp::from_millis(row.get(5)?);
        Ok(Self { principal: users::principal(row)?, used_at })
    }
}

/// Adds a session.
pub(crate) async fn insert_session(tx: &Tx, session: &NewSession<'_>) -> Result<(), Error> {
    let sql =
        "INSERT INTO sessions (token_hash, user_id, created_at, used_at, expires_at, user_agent, client)
        VALUES ($1, $2, $3, $3, $4, $5, $6)";
    let (created, expires) = (session.created_at.as_millis(), session.expires_at.as_millis());
    let user = session.user_id.as_str();
    let (agent, client) = (session.user_agent, session.client);
    tx.exec(sql, vals![session.token_hash, user, created, expires, agent, client]).await?;
    let sql = "DELETE FROM sessions WHERE user_id = $1 AND token_hash NOT IN (
        SELECT token_hash FROM sessions WHERE user_id = $1 ORDER BY created_at DESC, token_hash LIMIT $2)";
    tx.exec(sql, vals![user, LIMIT]).await?;
    Ok(())
}

/// Whose session this is, unless it is over.
pub(crate) async fn owner(
    db: &Db,
    token_hash: &str,
    now: Timestamp,
    used_after: Timestamp,
) -> Result<Option<Owner>, Error> {
    let sql =
        "SELECT u.id, u.email, u.role, r.permissions,
        COALESCE(t.confirmed_at, s.second_factor_at), s.used_at
        FROM sessions s JOIN users u ON u.id = s.user_id
        LEFT JOIN staff_roles r ON r.id = u.staff_role_id LEFT JOIN two_factor t ON t.user_id = u.id
        WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.used_at > $3 AND u.deactivated_at IS NULL";
    db.opt(sql, vals![token_hash, now.as_millis(), used_after.as_millis()]).await
}

/// Notes that whoever signed in so gave a second factor.
pub(crate) async fn note_second_factor(
    tx: &Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE sessions SET second_factor_at = $2 WHERE token_hash = $1";
    tx.exec(sql, vals![token_hash, now.as_millis()]).await?;
    Ok(())
}

/// Notes that sessions were used.
pub(crate) async fn note_use(
    tx: &Tx,
    token_hashes: &[String],
    now: Timestamp,
) -> Result<(), Error> {
    let rows: Vec<_> =
        token_hashes.iter().map(|hash| vals![hash, now.as_millis()].to_vec()).collect();
    let sql = "UPDATE sessions SET used_at = $2 WHERE token_hash = $1";
    tx.exec_many(sql, &rows).await?;
    Ok(())
}

/// Ends a session, if there is one.
pub(crate) async fn delete_session(tx: &Tx, token_hash: &str) -> Result<(), Error> {
    tx.exec("DELETE FROM sessions WHERE token_hash = $1", vals![token_hash]).await?;
    Ok(())
}

/// Ends all sessions of a person but this one.
pub(crate) async fn delete_sessions(
    tx: &Tx,
    user_id: &UserId,
    keep_token_hash: &str,
) -> Result<(), Error> {
    let sql = "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2";
    tx.exec(sql, vals![user_id.as_str(), keep_token_hash]).await?;
    Ok(())
}
