//! People and their passwords.

use emart_http::{Permissions, Role};
use emart_identity_api::{Principal, User, UserId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::customers;
use crate::domain::access::{STAFF_ROLE, Standing};
use crate::secrets;

/// A person with the hash of their password.
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) password_hash: String,
    /// Whether a sign-in needs a code, too.
    pub(crate) two_factor: bool,
}

struct UserRow(User);

impl FromRow for UserRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(User {
            id: parsed(row, 0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            role: role(row, 3)?,
            created_at: Timestamp::from_millis(row.get(4)?),
        }))
    }
}

impl FromRow for Account {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let UserRow(user) = UserRow::from_row(row)?;
        let two_factor = row.get::<Option<i64>>(6)?.is_some();
        Ok(Self { user, password_hash: row.get(5)?, two_factor })
    }
}

/// Reads a column that was written from a typed id.
pub(crate) fn parsed(row: &Row<'_>, column: usize) -> Result<UserId, Error> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| Error::Decode { column, reason: "not a user's id".to_owned() })
}

/// Reads a column that holds a role.
pub(crate) fn role(row: &Row<'_>, column: usize) -> Result<Role, Error> {
    let text: String = row.get(column)?;
    text.parse().map_err(|()| Error::Decode { column, reason: "not a role".to_owned() })
}

/// Reads a column that holds permissions; nothing for who has no role in the shop.
pub(crate) fn permissions(row: &Row<'_>, column: usize) -> Result<Permissions, Error> {
    let text: Option<String> = row.get(column)?;
    Ok(text.as_deref().map_or(Permissions::NONE, Permissions::from))
}

/// Reads who somebody is from columns 0 to 4: id, address, role, the permissions of their role in the shop, and since
/// when they have a second factor.
pub(crate) fn principal(row: &Row<'_>) -> Result<Principal, Error> {
    let (role, permissions) = (role(row, 2)?, permissions(row, 3)?);
    let permissions = Standing { role, permissions }.effective();
    let second_factor_due = role >= Role::Staff && row.get::<Option<i64>>(4)?.is_none();
    Ok(Principal { user_id: row.get(0)?, email: row.get(1)?, role, permissions, second_factor_due })
}

/// The person with this id.
pub(crate) async fn user(tx: &Tx, id: &str) -> Result<Option<User>, Error> {
    let sql = "SELECT id, email, name, role, created_at FROM users WHERE id = $1";
    Ok(tx.opt::<UserRow>(sql, vals![id]).await?.map(|row| row.0))
}

/// The account with this address.
pub(crate) async fn account_by_email(tx: &Tx, email: &str) -> Result<Option<Account>, Error> {
    let sql = "SELECT u.id, u.email, u.name, u.role, u.created_at, c.password_hash, t.confirmed_at
        FROM users u JOIN credentials c ON c.user_id = u.id
        LEFT JOIN two_factor t ON t.user_id = u.id WHERE u.email = $1 AND u.deactivated_at IS NULL";
    tx.opt(sql, vals![email]).await
}

/// The account of this person.
pub(crate) async fn account(tx: &Tx, id: &str) -> Result<Option<Account>, Error> {
    let sql = "SELECT u.id, u.email, u.name, u.role, u.created_at, c.password_hash, t.confirmed_at
        FROM users u JOIN credentials c ON c.user_id = u.id
        LEFT JOIN two_factor t ON t.user_id = u.id WHERE u.id = $1 AND u.deactivated_at IS NULL";
    tx.opt(sql, vals![id]).await
}

/// Adds a person; `false` when the address is taken. Of staff the role of the shop is the usual one.
pub(crate) async fn insert_user(tx: &Tx, user: &User, password_hash: &str) -> Result<bool, Error> {
    let sql = "INSERT INTO users (id, email, name, role, created_at, staff_role_id)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING";
    let (id, at) = (user.id.as_str(), user.created_at.as_millis());
    let staff_role = (user.role == Role::Staff).then_some(STAFF_ROLE);
    let values = vals![id, &user.email, user.name.as_deref(), user.role.as_str(), at, staff_role];
    if tx.exec(sql, values).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO credentials (user_id, password_hash, changed_at) VALUES ($1, $2, $3)";
    tx.exec(sql, vals![id, password_hash, at]).await?;
    customers::index(tx, user).await?;
    Ok(true)
}

