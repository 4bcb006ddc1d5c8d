//! Webhooks: added, changed, tried, given another secret. For whoever may see connections.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_events::EventId;
use emart_http::{
    AuditRecord, Caller, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Problem, Query,
};
use emart_notifications_api::{
    Audited, Delivery, NewWebhook, NewWebhookSecret, Webhook, WebhookEvent, WebhookId,
    WebhookPatch, WebhookWithSecret,
};
use emart_types::{Invalid, Secret};
use http::{StatusCode, header};
use serde_json::json;

use crate::Notifications;
use crate::domain::{signature, webhook as rules};
use crate::error::Error;
use crate::store::deliveries;
use crate::store::webhooks::{self, Kept};
use crate::webhooks::{MOST, Message, News, queue};

const LONGEST_OVERLAP_HOURS: u32 = 168;

/// Webhooks, newest first.
#[utoipa::path(get, path = "/api/v1/notifications/webhooks", operation_id = "list_webhooks",
    tag = "notifications", params(PageQuery),
    responses((status = 200, body = Page<Webhook>), (status = "4XX", body = Problem)))]
pub(super) async fn list_webhooks(
    caller: Caller,
    State(notifications): State<Notifications>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Webhook>>, Error> {
    caller.require(Permission::Connections)?;
    let (limit, before) = (page.limit()?, page.after::<String>()?);
    let read = |tx| async move { webhooks::webhooks(&tx, before.as_deref(), limit + 1).await };
    let found = notifications.db.read(read).await?;
    Ok(Json(Page::from_rows(found, limit, |webhook| webhook.id.to_string())))
}

/// A webhook.
#[utoipa::path(get, path = "/api/v1/notifications/webhooks/{id}", operation_id = "get_webhook",
    tag = "notifications", params(("id" = WebhookId, Path)),
    responses((status = 200, body = Webhook), (status = "4XX", body = Problem)))]
pub(super) async fn get_webhook(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(id): Path<WebhookId>,
) -> Result<Response, Error> {
    caller.require(Permission::Connections)?;
    let read = |tx| async move { webhooks::webhook(&tx, &id).await };
    let kept = notifications.db.read(read).await?.ok_or(Error::NotFound)?;
    Ok(tagged(&kept.webhook, &kept.webhook))
}

/// Adds a webhook. Its secret is in this answer and in no other.
#[utoipa::path(post, path = "/api/v1/notifications/webhooks", operation_id = "create_webhook",
    tag = "notifications", request_body = NewWebhook,
    responses((status = 201, body = WebhookWithSecret), (status = "4XX", body = Problem)))]
pub(super) async fn create_webhook(
    caller: Caller,
    State(notifications): State<Notifications>,
    Json(new): Json<NewWebhook>,
) -> Result<Response, Error> {
    caller.require(Permission::Connections)?;
    let new = rules::checked(new, notifications.config.webhooks.private_addresses)?;
    let kept = made(&notifications, new);
    let record = AuditRecord::new("webhook.created", kept.webhook.id.as_str(), &kept.webhook.url)
        .change(None, Some(&kept.webhook));
    let outbox = notifications.outbox.clone();
    let written = kept.clone();
    let write = notifications.db.write(move |tx| async move {
        if webhooks::count(&tx).await? >= MOST {
            return Err(Invalid::field("", format!("there are {MOST} webhooks already")).into());
        }
        webhooks::insert(&tx, &written).await?;
        outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    let answer = with_secret(&kept);
    Ok((StatusCode::CREATED, tagged(&kept.webhook, &answer)).into_response())
}

fn made(notifications: &Notifications, new: NewWebhook) -> Kept {
    let (now, secret) = (notifications.clock.now(), signature::secret(rand::random()));
    let webhook = Webhook {
        id: WebhookId::new(),
        url: new.url,
        description: new.description,
        events: new.events,
        enabled: new.enabled,
        off_because: None,
        failing_since: None,
        secret_ends_with: Kept::end_of(&secret),
        old_secret_until: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    Kept { webhook, secret: Secret::new(secret), old_secret: None }
}

/// Changes a webhook. What waits for one that is turned off is given up.
#[utoipa::path(patch, path = "/api/v1/notifications/webhooks/{id}", operation_id = "patch_webhook",
    tag = "notifications", params(("id" = WebhookId, Path), ("if-match" = String, Header)),
    request_body = WebhookPatch,
    responses((status = 200, body = Webhook), (status = "4XX", body = Problem)))]
pub(super) async fn patch_webhook(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(id): Path<WebhookId>,
    version: IfMatch,
    Json(patch): Json<WebhookPatch>,
) -> Result<Response, Error> {
    caller.require(Permission::Connections)?;
    let private_too = notifications.config.webhooks.private_addresses;
    let change = move |kept: &mut Kept| {
        let was = kept.webhook.clone();
        let new = NewWebhook {
            url: patch.url.unwrap_or(was.url),
            description: patch.description.unwrap_or(was.description),
            events: patch.events.unwrap_or(was.events),
            enabled: patch.enabled.unwrap_or(was.enabled),
        };
        let new = rules::checked(new, private_too)?;
        if new.enabled && !was.enabled {
            (kept.webhook.off_because, kept.webhook.failing_since) = (None, None);
        }
        kept.webhook.url = new.url;
        kept.webhook.description = new.description;
        kept.webhook.events = new.events;
        kept.webhook.enabled = new.enabled;
        Ok(())
    };
    let kept = change_webhook(&notifications, id, Some(version), "webhook.updated", change).await?;
    Ok(tagged(&kept.webhook, &kept.webhook))
}

/// Gives a webhook another secret. For some hours deliveries carry both signatures, so that no receiver misses one.
#[utoipa::path(post, path = "/api/v1/notifications/webhooks/{id}/secrets",
    operation_id = "rotate_webhook_secret", tag = "notifications",
    params(("id" = WebhookId, Path)), request_body = NewWebhookSecret,
    responses((status = 200, body = WebhookWithSecret), (status = "4XX", body = Problem)))]
