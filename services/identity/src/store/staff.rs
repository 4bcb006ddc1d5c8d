//! Those who work here, and what they may do.

use emart_http::Role;
use emart_identity_api::{RoleName, StaffMember, UserId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::users;
use crate::domain::access::Standing;

struct MemberRow(StaffMember);

impl FromRow for MemberRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let role = users::role(row, 3)?;
        let role_id: Option<String> = row.get(4)?;
        let staff_role = match (role, role_id) {
            (Role::Staff, Some(id)) => {
                let id = id.parse().map_err(|_| Error::Decode {
                    column: 4,
                    reason: "not a role's id".to_owned(),
                })?;
                Some(RoleName { id, name: row.get::<Option<String>>(5)?.unwrap_or_default() })
            }
            _ => None,
        };
        Ok(Self(StaffMember {
            id: users::parsed(row, 0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            role,
            staff_role,
            permissions: Standing { role, permissions: users::permissions(row, 6)? }.effective(),
            active: row.get::<Option<i64>>(7)?.is_none(),
            two_factor: row.get::<Option<i64>>(11)?.is_some(),
            created_at: Timestamp::from_millis(row.get(8)?),
            signed_in_at: row.get::<Option<i64>>(9)?.map(Timestamp::from_millis),
            version: row.get::<i64>(10)?.unsigned_abs(),
        }))
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.name, u.role, u.staff_role_id, r.name, r.permissions, u.deactivated_at,
            u.created_at, c.used_at, u.version, t.confirmed_at FROM users u
            LEFT JOIN staff_roles r ON r.id = u.staff_role_id
            LEFT JOIN credentials c ON c.user_id = u.id
            LEFT JOIN two_factor t ON t.user_id = u.id
            WHERE u.role <> 'customer' ",
            $rest
        )
    };
}

/// Those who work here, after one of them, the longest here first.
pub(crate) async fn staff(tx: &Tx, after: &str, limit: usize) -> Result<Vec<StaffMember>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = select!("AND u.id > $1 ORDER BY u.id LIMIT $2");
    let rows = tx.all::<MemberRow>(sql, vals![after, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Someone who works here.
pub(crate) async fn member(tx: &Tx, id: &UserId) -> Result<Option<StaffMember>, Error> {
    let sql = select!("AND u.id = $1");
    Ok(tx.opt::<MemberRow>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// Locks someone who works here until the transaction ends.
pub(crate) async fn lock_member(tx: &Tx, id: &UserId) -> Result<Option<StaffMember>, Error> {
    let sql = "SELECT version FROM users WHERE id = $1 {{for_update}}";
    match tx.opt::<i64>(sql, vals![id.as_str()]).await? {
        Some(_) => member(tx, id).await,
        None => Ok(None),
    }
}

/// Locks all administrators who can sign in, and counts them. Of two who demote each other at once the second waits
/// for the first.
pub(crate) async fn lock_admins(tx: &Tx) -> Result<usize, Error> {
    let sql = "SELECT id FROM users WHERE role = 'admin' AND deactivated_at IS NULL ORDER BY id {{for_update}}";
    Ok(tx.all::<String>(sql, &[]).await?.len())
}

/// What somebody is to be: the role, the role of staff, and since when they cannot sign in.
pub(crate) struct Change<'a> {
    pub(crate) role: Role,
    pub(crate) staff_role_id: Option<&'a str>,
    pub(crate) deactivated_at: Option<Timestamp>,
}

/// Changes what somebody may do.
pub(crate) async fn update_member(tx: &Tx, id: &UserId, change: &Change<'_>) -> Result<(), Error> {
    let sql =
        "UPDATE users SET role = $2, staff_role_id = $3, deactivated_at = $4, version = version + 1
        WHERE id = $1";
    let deactivated_at = change.deactivated_at.map(Timestamp::as_millis);
    let values = vals![id.as_str(), change.role.as_str(), change.staff_role_id, deactivated_at];
    tx.exec(sql, values).await?;
    Ok(())
}
