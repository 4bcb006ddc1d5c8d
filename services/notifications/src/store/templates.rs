//! The SQL of templates that staff have changed.

use emart_notifications_api::TemplateText;
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

/// A template that staff have changed.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    pub(crate) kind: String,
    pub(crate) content: TemplateText,
    pub(crate) version: i64,
    pub(crate) updated_at: Timestamp,
}

impl FromRow for Changed {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            kind: row.get(0)?,
            content: TemplateText { subject: row.get(1)?, text: row.get(2)?, html: row.get(3)? },
            version: row.get(4)?,
            updated_at: Timestamp::from_millis(row.get(5)?),
        })
    }
}

/// All of them.
pub(crate) async fn all(tx: &Tx) -> Result<Vec<Changed>, Error> {
    let sql =
        "SELECT kind, subject, body_text, body_html, version, updated_at FROM email_templates";
    tx.all(sql, vals![]).await
}

/// That of a kind.
pub(crate) async fn of(tx: &Tx, kind: &str) -> Result<Option<Changed>, Error> {
    let sql = "SELECT kind, subject, body_text, body_html, version, updated_at FROM email_templates WHERE kind = $1";
    tx.opt(sql, vals![kind]).await
}

/// Keeps one in place of the version that was read (0: the default); `false` when that is not the current one.
pub(crate) async fn put(tx: &Tx, changed: &Changed, was: i64) -> Result<bool, Error> {
    let sql = if was == 0 {
        "INSERT INTO email_templates (kind, subject, body_text, body_html, version, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE email_templates SET subject = $2, body_text = $3, body_html = $4, version = $5, updated_at = $6 \
         WHERE kind = $1 AND version = $7"
    };
    let content = &changed.content;
    let mut values = Vec::from(vals![
        changed.kind.as_str(),
        content.subject.as_str(),
        content.text.as_str(),
        content.html.as_str(),
        changed.version,
        changed.updated_at.as_millis(),
    ]);
    if was != 0 {
        values.push(was.into());
    }
    Ok(tx.exec(sql, &values).await? == 1)
}

/// Goes back to the default.
pub(crate) async fn delete(tx: &Tx, kind: &str) -> Result<(), Error> {
    tx.exec("DELETE FROM email_templates WHERE kind = $1", vals![kind]).await.map(drop)
}
