//! Delivering to webhooks: signed, with a limit to everything the receiver does, again with growing waits; and turning
//! off those that take nothing for days.

use std::time::{Duration, Instant};

use bytes::Bytes;
use emart_notifications_api::{DeliveryContent, Webhook};
use emart_outside::{Outside, beginning};
use emart_store::{Db, Error, Tx};
use emart_types::{Clock, Timestamp};
use http::{Method, request};
use serde_json::json;
use url::Url;

use crate::compose::Letter;
use crate::domain::{signature, webhook as rules};
use crate::queue::Queue;
use crate::store::deliveries::{self, Outcome};
use crate::store::emails;
use crate::store::webhooks::{self, Kept};
use crate::{DAY, Notifications};

/// How many deliveries one webhook gets at once: a slow receiver does not hold up the others.
const AT_ONCE: i64 = 5;
/// How much of an answer is kept.
const EXCERPT: usize = 1024;

/// Deliveries to be made.
pub(crate) struct Deliveries {
    pub(crate) notifications: Notifications,
    pub(crate) outside: Outside,
}

impl Queue for Deliveries {
    type Item = DeliveryContent;
    const NAME: &'static str = "webhooks";

    fn db(&self) -> &Db {
        &self.notifications.db
    }

    fn clock(&self) -> &Clock {
        &self.notifications.clock
    }

    fn lease(&self) -> Duration {
        // Longer than a receiver may take, or another copy would send it again meanwhile.
        self.notifications.config.lease().max(self.patience() * 2)
    }

    async fn take(&self) -> Result<Vec<DeliveryContent>, Error> {
        let now = self.clock().now();
        let lease = now.plus(self.lease());
        self.db()
            .write(move |tx| async move {
                let mut due = Vec::new();
                for webhook in deliveries::waiting(&tx, now).await? {
                    due.extend(deliveries::take_due(&tx, &webhook, now, lease, AT_ONCE).await?);
                }
                Ok::<_, Error>(due)
            })
            .await
    }

    async fn work(&self, due: DeliveryContent) -> Result<(), Error> {
        let id = due.delivery.webhook_id.clone();
        let webhook = self.db().read(|tx| async move { webhooks::webhook(&tx, &id).await }).await?;
        // One that is gone took its deliveries with it.
        let Some(webhook) = webhook else { return Ok(()) };
        let outcome = self.deliver(&webhook, &due).await;
        let (notifications, now) = (self.notifications.clone(), self.clock().now());
        let settle =
            move |tx: Tx| async move { settle(&tx, &notifications, &due, &outcome, now).await };
        self.db().write(settle).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        self.db().read(|tx| async move { deliveries::next_due(&tx).await }).await
    }

    async fn sweep(&self) -> Result<(), Error> {
        let forget = self.clock().now().minus(DAY * self.notifications.config.webhooks.keep_days);
        self.db().write(move |tx| async move { deliveries::delete_before(&tx, forget).await }).await
    }
}

impl Deliveries {
    fn patience(&self) -> Duration {
        Duration::from_secs(self.notifications.config.webhooks.timeout_seconds.into())
    }

    async fn deliver(&self, webhook: &Kept, due: &DeliveryContent) -> Outcome {
        let began = Instant::now();
        let patience = self.patience();
        let outcome = tokio::time::timeout(patience, self.ask(webhook, due)).await;
        let mut outcome = outcome.unwrap_or_else(|_| Outcome {
            error: Some(format!("no answer within {} s", patience.as_secs())),
            ..Outcome::default()
        });
        outcome.took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        outcome
    }

    async fn ask(&self, webhook: &Kept, due: &DeliveryContent) -> Outcome {
        let failed = |error: String| Outcome { error: Some(error), ..Outcome::default() };
        let Ok(url) = Url::parse(&webhook.webhook.url) else {
            return failed("it is no address".to_owned());
        };
        let request = signed(webhook, due, self.clock().now());
        let body = Bytes::from(due.body.clone());
        let answer = match self.outside.ask(&url, request, body).await {
            Ok(answer) => answer,
            Err(error) => return failed(error.to_string()),
        };
        let status = answer.status();
        let text = beginning(answer.into_body(), EXCERPT).await;
        let text = String::from_utf8_lossy(&text).replace('\0', "\u{fffd}");
        let error = match status {
            status if status.is_success() => None,
            status if status.is_redirection() => {
                Some(format!("it answers {status}; redirects are not followed"))
            }
            status => Some(format!("it answers {status}")),
        };
        Outcome { status: Some(status.as_u16()), answer: Some(text), error, took_ms: 0 }
    }
}

fn signed(webhook: &Kept, due: &DeliveryContent, now: Timestamp) -> request::Builder {
    let (id, seconds) = (&due.delivery.message_id, now.as_millis() / 1000);
    let mut secrets = vec![webhook.secret.expose().as_str()];
    if let (Some(old), Some(until)) = (&webhook.old_secret, webhook.webhook.old_secret_until)
        && now < until
    {
        secrets.push(old.expose());
    }
    request::Builder::new()
        .method(Method::POST)
        .header("content-type", "application/json")
        .header("user-agent", concat!("E-Mart/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature::signatures(&secrets, id, seconds, &due.body))
}

/// Notes what became of a try, and what that says of the webhook.
async fn settle(
    tx: &Tx,
    notifications: &Notifications,
    due: &DeliveryContent,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), Error> {
    let (id, webhook) = (&due.delivery.id, &due.delivery.webhook_id);
    if outcome.error.is_none() {
        deliveries::mark_tried(tx, id, outcome, now, None).await?;
        return webhooks::went_through(tx, webhook).await;
    }
    let next = rules::next_try(due.delivery.tries + 1, now);
    deliveries::mark_tried(tx, id, outcome, now, next).await?;
    webhooks::failed(tx, webhook, now).await?;
    let Some(kept) = webhooks::locked(tx, webhook).await? else { return Ok(()) };
    let since = kept.webhook.failing_since.unwrap_or(now);
    let days = notifications.config.webhooks.off_after_days;
    match rules::off_because(outcome.status, since, now, days) {
        Some(why) if kept.webhook.enabled => turn_off(tx, notifications, kept, &why, now).await,
        _ => Ok(()),
    }
}

/// Turns a webhook off and tells whoever runs the shop.
async fn turn_off(
    tx: &Tx,
    notifications: &Notifications,
    mut kept: Kept,
    why: &str,
    now: Timestamp,
) -> Result<(), Error> {
    kept.webhook.enabled = false;
    kept.webhook.off_because = Some(why.to_owned());
    (kept.webhook.version, kept.webhook.updated_at) = (kept.webhook.version + 1, now);
    webhooks::update(tx, &kept).await?;
    deliveries::give_up(tx, &kept.webhook.id, "the webhook was turned off").await?;
    tracing::warn!(webhook_id = %kept.webhook.id, why, "a webhook was turned off");
    let draft = notifications.write_letter(tx, &notice(notifications, &kept.webhook, why)).await?;
    emails::insert(tx, &draft, now).await?;
    tx.notify_commit();
    Ok(())
}

fn notice(notifications: &Notifications, webhook: &Webhook, why: &str) -> Letter {
    Letter::new(
        "webhook_off",
        notifications.config.notices_to(),
        json!({
            "url": webhook.url,
            "description": webhook.description,
            "why": why,
        }),
    )
}
