//! The profile, and all that the frame of the shop's pages shows.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_content_api::{
    Audited, LinkKind, Menu, MenuName, Profile, ProfileChanged, PutProfile, Site, SiteItem,
};
use emart_http::{AuditRecord, Caller, ETag, Fingerprint, IfMatch, Json, Permission, Problem};
use emart_store::Tx;
use http::{HeaderMap, StatusCode, header};

use super::{overtaken, tagged};
use crate::Content;
use crate::domain::{menus as menu_rules, profile as rules};
use crate::error::Error;
use crate::store::{menus, pages, profile};

const RESOURCE: &str = "profile";

/// All that the frame of the shop's pages shows.
#[utoipa::path(get, path = "/api/v1/content/site", operation_id = "get_site", tag = "content",
    responses((status = 200, body = Site), (status = 304), (status = "4XX", body = Problem)))]
pub(super) async fn get_site(
    State(content): State<Content>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let config = content.config.clone();
    let read = |tx: Tx| async move {
        let profile = profile::get(&tx).await?.unwrap_or_else(|| config.profile());
        let header = shown(&tx, menus::get(&tx, MenuName::Header).await?).await?;
        let footer = shown(&tx, menus::get(&tx, MenuName::Footer).await?).await?;
        Ok::<_, Error>(Site { profile, header, footer })
    };
    let site = content.db.read(read).await?;
    let tag = ETag::new(Fingerprint::of(&site).0);
    if tag.is_known_to(&headers) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag.header())]).into_response());
    }
    Ok(([(header::ETAG, tag.header())], Json(site)).into_response())
}

/// A menu as everybody sees it: without pages that are not published.
async fn shown(tx: &Tx, menu: Menu) -> Result<Vec<SiteItem>, Error> {
    let mut items = Vec::with_capacity(menu.items.len());
    for item in menu.items {
        let link = &item.link;
        if link.kind == LinkKind::Page && !pages::is_published(tx, &link.value).await? {
            continue;
        }
        items.push(SiteItem { href: menu_rules::href(&item), label: item.label });
    }
    Ok(items)
}

/// What the shop is called and looks like.
#[utoipa::path(get, path = "/api/v1/content/profile", operation_id = "get_profile", tag = "content",
    responses((status = 200, body = Profile), (status = "4XX", body = Problem)))]
pub(super) async fn get_profile(State(content): State<Content>) -> Result<Response, Error> {
    let kept = content.db.read(|tx| async move { profile::get(&tx).await }).await?;
    let profile = kept.unwrap_or_else(|| content.config.profile());
    Ok(tagged(profile.version, &profile))
}

/// Sets what the shop is called and looks like.
#[utoipa::path(put, path = "/api/v1/content/profile", operation_id = "put_profile", tag = "content",
    params(("if-match" = String, Header)), request_body = PutProfile,
    responses((status = 200, body = Profile), (status = "4XX", body = Problem)))]
pub(super) async fn put_profile(
    caller: Caller,
    State(content): State<Content>,
    version: IfMatch,
    Json(put): Json<PutProfile>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let put = rules::checked(put)?;
    let record = AuditRecord::new("profile.updated", RESOURCE, &put.name);
    let (config, outbox, now) = (content.config, content.outbox, content.clock.now());
    let write = content.db.write(move |tx| async move {
        let was = profile::get(&tx).await?.unwrap_or_else(|| config.profile());
        version.check(&ETag::new(was.version))?;
        let is = profile::put(&tx, put, was.version, now).await?.ok_or_else(overtaken)?;
        outbox.emit(&tx, &ProfileChanged { profile: is.clone() }).await?;
        outbox.emit(&tx, &Audited(record.change(Some(&was), Some(&is)))).await?;
        Ok::<_, Error>(is)
    });
    let is = write.await?;
    Ok(tagged(is.version, &is))
}

/// Goes back to what the settings say.
#[utoipa::path(delete, path = "/api/v1/content/profile", operation_id = "reset_profile", tag = "content",
    responses((status = 200, body = Profile), (status = "4XX", body = Problem)))]
pub(super) async fn reset_profile(
    caller: Caller,
    State(content): State<Content>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let is = content.config.profile();
    let record = AuditRecord::new("profile.reset", RESOURCE, &is.name);
    let (outbox, after) = (content.outbox, is.clone());
    let write = content.db.write(move |tx| async move {
        let Some(was) = profile::get(&tx).await? else { return Ok(()) };
        profile::delete(&tx).await?;
        let record = record.change(Some(&was), Some(&after));
        outbox.emit(&tx, &ProfileChanged { profile: after }).await?;
        outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(tagged(is.version, &is))
}
