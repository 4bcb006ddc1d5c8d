//! The SQL of menus.

use emart_content_api::{Menu, MenuItem, MenuName};
use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

/// A menu; empty before anybody has set it.
pub(crate) async fn get(tx: &Tx, name: MenuName) -> Result<Menu, Error> {
    let sql = "SELECT items, version, updated_at FROM menus WHERE name = $1";
    let row: Option<(String, i64, i64)> = tx.opt(sql, vals![name.as_str()]).await?;
    let Some((items, version, at)) = row else {
        return Ok(Menu { name, items: Vec::new(), version: 0, updated_at: None });
    };
    let damaged = |_| Error::Database(format!("the menu {name} cannot be read"));
    let items = serde_json::from_str(&items).map_err(damaged)?;
    Ok(Menu { name, items, version, updated_at: Some(Timestamp::from_millis(at)) })
}

/// Keeps it in place of the version that was read (0: none); `None` when that is not the current one.
pub(crate) async fn put(
    tx: &Tx,
    name: MenuName,
    items: Vec<MenuItem>,
    was: i64,
    now: Timestamp,
) -> Result<Option<Menu>, Error> {
    let text = serde_json::to_string(&items).map_err(|e| Error::Database(e.to_string()))?;
    let version = was + 1;
    let changed = if was == 0 {
        let sql = "INSERT INTO menus (name, items, version, updated_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT DO NOTHING";
        tx.exec(sql, vals![name.as_str(), text, version, now.as_millis()]).await?
    } else {
        let sql = "UPDATE menus SET items = $2, version = $3, updated_at = $4 \
                   WHERE name = $1 AND version = $5";
        tx.exec(sql, vals![name.as_str(), text, version, now.as_millis(), was]).await?
    };
    Ok((changed == 1).then_some(Menu { name, items, version, updated_at: Some(now) }))
}
