//! Pages: everybody reads those that are published, staff all.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_content_api::{
    Audited, NewPage, Page, PageChanged, PageHead, PageId, PagePatch, PageState,
};
use emart_http::{
    AuditRecord, Caller, ETag, IfMatch, Json, Page as ListPage, PageQuery, Path, Permission,
    Problem, Query,
};
use emart_types::Timestamp;
use http::StatusCode;

use super::tagged;
use crate::Content;
use crate::domain::pages as rules;
use crate::error::Error;
use crate::store::pages;

/// Pages in the order they were added. Drafts are among them for whoever may write them.
#[utoipa::path(get, path = "/api/v1/content/pages", operation_id = "list_pages", tag = "content",
    params(PageQuery),
    responses((status = 200, body = ListPage<PageHead>), (status = "4XX", body = Problem)))]
pub(super) async fn list_pages(
    caller: Caller,
    State(content): State<Content>,
    Query(page): Query<PageQuery>,
) -> Result<Json<ListPage<PageHead>>, Error> {
    let only = (!caller.may(Permission::ContentWrite)).then_some(PageState::Published);
    let (limit, after) = (page.limit()?, page.after::<String>()?);
    let read = |tx| async move { pages::pages(&tx, only, after.as_deref(), limit + 1).await };
    let found = content.db.read(read).await?;
    Ok(Json(ListPage::from_rows(found, limit, |page| page.id.to_string())))
}

/// A page. A draft is there for whoever may write it.
#[utoipa::path(get, path = "/api/v1/content/pages/{id}", operation_id = "get_page", tag = "content",
    params(("id" = PageId, Path)),
    responses((status = 200, body = Page), (status = "4XX", body = Problem)))]
pub(super) async fn get_page(
    caller: Caller,
    State(content): State<Content>,
    Path(id): Path<PageId>,
) -> Result<Response, Error> {
    let found = content.db.read(|tx| async move { pages::page(&tx, &id).await }).await?;
    seen_by(&caller, found)
}

/// A page by its address.
#[utoipa::path(get, path = "/api/v1/content/pages/by-handle/{handle}", operation_id = "get_page_by_handle",
    tag = "content", params(("handle" = String, Path)),
    responses((status = 200, body = Page), (status = "4XX", body = Problem)))]
pub(super) async fn get_page_by_handle(
    caller: Caller,
    State(content): State<Content>,
    Path(handle): Path<String>,
) -> Result<Response, Error> {
    let found = content.db.read(|tx| async move { pages::by_handle(&tx, &handle).await }).await?;
    seen_by(&caller, found)
}

fn seen_by(caller: &Caller, found: Option<Page>) -> Result<Response, Error> {
    let page = found.ok_or(Error::NotFound)?;
    if page.head.state != PageState::Published && !caller.may(Permission::ContentWrite) {
        return Err(Error::NotFound);
    }
    Ok(tagged(page.head.version, &page))
}

/// Adds a page.
#[utoipa::path(post, path = "/api/v1/content/pages", operation_id = "create_page", tag = "content",
    request_body = NewPage,
    responses((status = 201, body = Page), (status = "4XX", body = Problem)))]
pub(super) async fn create_page(
    caller: Caller,
    State(content): State<Content>,
    Json(new): Json<NewPage>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let now = content.clock.now();
    let page = filled(PageId::new(), rules::checked(new)?, 1, (now, now));
    let record = AuditRecord::new("page.created", page.head.id.as_str(), &page.head.title);
    let record = record.change(None, Some(&page));
    let outbox = content.outbox;
    let write = content.db.write(move |tx| async move {
        if !pages::insert(&tx, &page).await? {
            return Err(Error::HandleTaken);
        }
        outbox.emit(&tx, &PageChanged { page: page.head.clone(), deleted: false }).await?;
        outbox.emit(&tx, &Audited(record)).await?;
        Ok(page)
    });
    let page = write.await?;
    Ok((StatusCode::CREATED, tagged(page.head.version, &page)).into_response())
}

fn filled(id: PageId, new: NewPage, version: i64, at: (Timestamp, Timestamp)) -> Page {
    let (created_at, updated_at) = at;
    let (handle, title, state) = (new.handle, new.title, new.state);
    Page {
        head: PageHead { id, handle, title, state, version, updated_at },
        body: new.body,
        seo_title: new.seo_title,
        seo_description: new.seo_description,
        created_at,
    }
}

/// Changes a page.
#[utoipa::path(patch, path = "/api/v1/content/pages/{id}", operation_id = "patch_page", tag = "content",
    params(("id" = PageId, Path), ("if-match" = String, Header)), request_body = PagePatch,
    responses((status = 200, body = Page), (status = "4XX", body = Problem)))]
pub(super) async fn patch_page(
    caller: Caller,
    State(content): State<Content>,
    Path(id): Path<PageId>,
    version: IfMatch,
    Json(patch): Json<PagePatch>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let record = AuditRecord::new("page.updated", id.as_str(), "");
    let (outbox, now) = (content.outbox, content.clock.now());
    let write = content.db.write(move |tx| async move {
        let was = pages::locked(&tx, &id).await?.ok_or(Error::NotFound)?;
        version.check(&ETag::new(was.head.version))?;
        let new = rules::patched(&was, patch)?;
        let page = filled(id, new, was.head.version + 1, (was.created_at, now));
        pages::update(&tx, &page).await?;
        outbox.emit(&tx, &PageChanged { page: page.head.clone(), deleted: false }).await?;
        let mut record = record.change(Some(&was), Some(&page));
        record.label.clone_from(&page.head.title);
        outbox.emit(&tx, &Audited(record)).await?;
        Ok(page)
    });
    let page = write.await.map_err(|error| match error {
        Error::Store(error) if error.is_unique_violation() => Error::HandleTaken,
        error => error,
    })?;
    Ok(tagged(page.head.version, &page))
}

/// Deletes a page.
#[utoipa::path(delete, path = "/api/v1/content/pages/{id}", operation_id = "delete_page", tag = "content",
    params(("id" = PageId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_page(
    caller: Caller,
    State(content): State<Content>,
    Path(id): Path<PageId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::ContentWrite)?;
    let record = AuditRecord::new("page.deleted", id.as_str(), "");
    let outbox = content.outbox;
    let write = content.db.write(move |tx| async move {
        let was = pages::locked(&tx, &id).await?.ok_or(Error::NotFound)?;
        pages::delete(&tx, &id).await?;
        let mut record = record.change(Some(&was), None);
        record.label.clone_from(&was.head.title);
        outbox.emit(&tx, &PageChanged { page: was.head, deleted: true }).await?;
        outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What would be kept of a page: nothing is written.
#[utoipa::path(post, path = "/api/v1/content/page-previews", operation_id = "preview_page", tag = "content",
    request_body = NewPage,
    responses((status = 200, body = NewPage), (status = "4XX", body = Problem)))]
pub(super) async fn preview_page(
    caller: Caller,
    Json(new): Json<NewPage>,
) -> Result<Json<NewPage>, Error> {
    caller.require(Permission::ContentWrite)?;
    Ok(Json(rules::checked(new)?))
}