pub(super) async fn rotate_webhook_secret(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(id): Path<WebhookId>,
    Json(NewWebhookSecret { old_valid_hours }): Json<NewWebhookSecret>,
) -> Result<Response, Error> {
    caller.require(Permission::Connections)?;
    if old_valid_hours > LONGEST_OVERLAP_HOURS {
        return Err(Invalid::field("/old_valid_hours", "must be from 0 to 168").into());
    }
    let until = notifications.clock.now().plus(crate::HOUR * old_valid_hours);
    let change = move |kept: &mut Kept| {
        let secret = signature::secret(rand::random());
        kept.webhook.secret_ends_with = Kept::end_of(&secret);
        let old = std::mem::replace(&mut kept.secret, Secret::new(secret));
        kept.old_secret = (old_valid_hours > 0).then_some(old);
        kept.webhook.old_secret_until = (old_valid_hours > 0).then_some(until);
        Ok(())
    };
    let kept = change_webhook(&notifications, id, None, "webhook.secret_changed", change).await?;
    Ok(tagged(&kept.webhook, &with_secret(&kept)))
}

async fn change_webhook(
    notifications: &Notifications,
    id: WebhookId,
    version: Option<IfMatch>,
    action: &str,
    change: impl FnOnce(&mut Kept) -> Result<(), Error> + Send + 'static,
) -> Result<Kept, Error> {
    let record = AuditRecord::new(action, id.as_str(), "");
    let (outbox, now) = (notifications.outbox.clone(), notifications.clock.now());
    let write = notifications.db.write(move |tx| async move {
        let mut kept = webhooks::locked(&tx, &id).await?.ok_or(Error::NotFound)?;
        if let Some(version) = version {
            version.check(&ETag::new(kept.webhook.version))?;
        }
        let was = kept.webhook.clone();
        change(&mut kept)?;
        (kept.webhook.version, kept.webhook.updated_at) = (was.version + 1, now);
        webhooks::update(&tx, &kept).await?;
        if was.enabled && !kept.webhook.enabled {
            deliveries::give_up(&tx, &id, "the webhook was turned off").await?;
        }
        let mut record = record.change(Some(&was), Some(&kept.webhook));
        record.label.clone_from(&kept.webhook.url);
        outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(kept)
    });
    write.await
}

/// Deletes a webhook and the log of its deliveries.
#[utoipa::path(delete, path = "/api/v1/notifications/webhooks/{id}", operation_id = "delete_webhook",
    tag = "notifications", params(("id" = WebhookId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_webhook(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::Connections)?;
    let record = AuditRecord::new("webhook.deleted", id.as_str(), "");
    let outbox = notifications.outbox.clone();
    let write = notifications.db.write(move |tx| async move {
        let kept = webhooks::locked(&tx, &id).await?.ok_or(Error::NotFound)?;
        webhooks::delete(&tx, &id).await?;
        let mut record = record.change(Some(&kept.webhook), None);
        record.label = kept.webhook.url;
        outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a `webhook.test` to a webhook, even to one that is off.
#[utoipa::path(post, path = "/api/v1/notifications/webhooks/{id}/tests", operation_id = "try_webhook",
    tag = "notifications", params(("id" = WebhookId, Path)),
    responses((status = 201, body = Delivery), (status = "4XX", body = Problem)))]
pub(super) async fn try_webhook(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(id): Path<WebhookId>,
) -> Result<Response, Error> {
    caller.require(Permission::Connections)?;
    let now = notifications.clock.now();
    let data = json!({"shop": notifications.config.shop_name});
    let news = News { event: WebhookEvent::WebhookTest, data };
    let message = Message::new(EventId::new().as_str(), now, &news);
    let write = notifications.db.write(move |tx| async move {
        webhooks::webhook(&tx, &id).await?.ok_or(Error::NotFound)?;
        queue(&tx, &id, &message, now).await?.ok_or(Error::NotFound)
    });
    Ok((StatusCode::CREATED, Json(write.await?)).into_response())
}

fn with_secret(kept: &Kept) -> WebhookWithSecret {
    let (webhook, secret) = (kept.webhook.clone(), kept.secret.expose().clone());
    WebhookWithSecret { webhook, secret }
}

fn tagged(webhook: &Webhook, body: &impl serde::Serialize) -> Response {
    let headers = [
        (header::ETAG, ETag::new(webhook.version).header()),
        (header::CACHE_CONTROL, http::HeaderValue::from_static("no-store")),
    ];
    (headers, Json(body)).into_response()
}
