//! What happened elsewhere that a person should hear of: each event writes its e-mail, in the transaction that notes
//! the event as handled, so that each is written once.

use emart_events::{Consumer, Payload, Received};
use emart_identity_api::{
    Address, PasswordChanged, PasswordResetRequested, RegistrationRepeated, RegistrationRequested,
    SignedIn, StaffInvited, UserErased, UserRegistered,
};
use emart_orders_api::OrderPlaced;
use emart_store::Tx;
use emart_types::Timestamp;
use serde_json::{Value, json};

use crate::{Notifications, store};

/// Why an event could not be handled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Store(#[from] emart_store::Error),
    #[error("the e-mail could not be written: {0}")]
    Template(String),
}

/// The e-mail for an event: its kind, its recipient, the words of its template. `None`: nothing to say.
type Letter = Option<(&'static str, String, Value)>;

/// Everything `notifications` listens to.
pub(crate) fn consumer(notifications: &Notifications) -> Consumer {
    let consumer = Consumer::new("notifications", notifications.db.clone());
    let consumer = on(consumer, notifications, registration_requested);
    let consumer = on(consumer, notifications, registration_repeated);
    let consumer = on(consumer, notifications, user_registered);
    let consumer = on(consumer, notifications, signed_in);
    let consumer = on(consumer, notifications, password_changed);
    let consumer = on(consumer, notifications, password_reset_requested);
    let consumer = on(consumer, notifications, staff_invited);
    let consumer = on(consumer, notifications, order_placed);
    consumer.on(|tx: Tx, event: Received<UserErased>| async move {
        store::delete_to(&tx, &event.payload.email).await?;
        Ok::<(), Error>(())
    })
}

fn on<P: Payload>(
    consumer: Consumer,
    notifications: &Notifications,
    letter: fn(&Notifications, P) -> Letter,
) -> Consumer {
    let notifications = notifications.clone();
    consumer.on(move |tx: Tx, event: Received<P>| {
        let notifications = notifications.clone();
        async move {
            let Some((kind, to, words)) = letter(&notifications, event.payload) else {
                return Ok(());
            };
            let draft = notifications.composer.write(kind, &to, &words);
            let draft = draft.map_err(|error| Error::Template(format!("{error:#}")))?;
            store::insert(&tx, &draft, notifications.clock.now()).await?;
            // The delivery looks for it once it is there to be found.
            tx.notify_commit();
            Ok::<(), Error>(())
        }
    })
}

fn registration_requested(_: &Notifications, event: RegistrationRequested) -> Letter {
    let words =
        json!({"name": event.name, "token": event.token, "until": minute(event.expires_at)});
    Some(("confirm_address", event.email, words))
}

fn registration_repeated(_: &Notifications, event: RegistrationRepeated) -> Letter {
    Some(("account_exists", event.email, Value::Null))
}

fn user_registered(_: &Notifications, event: UserRegistered) -> Letter {
    Some(("welcome", event.email, json!({"name": event.name})))
}

fn signed_in(_: &Notifications, event: SignedIn) -> Letter {
    if event.known_device {
        return None;
    }
    let browser = event.user_agent.unwrap_or_else(|| "unknown".to_owned());
    Some(("sign_in_alert", event.email, json!({"when": minute(event.at), "browser": browser})))
}

fn password_changed(_: &Notifications, event: PasswordChanged) -> Letter {
    Some(("password_changed", event.email, Value::Null))
}

fn password_reset_requested(_: &Notifications, event: PasswordResetRequested) -> Letter {
    let words = json!({"token": event.token, "until": minute(event.expires_at)});
    Some(("password_reset", event.email, words))
}

fn staff_invited(_: &Notifications, event: StaffInvited) -> Letter {
    let until = minute(event.expires_at);
    let words = json!({"invited_by": event.invited_by, "token": event.token, "until": until});
    Some(("staff_invited", event.email, words))
}

fn order_placed(notifications: &Notifications, event: OrderPlaced) -> Letter {
    let order = event.order;
    let lines = order.lines.iter().map(|line| {
        json!({
            "quantity": line.quantity,
            "title": line.title,
            "variant": line.variant_title,
            "total": line.subtotal.to_string(),
        })
    });
    let taxes = order.taxes.iter();
    let taxes = taxes.map(|tax| json!({"name": tax.name, "amount": tax.amount.to_string()}));
    let url = &notifications.config.public_url;
    let words = json!({
        "number": order.number,
        "name": order.shipping_address.name,
        "placed": minute(order.placed_at),
        "lines": lines.collect::<Vec<_>>(),
        "shipping_method": order.shipping_method,
        "shipping": order.shipping_total.to_string(),
        "taxes": taxes.collect::<Vec<_>>(),
        "prices_include_tax": order.prices_include_tax,
        "total": order.total.to_string(),
        "delivery_date": order.delivery_date,
        "address": address(&order.shipping_address),
        "link": format!("{url}/orders/{}?token={}", order.id, event.order_token),
    });
    Some(("order_confirmation", order.email, words))
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
