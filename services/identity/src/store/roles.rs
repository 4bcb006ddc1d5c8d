//! Roles of staff.

use emart_http::Permissions;
use emart_identity_api::{RoleId, StaffRole};
use emart_store::{Error, FromRow, Row, Tx, vals};

struct RoleRow(StaffRole);

impl FromRow for RoleRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, permissions): (String, String) = (row.get(0)?, row.get(2)?);
        let id = id.parse::<RoleId>();
        let count = |column| row.get::<i64>(column).map(i64::unsigned_abs);
        Ok(Self(StaffRole {
            id: id.map_err(|error| Error::Decode { column: 0, reason: error.to_string() })?,
            name: row.get(1)?,
            permissions: Permissions::from(permissions.as_str()),
            built_in: row.get(3)?,
            version: count(4)?,
            people: u32::try_from(count(5)?).unwrap_or(u32::MAX),
        }))
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.name, r.permissions, r.built_in, r.version,
            (SELECT COUNT(*) FROM users u WHERE u.staff_role_id = r.id) FROM staff_roles r ",
            $rest
        )
    };
}

/// The roles after one of them.
pub(crate) async fn roles(tx: &Tx, after: &str, limit: usize) -> Result<Vec<StaffRole>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = select!("WHERE r.id > $1 ORDER BY r.id LIMIT $2");
    let rows = tx.all::<RoleRow>(sql, vals![after, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// A role.
pub(crate) async fn role(tx: &Tx, id: &RoleId) -> Result<Option<StaffRole>, Error> {
    let sql = select!("WHERE r.id = $1");
    Ok(tx.opt::<RoleRow>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// Locks a role until the transaction ends: nobody is given it meanwhile with other permissions than were looked at.
pub(crate) async fn lock_role(tx: &Tx, id: &RoleId) -> Result<Option<StaffRole>, Error> {
    let sql = "SELECT version FROM staff_roles WHERE id = $1 {{for_update}}";
    match tx.opt::<i64>(sql, vals![id.as_str()]).await? {
        Some(_) => role(tx, id).await,
        None => Ok(None),
    }
}

/// Keeps a role that comes with the store as this version of the program has it.
pub(crate) async fn put_built_in(
    tx: &Tx,
    (id, name, permissions): (&str, &str, Permissions),
) -> Result<(), Error> {
    let sql = "INSERT INTO staff_roles (id, name, permissions, built_in, version)
        VALUES ($1, $2, $3, TRUE, 1)
        ON CONFLICT (id) DO UPDATE SET permissions = $3, version = staff_roles.version + 1
        WHERE staff_roles.permissions <> $3";
    tx.exec(sql, vals![id, name, &permissions.to_string()]).await?;
    Ok(())
}

/// Adds a role; `false` when its name is taken.
pub(crate) async fn insert_role(tx: &Tx, role: &StaffRole) -> Result<bool, Error> {
    let sql = "INSERT INTO staff_roles (id, name, permissions, built_in, version)
        VALUES ($1, $2, $3, FALSE, 1) ON CONFLICT (name) DO NOTHING";
    let permissions = role.permissions.to_string();
    Ok(tx.exec(sql, vals![role.id.as_str(), &role.name, &permissions]).await? == 1)
}

/// Whether another role has this name.
pub(crate) async fn name_is_taken(tx: &Tx, name: &str, id: &RoleId) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM staff_roles WHERE name = $1 AND id <> $2";
    Ok(tx.opt::<i64>(sql, vals![name, id.as_str()]).await?.is_some())
}

/// Changes a role that does not come with the store.
pub(crate) async fn update_role(
    tx: &Tx,
    id: &RoleId,
    name: &str,
    permissions: Permissions,
) -> Result<bool, Error> {
    let sql = "UPDATE staff_roles SET name = $2, permissions = $3, version = version + 1
        WHERE id = $1 AND built_in = FALSE";
    Ok(tx.exec(sql, vals![id.as_str(), name, &permissions.to_string()]).await? == 1)
}

/// Takes a role away that nobody has.
pub(crate) async fn delete_role(tx: &Tx, id: &RoleId) -> Result<bool, Error> {
    let sql = "DELETE FROM staff_roles WHERE id = $1 AND built_in = FALSE
        AND NOT EXISTS (SELECT 1 FROM users WHERE staff_role_id = $1)";
    Ok(tx.exec(sql, vals![id.as_str()]).await? == 1)
}
