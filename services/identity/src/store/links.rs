//! What was asked for and is answered by e-mail: accounts and new passwords.

use emart_identity_api::UserId;
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::users;

/// Something asked for, before anyone has looked whether the address has an account.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) email: String,
    pub(crate) what: Wish,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    Account { name: Option<String>, password_hash: String },
    NewPassword,
}

/// An account that waits for the link in the e-mail.
pub(crate) struct Registration {
    pub(crate) email: String,
    pub(crate) name: Option<String>,
    pub(crate) password_hash: String,
}

impl FromRow for Asked {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let password_hash: Option<String> = row.get(2)?;
        let name = row.get(1)?;
        let what = password_hash
            .map_or(Wish::NewPassword, |password_hash| Wish::Account { name, password_hash });
        Ok(Self { email: row.get(0)?, what })
    }
}

impl FromRow for Registration {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { email: row.get(0)?, name: row.get(1)?, password_hash: row.get(2)? })
    }
}

/// Notes what was asked for. The same work for every address.
pub(crate) async fn insert_request(tx: &Tx, asked: &Asked, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO requests (kind, email, name, password_hash, asked_at)
        VALUES ($1, $2, $3, $4, $5)";
    let (kind, name, hash) = match &asked.what {
        Wish::Account { name, password_hash } => {
            ("registration", name.as_deref(), Some(password_hash.as_str()))
        }
        Wish::NewPassword => ("password_reset", None, None),
    };
    tx.exec(sql, vals![kind, &asked.email, name, hash, now.as_millis()]).await?;
    Ok(())
}

/// Takes the oldest of what was asked for.
pub(crate) async fn take_request(tx: &Tx) -> Result<Option<Asked>, Error> {
    let sql = "DELETE FROM requests WHERE id IN (SELECT id FROM requests ORDER BY id LIMIT 1 {{skip_locked}})
        RETURNING email, name, password_hash";
    tx.opt(sql, &[]).await
}

/// Adds an account that waits for its link.
pub(crate) async fn insert_registration(
    tx: &Tx,
    token_hash: &str,
    registration: &Registration,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO registrations (token_hash, email, name, password_hash, expires_at)
        VALUES ($1, $2, $3, $4, $5)";
    let Registration { email, name, password_hash } = registration;
    let values = vals![token_hash, email, name.as_deref(), password_hash, expires_at.as_millis()];
    tx.exec(sql, values).await?;
    Ok(())
}

/// Takes the account that waits for this link; every other one that waits with the same address goes with it.
pub(crate) async fn take_registration(
    tx: &Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Registration>, Error> {
    let sql = "DELETE FROM registrations WHERE token_hash = $1 AND expires_at > $2
        RETURNING email, name, password_hash";
    let taken: Option<Registration> = tx.opt(sql, vals![token_hash, now.as_millis()]).await?;
    if let Some(registration) = &taken {
        tx.exec("DELETE FROM registrations WHERE email = $1", vals![&registration.email]).await?;
    }
    Ok(taken)
}

/// Adds a link that sets a new password.
pub(crate) async fn insert_reset(
    tx: &Tx,
    token_hash: &str,
    user_id: &UserId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES ($1, $2, $3)";
    tx.exec(sql, vals![token_hash, user_id.as_str(), expires_at.as_millis()]).await?;
    Ok(())
}

struct ResetRow(UserId, String);

impl FromRow for ResetRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(users::parsed(row, 0)?, row.get(1)?))
    }
}

/// Whose link this is: the person and their address.
pub(crate) async fn reset(
    tx: &Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<(UserId, String)>, Error> {
    let sql = "SELECT u.id, u.email FROM password_resets r JOIN users u ON u.id = r.user_id
        WHERE r.token_hash = $1 AND r.expires_at > $2";
    let row = tx.opt::<ResetRow>(sql, vals![token_hash, now.as_millis()]).await?;
    Ok(row.map(|ResetRow(user_id, email)| (user_id, email)))
}

/// Takes a link, once; `false` when it was taken before.
pub(crate) async fn take_reset(tx: &Tx, token_hash: &str) -> Result<bool, Error> {
    let sql = "DELETE FROM password_resets WHERE token_hash = $1";
    Ok(tx.exec(sql, vals![token_hash]).await? == 1)
}

/// Takes away all links of a person.
pub(crate) async fn delete_resets(tx: &Tx, user_id: &UserId) -> Result<(), Error> {
    tx.exec("DELETE FROM password_resets WHERE user_id = $1", vals![user_id.as_str()]).await?;
    Ok(())
}
