//! The templates of e-mails: seen, changed, previewed, tried, reset.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{AuditRecord, Caller, ETag, IfMatch, Json, Page, Path, Permission, Problem};
use emart_notifications_api::{
    Audited, Email, EmailTemplate, EmailTemplateContent, TemplateText, TestEmail,
};
use emart_types::Invalid;
use http::{StatusCode, header};

use crate::Notifications;
use crate::compose::Draft;
use crate::compose::kinds::{KINDS, Kind};
use crate::deliver;
use crate::error::Error;
use crate::store::templates::{self, Changed};
use crate::store::{emails, shop};

/// All templates.
#[utoipa::path(get, path = "/api/v1/notifications/templates", operation_id = "list_email_templates",
    tag = "notifications",
    responses((status = 200, body = Page<EmailTemplate>), (status = "4XX", body = Problem)))]
pub(super) async fn list_email_templates(
    caller: Caller,
    State(notifications): State<Notifications>,
) -> Result<Json<Page<EmailTemplate>>, Error> {
    caller.require(Permission::ContentWrite)?;
    let changed = notifications.db.read(|tx| async move { templates::all(&tx).await }).await?;
    let of = |kind: &Kind| changed.iter().find(|changed| changed.kind == kind.name);
    let items = KINDS.iter().map(|kind| head(kind, of(kind))).collect();
    Ok(Json(Page { items, next_cursor: None }))
}

/// A template with its text.
#[utoipa::path(get, path = "/api/v1/notifications/templates/{kind}", operation_id = "get_email_template",
    tag = "notifications", params(("kind" = String, Path)),
    responses((status = 200, body = EmailTemplateContent), (status = "4XX", body = Problem)))]
pub(super) async fn get_email_template(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(kind): Path<String>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let kind = Kind::find(&kind).ok_or(Error::NotFound)?;
    let read = |tx| async move { templates::of(&tx, kind.name).await };
    let changed = notifications.db.read(read).await?;
    Ok(shown(&notifications, kind, changed.as_ref()))
}

/// Changes a template. One that does not work with sample data is refused, with the line.
#[utoipa::path(put, path = "/api/v1/notifications/templates/{kind}", operation_id = "put_email_template",
    tag = "notifications", params(("kind" = String, Path), ("if-match" = String, Header)),
    request_body = TemplateText,
    responses((status = 200, body = EmailTemplateContent), (status = "4XX", body = Problem)))]
pub(super) async fn put_email_template(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(kind): Path<String>,
    version: IfMatch,
    Json(content): Json<TemplateText>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let kind = Kind::find(&kind).ok_or(Error::NotFound)?;
    let content = unix(content);
    notifications.composer.preview(kind, None, &content)?;
    let record = AuditRecord::new("email_template.updated", kind.name, kind.title);
    let (outbox, now) = (notifications.outbox.clone(), notifications.clock.now());
    let write = notifications.db.write(move |tx| async move {
        let was = templates::of(&tx, kind.name).await?;
        let seen = was.as_ref().map_or(0, |was| was.version);
        version.check(&ETag::new(seen))?;
        let changed = Changed {
            kind: kind.name.to_owned(),
            content,
            version: now.as_millis().max(seen + 1),
            updated_at: now,
        };
        if !templates::put(&tx, &changed, seen).await? {
            // Somebody else was faster.
            version.check(&ETag::new(changed.version))?;
        }
        let before = was.map_or_else(|| kind.source(), |was| was.content);
        let record = record.change(Some(&before), Some(&changed.content));
        outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(changed)
    });
    let changed = write.await?;
    Ok(shown(&notifications, kind, Some(&changed)))
}

/// Goes back to the default template.
#[utoipa::path(delete, path = "/api/v1/notifications/templates/{kind}",
    operation_id = "delete_email_template", tag = "notifications", params(("kind" = String, Path)),
    responses((status = 200, body = EmailTemplateContent), (status = "4XX", body = Problem)))]
