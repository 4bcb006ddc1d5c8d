//! What somebody is signed in with: browsers and programs, as they look at it.

use emart_identity_api::SignedInWith;
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use crate::secrets;

/// No more of a kind are shown.
const MOST: u32 = 100;

/// A sign-in with what is kept of its token; of programs that is the family's id.
pub(crate) struct Kept {
    pub(crate) key: String,
    pub(crate) shown: SignedInWith,
}

/// The id of a session: of the digest of its token, which itself is not shown.
fn public_id(token_hash: &str) -> String {
    secrets::digest(&format!("session:{token_hash}")).chars().take(22).collect()
}

struct SessionRow(Kept);

impl FromRow for SessionRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let key: String = row.get(0)?;
        let shown = SignedInWith {
            id: public_id(&key),
            browser: true,
            created_at: Timestamp::from_millis(row.get(1)?),
            used_at: Timestamp::from_millis(row.get(2)?),
            user_agent: row.get(3)?,
            client: row.get(4)?,
            current: false,
        };
        Ok(Self(Kept { key, shown }))
    }
}

struct FamilyRow(Kept);

impl FromRow for FamilyRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let key: String = row.get(0)?;
        let shown = SignedInWith {
            id: key.clone(),
            browser: false,
            created_at: Timestamp::from_millis(row.get(1)?),
            used_at: Timestamp::from_millis(row.get(2)?),
            user_agent: None,
            client: None,
            current: false,
        };
        Ok(Self(Kept { key, shown }))
    }
}

/// What somebody is signed in with, the last used first, browsers before programs.
pub(crate) async fn sign_ins(
    tx: &Tx,
    user_id: &str,
    now: Timestamp,
    used_after: Timestamp,
) -> Result<Vec<Kept>, Error> {
    let sql = "SELECT token_hash, created_at, used_at, user_agent, client FROM sessions
        WHERE user_id = $1 AND expires_at > $2 AND used_at > $3
        ORDER BY used_at DESC, token_hash LIMIT $4";
    let values = vals![user_id, now.as_millis(), used_after.as_millis(), MOST];
    let browsers = tx.all::<SessionRow>(sql, values).await?;
    let sql = "SELECT f.id, f.created_at, COALESCE((SELECT MAX(t.issued_at) FROM refresh_tokens t
            WHERE t.family_id = f.id), f.created_at)
        FROM token_families f WHERE f.user_id = $1 AND f.revoked_at IS NULL AND f.expires_at > $2
        ORDER BY f.id DESC LIMIT $3";
    let programs = tx.all::<FamilyRow>(sql, vals![user_id, now.as_millis(), MOST]).await?;
    let programs = programs.into_iter().map(|row| row.0);
    Ok(browsers.into_iter().map(|row| row.0).chain(programs).collect())
}
