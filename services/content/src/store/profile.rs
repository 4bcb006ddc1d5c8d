//! The SQL of the profile.

use emart_content_api::{Profile, PutProfile};
use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

/// What staff have set, if they have.
pub(crate) async fn get(tx: &Tx) -> Result<Option<Profile>, Error> {
    let sql = "SELECT content, version, updated_at FROM profile WHERE id = 1";
    let row: Option<(String, i64, i64)> = tx.opt(sql, vals![]).await?;
    let Some((content, version, at)) = row else { return Ok(None) };
    let damaged = |_| Error::Database("the profile cannot be read".to_owned());
    let put: PutProfile = serde_json::from_str(&content).map_err(damaged)?;
    Ok(Some(profile(put, version, Timestamp::from_millis(at))))
}

fn profile(put: PutProfile, version: i64, at: Timestamp) -> Profile {
    Profile {
        name: put.name,
        headline: put.headline,
        tagline: put.tagline,
        contact_email: put.contact_email,
        contact_phone: put.contact_phone,
        language: put.language,
        accent: put.accent,
        accent_dark: put.accent_dark,
        logo: put.logo,
        version,
        updated_at: Some(at),
    }
}

/// Keeps it in place of the version that was read (0: none); `None` when that is not the current one.
pub(crate) async fn put(
    tx: &Tx,
    put: PutProfile,
    was: i64,
    now: Timestamp,
) -> Result<Option<Profile>, Error> {
    let content = serde_json::to_string(&put).map_err(|e| Error::Database(e.to_string()))?;
    let version = now.as_millis().max(was + 1);
    let changed = if was == 0 {
        let sql = "INSERT INTO profile (id, content, version, updated_at) VALUES (1, $1, $2, $3) \
                   ON CONFLICT DO NOTHING";
        tx.exec(sql, vals![content, version, now.as_millis()]).await?
    } else {
        let sql = "UPDATE profile SET content = $1, version = $2, updated_at = $3 \
                   WHERE id = 1 AND version = $4";
        tx.exec(sql, vals![content, version, now.as_millis(), was]).await?
    };
    Ok((changed == 1).then(|| profile(put, version, now)))
}

/// Goes back to the settings.
pub(crate) async fn delete(tx: &Tx) -> Result<(), Error> {
    tx.exec("DELETE FROM profile WHERE id = 1", vals![]).await.map(drop)
}
