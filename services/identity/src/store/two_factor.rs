//! Second factors: what makes their codes, the codes for the day the app is lost, and who owes one.

use emart_identity_api::UserId;
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::providers::Subject;
use super::users;

/// What makes somebody's codes.
pub(crate) struct Factor {
    pub(crate) secret: Vec<u8>,
    /// Since when codes are needed; `None` while the app has not shown that it makes the right ones.
    pub(crate) confirmed_at: Option<Timestamp>,
}

impl FromRow for Factor {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let confirmed_at: Option<i64> = row.get(1)?;
        Ok(Self { secret: row.get(0)?, confirmed_at: confirmed_at.map(Timestamp::from_millis) })
    }
}

/// Somebody who owes a code.
pub(crate) struct Owed {
    pub(crate) user_id: UserId,
    pub(crate) password_hash: String,
    /// What is to be linked with the account once the code was given.
    pub(crate) link: Option<Subject>,
}

impl FromRow for Owed {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (issuer, subject): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        let link = issuer.zip(subject).map(|(issuer, subject)| Subject { issuer, subject });
        Ok(Self { user_id: users::parsed(row, 0)?, password_hash: row.get(1)?, link })
    }
}

/// Somebody's second factor, if they have one or are about to.
pub(crate) async fn factor(tx: &Tx, id: &str) -> Result<Option<Factor>, Error> {
    tx.opt("SELECT secret, confirmed_at FROM two_factor WHERE user_id = $1", vals![id]).await
}

/// Begins; `false` when codes are needed already.
pub(crate) async fn begin(tx: &Tx, id: &str, secret: &[u8], now: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO two_factor (user_id, secret, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET secret = $2, created_at = $3, last_step = 0
        WHERE two_factor.confirmed_at IS NULL";
    Ok(tx.exec(sql, vals![id, secret, now.as_millis()]).await? == 1)
}

/// From now on codes are needed; `false` when they were already.
pub(crate) async fn confirm(tx: &Tx, id: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE two_factor SET confirmed_at = $2 WHERE user_id = $1 AND confirmed_at IS NULL";
    Ok(tx.exec(sql, vals![id, now.as_millis()]).await? == 1)
}

/// Takes the code of a step, once; `false` when it, or a later one, was taken before.
pub(crate) async fn take_step(tx: &Tx, id: &str, step: i64) -> Result<bool, Error> {
    let sql = "UPDATE two_factor SET last_step = $2 WHERE user_id = $1 AND last_step < $2";
    Ok(tx.exec(sql, vals![id, step]).await? == 1)
}

/// Takes a recovery code, once.
pub(crate) async fn take_recovery(tx: &Tx, id: &str, code_hash: &str) -> Result<bool, Error> {
    let sql = "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2";
    Ok(tx.exec(sql, vals![id, code_hash]).await? == 1)
}

/// Gives somebody these recovery codes, and no others.
pub(crate) async fn put_recovery(tx: &Tx, id: &str, hashes: &[String]) -> Result<(), Error> {
    tx.exec("DELETE FROM recovery_codes WHERE user_id = $1", vals![id]).await?;
    let rows: Vec<_> = hashes.iter().map(|hash| vals![hash, id].to_vec()).collect();
    tx.exec_many("INSERT INTO recovery_codes (code_hash, user_id) VALUES ($1, $2)", &rows).await?;
    Ok(())
}

/// How many recovery codes somebody has left.
pub(crate) async fn count_recovery(tx: &Tx, id: &str) -> Result<u32, Error> {
    let sql = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1";
    Ok(u32::try_from(tx.one::<i64>(sql, vals![id]).await?).unwrap_or(u32::MAX))
}

/// Takes somebody's second factor away; `false` when they have none.
pub(crate) async fn end(tx: &Tx, id: &str) -> Result<bool, Error> {
    tx.exec("DELETE FROM recovery_codes WHERE user_id = $1", vals![id]).await?;
    Ok(tx.exec("DELETE FROM two_factor WHERE user_id = $1", vals![id]).await? == 1)
}

/// Notes that somebody owes a code.
pub(crate) async fn insert_challenge(
    tx: &Tx,
    token_hash: &str,
    owed: &Owed,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO challenges
        (token_hash, user_id, password_hash, expires_at, link_issuer, link_subject)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let (user, hash) = (owed.user_id.as_str(), owed.password_hash.as_str());
    let issuer = owed.link.as_ref().map(|link| link.issuer.as_str());
    let subject = owed.link.as_ref().map(|link| link.subject.as_str());
    let values = vals![token_hash, user, hash, expires_at.as_millis(), issuer, subject];
    tx.exec(sql, values).await?;
    Ok(())
}

/// Who owes this code.
pub(crate) async fn challenge(
    tx: &Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Owed>, Error> {
    let sql = "SELECT user_id, password_hash, link_issuer, link_subject FROM challenges
        WHERE token_hash = $1 AND expires_at > $2";
    tx.opt(sql, vals![token_hash, now.as_millis()]).await
}

/// The question is answered, once.
pub(crate) async fn take_challenge(tx: &Tx, token_hash: &str) -> Result<bool, Error> {
    let sql = "DELETE FROM challenges WHERE token_hash = $1";
    Ok(tx.exec(sql, vals![token_hash]).await? == 1)
}
