//! What happened elsewhere that a person or a webhook should hear of: each event writes its e-mail and queues its
//! deliveries, in the transaction that notes the event as handled, so that each is written once.

use emart_content_api::ProfileChanged;
use emart_events::{Consumer, Payload, Received};
use emart_identity_api::{
    Address, PasswordChanged, PasswordResetRequested, RegistrationRepeated, RegistrationRequested,
    SignedIn, StaffInvited, UserErased, UserRegistered,
};
use emart_inventory_api::StockChanged;
use emart_notifications_api::WebhookEvent;
use emart_orders_api::OrderPlaced;
use emart_payments_api::{PaymentCaptured, PaymentFailed, PaymentVoided};
use emart_store::Tx;
use emart_types::{Money, Timestamp};
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
    let consumer = on(consumer, notifications, payment_captured);
    let consumer = on(consumer, notifications, payment_failed);
    let consumer = on(consumer, notifications, payment_voided);
    let consumer = on(consumer, notifications, stock_changed);
    let consumer = on(consumer, notifications, order_placed);
    let consumer = on(consumer, notifications, staff_invited);
    let consumer = consumer.on(|tx: Tx, event: Received<ProfileChanged>| async move {
        shop::put(&tx, &event.payload.profile.name).await
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

fn payment_captured(
    _: &Notifications,
    PaymentCaptured { payment_id, reference, amount }: PaymentCaptured,
) -> Heard {
    let payment = json!({"id": payment_id, "checkout_id": reference, "amount": amount});
    News { event: WebhookEvent::PaymentCaptured, data: json!({"payment": payment}) }.into()
}

fn payment_failed(
    _: &Notifications,
    PaymentFailed { payment_id, reference, failure }: PaymentFailed,
) -> Heard {
    let payment = json!({"id": payment_id, "checkout_id": reference, "failure": failure});
    News { event: WebhookEvent::PaymentFailed, data: json!({"payment": payment}) }.into()
}

fn payment_voided(
    _: &Notifications,
    PaymentVoided { payment_id, reference }: PaymentVoided,
) -> Heard {
    let payment = json!({"id": payment_id, "checkout_id": reference});
    News { event: WebhookEvent::PaymentVoided, data: json!({"payment": payment}) }.into()
}

fn stock_changed(
    _: &Notifications,
    StockChanged { item_id, tracked, available, .. }: StockChanged,
) -> Heard {
    let stock = json!({"item_id": item_id, "tracked": tracked, "available": available});
    News { event: WebhookEvent::StockChanged, data: json!({"stock": stock}) }.into()
}

fn staff_invited(_: &Notifications, event: StaffInvited) -> Heard {
    let until = minute(event.expires_at);
    let words = json!({"invited_by": event.invited_by, "token": event.token, "until": until});
    Letter::new("staff_invited", event.email, words).into()
}

fn order_placed(notifications: &Notifications, event: OrderPlaced) -> Heard {
    let order = event.order;
    let lines = order.lines.iter().map(|line| {
        json!({
            "quantity": line.quantity,
            "title": line.title,
            "variant": line.variant_title,
            "total": line.subtotal.to_string(),
        })
    });
    let discounts = order.discounts.iter().map(|discount| {
        let off = Money::new(-discount.amount.amount_minor, discount.amount.currency);
        let free = "free delivery".to_owned();
        let off = if discount.amount.is_zero() { free } else { off.to_string() };
        json!({"title": discount.title, "code": discount.code, "off": off})
    });
    let taxes = order.taxes.iter();
    let taxes = taxes.map(|tax| json!({"name": tax.name, "amount": tax.amount.to_string()}));
    let url = &notifications.config.public_url;
    let words = json!({
        "number": order.number,
        "name": order.shipping_address.name,
        "placed": minute(order.placed_at),
        "lines": lines.collect::<Vec<_>>(),
        "discounts": discounts.collect::<Vec<_>>(),
        "shipping_method": order.shipping_method,
        "shipping": order.shipping_total.to_string(),
        "taxes": taxes.collect::<Vec<_>>(),
        "prices_include_tax": order.prices_include_tax,
        "total": order.total.to_string(),
        "delivery_date": order.delivery_date,
        "address": address(&order.shipping_address),
        "link": format!("{url}/orders/{}?token={}", order.id, event.order_token),
    });
    let data = json!({"order": order, "customer_id": event.customer_id});
    let letter = Letter::new("order_confirmation", order.email, words).about(&order.id);
    let news = News { event: WebhookEvent::OrderPlaced, data };
    Heard { letter: Some(letter), news: Some(news) }
}

/// As written on an envelope, line by line.
fn address(address: &Address) -> Vec<String> {
    let city = format!("{} {}", address.postal_code, address.city);
    let lines = [
        Some(address.name.clone()),
        Some(address.line1.clone()),
        address.line2.clone(),
        Some(city.trim().to_owned()),
        address.region.clone(),
        Some(address.country.clone()),
    ];
    lines.into_iter().flatten().filter(|line| !line.is_empty()).collect()
}

/// `2026-11-23 14:05 UTC`.
fn minute(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%d %H:%M UTC").to_string()
}