pub(super) async fn delete_email_template(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(kind): Path<String>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let kind = Kind::find(&kind).ok_or(Error::NotFound)?;
    let record = AuditRecord::new("email_template.reset", kind.name, kind.title);
    let outbox = notifications.outbox.clone();
    let write = notifications.db.write(move |tx| async move {
        let Some(was) = templates::of(&tx, kind.name).await? else { return Ok(()) };
        templates::delete(&tx, kind.name).await?;
        let record = record.change(Some(&was.content), Some(&kind.source()));
        outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(shown(&notifications, kind, None))
}

/// What a text would make of sample data.
#[utoipa::path(post, path = "/api/v1/notifications/templates/{kind}/previews",
    operation_id = "preview_email_template", tag = "notifications",
    params(("kind" = String, Path)), request_body = TemplateText,
    responses((status = 200, body = TemplateText), (status = "4XX", body = Problem)))]
pub(super) async fn preview_email_template(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(kind): Path<String>,
    Json(content): Json<TemplateText>,
) -> Result<Json<TemplateText>, Error> {
    caller.require(Permission::ContentWrite)?;
    let kind = Kind::find(&kind).ok_or(Error::NotFound)?;
    let shop = notifications.db.read(|tx| async move { shop::name(&tx).await }).await?;
    Ok(Json(notifications.composer.preview(kind, shop.as_deref(), &unix(content))?))
}

/// Sends a text, filled with sample data, to an address.
#[utoipa::path(post, path = "/api/v1/notifications/templates/{kind}/tests",
    operation_id = "try_email_template", tag = "notifications",
    params(("kind" = String, Path)), request_body = TestEmail,
    responses((status = 201, body = Email), (status = "4XX", body = Problem)))]
pub(super) async fn try_email_template(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(kind): Path<String>,
    Json(TestEmail { to, content }): Json<TestEmail>,
) -> Result<Response, Error> {
    caller.require(Permission::ContentWrite)?;
    let kind = Kind::find(&kind).ok_or(Error::NotFound)?;
    let to = to.trim().to_owned();
    if !deliver::is_address(&to) {
        return Err(Invalid::field("/to", "must be an e-mail address").into());
    }
    let (state, now) = (notifications.clone(), notifications.clock.now());
    let write = notifications.db.write(move |tx| async move {
        let content = match content {
            Some(content) => unix(content),
            None => used(kind, templates::of(&tx, kind.name).await?.as_ref()),
        };
        let name = shop::name(&tx).await?;
        let content = state.composer.preview(kind, name.as_deref(), &content)?;
        let draft = Draft::test(to, content);
        emails::insert(&tx, &draft, now).await?;
        tx.notify_commit();
        emails::email(&tx, &draft.id).await?.ok_or(Error::NotFound)
    });
    Ok((StatusCode::CREATED, Json(write.await?.email)).into_response())
}

fn used(kind: &Kind, changed: Option<&Changed>) -> TemplateText {
    changed.map_or_else(|| kind.source(), |changed| changed.content.clone())
}

/// Forms send lines that end in two characters.
fn unix(TemplateText { subject, text, html }: TemplateText) -> TemplateText {
    TemplateText {
        subject: subject.trim().to_owned(),
        text: text.replace("\r\n", "\n"),
        html: html.replace("\r\n", "\n"),
    }
}

fn head(kind: &Kind, changed: Option<&Changed>) -> EmailTemplate {
    EmailTemplate {
        kind: kind.name.to_owned(),
        title: kind.title.to_owned(),
        when: kind.when.to_owned(),
        changed: changed.is_some(),
        version: changed.map_or(0, |changed| changed.version),
        updated_at: changed.map(|changed| changed.updated_at),
    }
}

fn shown(notifications: &Notifications, kind: &Kind, changed: Option<&Changed>) -> Response {
    let template = head(kind, changed);
    let tag = ETag::new(template.version).header();
    let content = EmailTemplateContent {
        content: used(kind, changed),
        default: kind.source(),
        sample: kind.sample(&notifications.config.public_url),
        template,
    };
    ([(header::ETAG, tag)], Json(content)).into_response()
}
