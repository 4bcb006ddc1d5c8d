//! Those who were asked to work here and have not answered yet.

use emart_http::Role;
use emart_identity_api::{Invitation, Position};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::users;

struct InvitationRow(Invitation);

impl FromRow for InvitationRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, role_id): (String, Option<String>) = (row.get(0)?, row.get(3)?);
        let decode = |column| move |_| Error::Decode { column, reason: "not an id".to_owned() };
        let position = match (users::role(row, 2)?, role_id) {
            (Role::Staff, Some(id)) => Position::Role(id.parse().map_err(decode(3))?),
            _ => Position::Admin,
        };
        Ok(Self(Invitation {
            id: id.parse().map_err(decode(0))?,
            email: row.get(1)?,
            position,
            role_name: row.get(4)?,
            invited_by: row.get(5)?,
            created_at: Timestamp::from_millis(row.get(6)?),
            expires_at: Timestamp::from_millis(row.get(7)?),
        }))
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.email, i.role, i.staff_role_id, r.name, u.email, i.created_at, i.expires_at
            FROM invitations i JOIN users u ON u.id = i.invited_by
            LEFT JOIN staff_roles r ON r.id = i.staff_role_id ",
            $rest
        )
    };
}

/// The role and the role of staff of a position, as they are kept.
pub(crate) fn columns(position: &Position) -> (Role, Option<&str>) {
    match position {
        Position::Admin => (Role::Admin, None),
        Position::Role(id) => (Role::Staff, Some(id.as_str())),
    }
}

/// The invitations after one of them, the oldest first.
pub(crate) async fn invitations(
    tx: &Tx,
    after: &str,
    limit: usize,
) -> Result<Vec<Invitation>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = select!("WHERE i.id > $1 ORDER BY i.id LIMIT $2");
    let rows = tx.all::<InvitationRow>(sql, vals![after, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// An invitation.
pub(crate) async fn invitation(tx: &Tx, id: &str) -> Result<Option<Invitation>, Error> {
    let sql = select!("WHERE i.id = $1");
    Ok(tx.opt::<InvitationRow>(sql, vals![id]).await?.map(|row| row.0))
}

/// Asks somebody; whoever was asked before with this address is asked anew.
pub(crate) async fn put(
    tx: &Tx,
    token_hash: &str,
    invitation: &Invitation,
    invited_by: &str,
) -> Result<(), Error> {
    tx.exec("DELETE FROM invitations WHERE email = $1", vals![&invitation.email]).await?;
    let sql = "INSERT INTO invitations
        (id, token_hash, email, role, staff_role_id, invited_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let (role, staff_role) = columns(&invitation.position);
    let values = vals![
        invitation.id.as_str(),
        token_hash,
        &invitation.email,
        role.as_str(),
        staff_role,
        invited_by,
        invitation.created_at.as_millis(),
        invitation.expires_at.as_millis(),
    ];
    tx.exec(sql, values).await?;
    Ok(())
}

/// Which invitation has this secret, and who sent it.
pub(crate) async fn by_token(
    tx: &Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<(String, String)>, Error> {
    let sql = "SELECT id, invited_by FROM invitations WHERE token_hash = $1 AND expires_at > $2";
    tx.opt(sql, vals![token_hash, now.as_millis()]).await
}

/// Takes an invitation away, once.
pub(crate) async fn delete(tx: &Tx, id: &str) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM invitations WHERE id = $1", vals![id]).await? == 1)
}
