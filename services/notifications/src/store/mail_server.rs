//! The SQL of the mail server that staff have set.

use emart_notifications_api::MailSecurity;
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::{Secret, Timestamp};

/// The mail server that staff have set.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: MailSecurity,
    pub(crate) username: String,
    pub(crate) password: Secret<String>,
    pub(crate) from: String,
    pub(crate) version: i64,
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let security = match row.get::<String>(2)?.as_str() {
            "tls" => MailSecurity::Tls,
            "starttls" => MailSecurity::Starttls,
            "none" => MailSecurity::None,
            _ => return Err(Error::Database("the mail server cannot be read".to_owned())),
        };
        Ok(Self {
            host: row.get(0)?,
            port: row.get(1)?,
            security,
            username: row.get(3)?,
            password: Secret::new(row.get(4)?),
            from: row.get(5)?,
            version: row.get(6)?,
        })
    }
}

/// It, if they have.
pub(crate) async fn get(tx: &Tx) -> Result<Option<Kept>, Error> {
    let sql = "SELECT host, port, security, username, password, sender, version FROM mail_server WHERE id = 1";
    tx.opt(sql, vals![]).await
}

/// Keeps it in place of the version that was read (0: none); `false` when that is not the current one.
pub(crate) async fn put(tx: &Tx, kept: &Kept, was: i64, now: Timestamp) -> Result<bool, Error> {
    let sql = if was == 0 {
        "INSERT INTO mail_server (id, host, port, security, username, password, sender, version, updated_at) \
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE mail_server SET host = $1, port = $2, security = $3, username = $4, password = $5, sender = $6, \
         version = $7, updated_at = $8 WHERE id = 1 AND version = $9"
    };
    let mut values = Vec::from(vals![
        kept.host.as_str(),
        i64::from(kept.port),
        kept.security.as_str(),
        kept.username.as_str(),
        kept.password.expose().as_str(),
        kept.from.as_str(),
        kept.version,
        now.as_millis(),
    ]);
    if was != 0 {
        values.push(was.into());
    }
    Ok(tx.exec(sql, &values).await? == 1)
}

/// Goes back to the settings.
pub(crate) async fn delete(tx: &Tx) -> Result<(), Error> {
    tx.exec("DELETE FROM mail_server WHERE id = 1", vals![]).await.map(drop)
}
