//! The log of deliveries, and sending one again.

use axum::extract::State;
use emart_http::{AuditRecord, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query};
use emart_notifications_api::{Audited, Delivery, DeliveryContent, DeliveryId, WebhookId};

use crate::Notifications;
use crate::error::Error;
use crate::store::{deliveries, webhooks};

/// A webhook's deliveries, newest first.
#[utoipa::path(get, path = "/api/v1/notifications/webhooks/{id}/deliveries",
    operation_id = "list_deliveries", tag = "notifications",
    params(("id" = WebhookId, Path), PageQuery),
    responses((status = 200, body = Page<Delivery>), (status = "4XX", body = Problem)))]
pub(super) async fn list_deliveries(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(id): Path<WebhookId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Delivery>>, Error> {
    caller.require(Permission::Connections)?;
    let (limit, before) = (page.limit()?, page.after::<String>()?);
    let read = |tx| async move {
        webhooks::webhook(&tx, &id).await?.ok_or(Error::NotFound)?;
        Ok::<_, Error>(deliveries::deliveries(&tx, &id, before.as_deref(), limit + 1).await?)
    };
    let found = notifications.db.read(read).await?;
    Ok(Json(Page::from_rows(found, limit, |delivery| delivery.id.to_string())))
}

/// A delivery with what is sent.
#[utoipa::path(get, path = "/api/v1/notifications/webhooks/{id}/deliveries/{delivery_id}",
    operation_id = "get_delivery", tag = "notifications",
    params(("id" = WebhookId, Path), ("delivery_id" = DeliveryId, Path)),
    responses((status = 200, body = DeliveryContent), (status = "4XX", body = Problem)))]
pub(super) async fn get_delivery(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<Json<DeliveryContent>, Error> {
    caller.require(Permission::Connections)?;
    let read = |tx| async move { deliveries::delivery(&tx, &id, &delivery).await };
    notifications.db.read(read).await?.map(Json).ok_or(Error::NotFound)
}

/// Sends a delivery again, with the id it had: a receiver that has it can tell.
#[utoipa::path(post, path = "/api/v1/notifications/webhooks/{id}/deliveries/{delivery_id}/replays",
    operation_id = "replay_delivery", tag = "notifications",
    params(("id" = WebhookId, Path), ("delivery_id" = DeliveryId, Path)),
    responses((status = 200, body = Delivery), (status = "4XX", body = Problem)))]
pub(super) async fn replay_delivery(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<Json<Delivery>, Error> {
    caller.require(Permission::Connections)?;
    let record = AuditRecord::new("webhook.delivery_replayed", id.as_str(), delivery.as_str());
    let (outbox, now) = (notifications.outbox.clone(), notifications.clock.now());
    let write = notifications.db.write(move |tx| async move {
        deliveries::delivery(&tx, &id, &delivery).await?.ok_or(Error::NotFound)?;
        deliveries::queue_again(&tx, &delivery, now).await?;
        outbox.emit(&tx, &Audited(record)).await?;
        tx.notify_commit();
        let queued = deliveries::delivery(&tx, &id, &delivery).await?;
        queued.map(|content| content.delivery).ok_or(Error::NotFound)
    });
    write.await.map(Json)
}
