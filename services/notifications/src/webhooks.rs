//! Webhooks: what happened is queued for those that listen, in the transaction that notes the event as handled.

pub(crate) mod deliver;

use emart_notifications_api::{Delivery, WebhookEvent, WebhookId};
use emart_store::{Error, Tx};
use emart_types::Timestamp;
use serde_json::{Value, json};

use crate::store::{deliveries, webhooks};

/// How many webhooks there may be.
pub(crate) const MOST: i64 = 50;

/// What listeners are told.
#[derive(Debug, Clone)]
pub(crate) struct News {
    pub(crate) event: WebhookEvent,
    pub(crate) data: Value,
}

/// The same, as it goes out.
pub(crate) struct Message {
    /// The same for every listener and every try.
    pub(crate) id: String,
    pub(crate) event: WebhookEvent,
    pub(crate) body: String,
}

impl Message {
    pub(crate) fn new(id: &str, at: Timestamp, news: &News) -> Self {
        let event = news.event.as_str();
        let body = json!({"id": id, "type": event, "timestamp": at, "data": news.data});
        Self { id: id.to_owned(), event: news.event, body: body.to_string() }
    }
}

/// Queues a message for everyone who listens.
pub(crate) async fn tell(tx: &Tx, message: &Message, now: Timestamp) -> Result<(), Error> {
    for webhook in webhooks::listening(tx, message.event).await? {
        queue(tx, &webhook, message, now).await?;
    }
    Ok(())
}

/// Queues a message for one webhook.
pub(crate) async fn queue(
    tx: &Tx,
    webhook: &WebhookId,
    message: &Message,
    now: Timestamp,
) -> Result<Option<Delivery>, Error> {
    let draft = deliveries::Draft {
        webhook_id: webhook,
        message_id: &message.id,
        event: message.event,
        body: &message.body,
    };
    let id = deliveries::insert(tx, &draft, now).await?;
    // The delivery looks for it once it is there to be found.
    tx.notify_commit();
    Ok(deliveries::delivery(tx, webhook, &id).await?.map(|content| content.delivery))
}
