//! The log of a webhook, and one delivery of it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::Path;
use emart_notifications_api::{Delivery, DeliveryId, DeliveryState, Webhook, WebhookId};

use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, refusal};
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Empty, Pager, Row, Table};
use crate::view::{Badge, Detail, Tone};
use crate::visitor::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "connections/delivery.html", whitespace = "minimize")]
struct DeliveryPage {
    frame: Frame,
    details: Vec<Detail>,
    body: String,
    answer: Option<String>,
    /// Where it is sent again; not while it is on its way.
    replay: Option<String>,
}

fn state(delivery: &Delivery) -> Badge {
    match delivery.state {
        DeliveryState::Queued if delivery.tries == 0 => Badge::new(Tone::Info, "On its way"),
        DeliveryState::Queued => Badge::new(Tone::Warn, "Tried again later"),
        DeliveryState::Delivered => Badge::new(Tone::Good, "Delivered"),
        DeliveryState::Failed => Badge::new(Tone::Bad, "Given up"),
    }
}

fn path(webhook: &WebhookId, delivery: &DeliveryId) -> String {
    format!("/admin/connections/webhooks/{webhook}/deliveries/{delivery}")
}

/// A page of the log.
pub(super) async fn log(
    admin: &Admin,
    webhook: &Webhook,
    asked: &Asked,
) -> Result<(Table, Pager), Error> {
    let query = asked.cursor().map(|cursor| format!("cursor={cursor}")).unwrap_or_default();
    let found = admin.clients.notifications.deliveries(&webhook.id, &query).await?;
    let rows = found.items.iter().map(|delivery| {
        let status = delivery.status.map(|status| status.to_string());
        let answer = status.or_else(|| delivery.error.clone()).unwrap_or_default();
        Row::new(
            "",
            delivery.event.as_str(),
            vec![
                Cell::link(path(&webhook.id, &delivery.id), delivery.event.as_str()),
                Cell::badge(state(delivery)),
                Cell::text(answer),
                Cell::quiet(words::ago(delivery.created_at, admin.clock.now())),
            ],
        )
    });
    let columns = ["Event", "State", "Answer", "When"].map(Column::new);
    let table = Table {
        caption: "Deliveries".to_owned(),
        columns: columns.into(),
        rows: rows.collect(),
        bulk: None,
        empty: Empty::new("Nothing sent yet", "Send a test to see whether it arrives."),
    };
    Ok((table, Pager::new(asked, found.next_cursor.as_deref())))
}

/// `GET /admin/connections/webhooks/{id}/deliveries/{delivery}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<Response, Error> {
    let found = admin.clients.notifications.delivery(&id, &delivery).await?;
    let content = found.ok_or(Error::NotFound)?;
    let delivery = content.delivery;
    let mut details = vec![
        Detail::new("webhook-id", &*delivery.message_id),
        Detail::new("Happened", words::date_time(delivery.created_at)),
        Detail::new("Tries", delivery.tries.to_string()),
    ];
    details.extend(delivery.status.map(|s| Detail::new("Status of the answer", s.to_string())));
    details.extend(delivery.error.clone().map(|error| Detail::new("What went wrong", error)));
    details.extend(delivery.took_ms.map(|ms| Detail::new("Took", format!("{ms} ms"))));
    details.extend(delivery.next_try_at.map(|at| Detail::new("Next try", words::date_time(at))));
    let back = format!("/admin/connections/webhooks/{id}");
    let frame = admin.frame(&visitor, delivery.event.as_str()).await.back(&back, "Webhook");
    let settled = delivery.state != DeliveryState::Queued;
    let body = serde_json::from_str::<serde_json::Value>(&content.body).ok();
    let body = body.and_then(|body| serde_json::to_string_pretty(&body).ok());
    frame::html(&DeliveryPage {
        frame: frame.badge(state(&delivery)),
        details,
        body: body.unwrap_or(content.body),
        replay: settled.then(|| format!("{}/replay", path(&id, &delivery.id))),
        answer: delivery.answer.filter(|answer| !answer.is_empty()),
    })
}

/// `POST /admin/connections/webhooks/{id}/deliveries/{delivery}/replay`
pub(super) async fn replay(
    State(admin): State<Admin>,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<Response, Error> {
    let to = path(&id, &delivery);
    match admin.clients.notifications.replay_delivery(&id, &delivery).await {
        Ok(_) => Ok(admin.done(&to, "It is on its way again.")),
        Err(error) => Ok(admin.failed(&to, &refusal(error)?)),
    }
}
