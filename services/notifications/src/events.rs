//! What happened elsewhere that a person or a webhook should hear of: each event writes its e-mail and queues its
//! deliveries, in the transaction that notes the event as handled, so that each is written once.

mod orders;
mod trade;

use emart_content_api::ProfileChanged;
use emart_events::{Consumer, Payload, Received};
use emart_identity_api::{
    PasswordChanged, PasswordResetRequested, RegistrationRepeated, RegistrationRequested, SignedIn,
    StaffInvited, UserErased, UserRegistered,
};
use emart_notifications_api::WebhookEvent;
use emart_orders_api::OrderForgotten;
use emart_store::Tx;
use emart_types::Timestamp;
use serde_json::{Value, json};

use crate::Notifications;
use crate::compose::Letter;
use crate::store::{emails, shop};
use crate::webhooks::{Message, News, tell};

/// What an event gives rise to.
#[derive(Default)]
struct Heard {
    letter: Option<Letter>,
    news: Option<News>,
}

impl From<Letter> for Heard {
    fn from(letter: Letter) -> Self {
        Self { letter: Some(letter), news: None }
    }
}

impl From<News> for Heard {
    fn from(news: News) -> Self {
        Self { letter: None, news: Some(news) }
    }
}

/// Everything `notifications` listens to.
pub(crate) fn consumer(notifications: &Notifications) -> Consumer {
    let consumer = Consumer::new("notifications", notifications.db.clone());
    let consumer = on(consumer, notifications, registration_requested);
    let consumer = on(consumer, notifications, registration_repeated);
    let consumer = on(consumer, notifications, user_registered);
    let consumer = on(consumer, notifications, signed_in);
    let consumer = on(consumer, notifications, password_changed);
    let consumer = on(consumer, notifications, password_reset_requested);
    let consumer = on(consumer, notifications, trade::payment_captured);
    let consumer = on(consumer, notifications, trade::payment_failed);
    let consumer = on(consumer, notifications, trade::payment_refunded);
    let consumer = on(consumer, notifications, trade::payment_voided);
    let consumer = on(consumer, notifications, trade::stock_changed);
    let consumer = on(consumer, notifications, orders::placed);
    let consumer = on(consumer, notifications, orders::confirmation_requested);
    let consumer = on(consumer, notifications, orders::shipped);
    let consumer = on(consumer, notifications, orders::refunded);
    let consumer = on(consumer, notifications, orders::cancelled);
    let consumer = on(consumer, notifications, staff_invited);
    let consumer = consumer.on(|tx: Tx, event: Received<ProfileChanged>| async move {
        shop::put(&tx, &event.payload.profile.name).await
    });
    let consumer = consumer.on(|tx: Tx, event: Received<OrderForgotten>| async move {
        emails::delete_about(&tx, event.payload.order_id.as_str()).await?;
        Ok::<(), emart_store::Error>(())
    });
    consumer.on(|tx: Tx, event: Received<UserErased>| async move {
        emails::delete_to(&tx, &event.payload.email).await?;
        Ok::<(), emart_store::Error>(())
    })
}

fn on<P: Payload>(
    consumer: Consumer,
    notifications: &Notifications,
    hear: fn(&Notifications, P) -> Heard,
) -> Consumer {
    let notifications = notifications.clone();
    consumer.on(move |tx: Tx, event: Received<P>| {
        let notifications = notifications.clone();
        async move {
            let (id, at, now) = (event.id, event.time, notifications.clock.now());
            let Heard { letter, news } = hear(&notifications, event.payload);
            if let Some(letter) = letter {
                let draft = notifications.write_letter(&tx, &letter).await?;
                emails::insert(&tx, &draft, now).await?;
                // The delivery looks for it once it is there to be found.
                tx.notify_commit();
            }
            if let Some(news) = news {
                tell(&tx, &Message::new(id.as_str(), at, &news), now).await?;
            }
            Ok::<(), emart_store::Error>(())
        }
    })
}

fn registration_requested(_: &Notifications, event: RegistrationRequested) -> Heard {
    let words =
        json!({"name": event.name, "token": event.token, "until": minute(event.expires_at)});
    Letter::new("confirm_address", event.email, words).into()
}

fn registration_repeated(_: &Notifications, event: RegistrationRepeated) -> Heard {
    Letter::new("account_exists", event.email, Value::Null).into()
}

fn user_registered(_: &Notifications, event: UserRegistered) -> Heard {
    let data = json!({"customer": {"id": event.user_id, "email": event.email, "name": event.name}});
    Heard {
        letter: Some(Letter::new("welcome", event.email, json!({"name": event.name}))),
        news: Some(News { event: WebhookEvent::CustomerRegistered, data }),
    }
}

fn signed_in(_: &Notifications, event: SignedIn) -> Heard {
    if event.known_device {
        return Heard::default();
    }
    let browser = event.user_agent.unwrap_or_else(|| "unknown".to_owned());
    let words = json!({"when": minute(event.at), "browser": browser});
    Letter::new("sign_in_alert", event.email, words).into()
}

fn password_changed(_: &Notifications, event: PasswordChanged) -> Heard {
    Letter::new("password_changed", event.email, Value::Null).into()
}

fn password_reset_requested(_: &Notifications, event: PasswordResetRequested) -> Heard {
    let words = json!({"token": event.token, "until": minute(event.expires_at)});
    Letter::new("password_reset", event.email, words).into()
}

fn staff_invited(_: &Notifications, event: StaffInvited) -> Heard {
    let until = minute(event.expires_at);
    let words = json!({"invited_by": event.invited_by, "token": event.token, "until": until});
    Letter::new("staff_invited", event.email, words).into()
}

/// `2026-11-23 14:05 UTC`.
fn minute(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%d %H:%M UTC").to_string()
}
