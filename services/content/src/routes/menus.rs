//! Menus: what leads where, for pages and for the back office.

use axum::extract::State;
use axum::response::Response;
use emart_content_api::{Audited, Menu, MenuChanged, MenuName, PutMenu};
use emart_http::{AuditRecord, Caller, ETag, IfMatch, Json, Path, Permission, Problem};

use super::{overtaken, tagged};
use crate::Content;
use crate::domain::menus as rules;
use crate::error::Error;
use crate::store::menus;

/// A menu.
#[utoipa::path(get, path = "/api/v1/content/menus/{name}", operation_id = "get_menu", tag = "content",
    params(("name" = MenuName, Path)),
    responses((status = 200, body = Menu), (status = "4XX", body = Problem)))]
pub(super) async fn get_menu(
    State(content): State<Content>,
    Path(name): Path<MenuName>,
) -> Result<Response, Error> {
    let menu = content.db.read(|tx| async move { menus::get(&tx, name).await }).await?;
    Ok(tagged(menu.version, &menu))
}

/// Sets a menu.
#[utoipa::path(put, path = "/api/v1/content/menus/{name}", operation_id = "put_menu", tag = "content",
    params(("name" = MenuName, Path), ("if-match" = String, Header)), request_body = PutMenu,
    responses((status = 200, body = Menu), (status = "4XX", body = Problem)))]
pub(super) async fn put_menu(
    caller: Caller,
    State(content): State<Content>,
    Path(name): Path<MenuName>,
    version: IfMatch,
    Json(put): Json<PutMenu>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let items = rules::checked(put)?.items;
    let record = AuditRecord::new("menu.updated", name.as_str(), name.as_str());
    let (outbox, now) = (content.outbox, content.clock.now());
    let write = content.db.write(move |tx| async move {
        let was = menus::get(&tx, name).await?;
        version.check(&ETag::new(was.version))?;
        let is = menus::put(&tx, name, items, was.version, now).await?.ok_or_else(overtaken)?;
        outbox.emit(&tx, &MenuChanged { menu: is.clone() }).await?;
        outbox.emit(&tx, &Audited(record.change(Some(&was), Some(&is)))).await?;
        Ok::<_, Error>(is)
    });
    let is = write.await?;
    Ok(tagged(is.version, &is))
}