/// Gives a person another name.
pub(crate) async fn update_name(tx: &Tx, id: &str, name: Option<&str>) -> Result<(), Error> {
    tx.exec("UPDATE users SET name = $2 WHERE id = $1", vals![id, name]).await?;
    match user(tx, id).await? {
        Some(user) => customers::index(tx, &user).await,
        None => Ok(()),
    }
}

/// Gives a person another role.
pub(crate) async fn update_role(tx: &Tx, id: &UserId, role: Role) -> Result<(), Error> {
    let sql = "UPDATE users SET role = $2 WHERE id = $1";
    tx.exec(sql, vals![id.as_str(), role.as_str()]).await?;
    Ok(())
}

/// Gives a person another password. Comes first in its transaction: it locks the row that [`confirm_password`] locks.
pub(crate) async fn update_password(
    tx: &Tx,
    id: &UserId,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE credentials SET password_hash = $2, changed_at = $3, moved_from = NULL
        WHERE user_id = $1";
    tx.exec(sql, vals![id.as_str(), password_hash, now.as_millis()]).await?;
    Ok(())
}

/// Whether the hash that a password was checked against is still the current one, or was until the same password was
/// hashed anew. Locks it until the transaction ends, so that a session made in it is seen by whoever changes the
/// password next.
pub(crate) async fn confirm_password(
    tx: &Tx,
    id: &UserId,
    password_hash: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE credentials SET used_at = $3
        WHERE user_id = $1 AND (password_hash = $2 OR moved_from = $4)";
    let before = secrets::digest(password_hash);
    Ok(tx.exec(sql, vals![id.as_str(), password_hash, now.as_millis(), before]).await? == 1)
}

/// Puts a stronger hash of the same password in the place of one that was moved here. What it was stays known by its
/// digest alone: somebody may be signing in who was checked against it.
pub(crate) async fn strengthen_password(
    tx: &Tx,
    id: &UserId,
    weaker: &str,
    stronger: &str,
) -> Result<(), Error> {
    let sql = "UPDATE credentials SET password_hash = $3, moved_from = $4
        WHERE user_id = $1 AND password_hash = $2";
    tx.exec(sql, vals![id.as_str(), weaker, stronger, secrets::digest(weaker)]).await?;
    Ok(())
}

/// Of the bcrypt hashes that were moved here and not replaced since, one that takes longest to check.
pub(crate) async fn costliest_moved_hash(tx: &Tx) -> Result<Option<String>, Error> {
    let sql = "SELECT password_hash FROM credentials WHERE substr(password_hash, 1, 2) = '$2'
        ORDER BY substr(password_hash, 5, 2) DESC LIMIT 1";
    Ok(tx.opt::<(String,)>(sql, vals![]).await?.map(|(hash,)| hash))
}

/// Notes that a person signed in from a device; whether they had before.
pub(crate) async fn note_device(
    tx: &Tx,
    id: &UserId,
    device_hash: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let Some(device_hash) = device_hash else { return Ok(false) };
    let sql = "UPDATE devices SET seen_at = $3 WHERE user_id = $1 AND device_hash = $2";
    let values = vals![id.as_str(), device_hash, now.as_millis()];
    if tx.exec(sql, values).await? == 1 {
        return Ok(true);
    }
    let sql = "INSERT INTO devices (user_id, device_hash, seen_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, device_hash) DO NOTHING";
    tx.exec(sql, values).await?;
    Ok(false)
}

/// Whether the person with this address, if there is one, has signed in from a device before.
pub(crate) async fn knows_device(tx: &Tx, email: &str, device_hash: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM devices d JOIN users u ON u.id = d.user_id
        WHERE u.email = $1 AND d.device_hash = $2";
    Ok(tx.opt::<i64>(sql, vals![email, device_hash]).await?.is_some())
}
