//! Orders: what their customers are written, and what webhooks are told.

use emart_notifications_api::WebhookEvent;
use emart_orders_api::{
    ConfirmationRequested, Order, OrderCancelled, OrderPlaced, OrderRefund, OrderRefunded,
    OrderShipped,
};
use emart_types::Money;
use serde_json::{Value, json};

use super::{Heard, minute};
use crate::Notifications;
use crate::compose::Letter;
use crate::webhooks::News;

pub(super) fn placed(
    notifications: &Notifications,
    OrderPlaced { order, order_token, customer_id, .. }: OrderPlaced,
) -> Heard {
    let letter = confirmation(notifications, &order, &order_token);
    let data = json!({"order": order, "customer_id": customer_id});
    let news = News { event: WebhookEvent::OrderPlaced, data };
    Heard { letter: Some(letter), news: Some(news) }
}

pub(super) fn confirmation_requested(
    notifications: &Notifications,
    ConfirmationRequested { order, order_token }: ConfirmationRequested,
) -> Heard {
    confirmation(notifications, &order, &order_token).into()
}

pub(super) fn shipped(notifications: &Notifications, event: OrderShipped) -> Heard {
    let OrderShipped { order, fulfilment, order_token, notify } = event;
    let lines = fulfilment.lines.iter().filter_map(|sent| {
        let line = order.lines.get(sent.line as usize)?;
        let (title, variant) = (&line.title, &line.variant_title);
        Some(json!({"quantity": sent.quantity, "title": title, "variant": variant}))
    });
    let tracking = &fulfilment.tracking;
    let web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
    let words = json!({
        "number": order.number,
        "name": order.shipping_address.name,
        "lines": lines.collect::<Vec<_>>(),
        "carrier": tracking.carrier,
        "tracking_number": tracking.number,
        "tracking_url": tracking.url.as_ref().filter(web),
        "address": order.shipping_address.letter(&order.shipping_address.country),
        "link": link(notifications, &order, &order_token),
    });
    let letter = Letter::new("order_shipped", &*order.email, words).about(&order.id);
    let data = json!({"order": order, "fulfilment": fulfilment});
    let news = News { event: WebhookEvent::OrderShipped, data };
    Heard { letter: notify.then_some(letter), news: Some(news) }
}

pub(super) fn refunded(notifications: &Notifications, event: OrderRefunded) -> Heard {
    let OrderRefunded { order, refund, order_token, notify } = event;
    let words = given_back(notifications, &order, &refund, &order_token);
    let letter = Letter::new("order_refunded", &*order.email, words).about(&order.id);
    let data = json!({"order": order, "refund": refund});
    let news = News { event: WebhookEvent::OrderRefunded, data };
    // An edit may have taken pieces off without giving money back.
    let notify = notify && refund.total.amount_minor > 0;
    Heard { letter: notify.then_some(letter), news: Some(news) }
}

pub(super) fn cancelled(notifications: &Notifications, event: OrderCancelled) -> Heard {
    let OrderCancelled { order, refund, order_token, notify } = event;
    let words = given_back(notifications, &order, &refund, &order_token);
    let letter = Letter::new("order_cancelled", &*order.email, words).about(&order.id);
    let data = json!({"order": order, "refund": refund});
    let news = News { event: WebhookEvent::OrderCancelled, data };
    Heard { letter: notify.then_some(letter), news: Some(news) }
}

fn confirmation(notifications: &Notifications, order: &Order, token: &str) -> Letter {
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
        "address": order.shipping_address.letter(&order.shipping_address.country),
        "link": link(notifications, order, token),
    });
    Letter::new("order_confirmation", &*order.email, words).about(&order.id)
}

fn given_back(
    notifications: &Notifications,
    order: &Order,
    refund: &OrderRefund,
    token: &str,
) -> Value {
    let lines = refund.lines.iter().filter_map(|back| {
        let line = order.lines.get(back.line as usize)?;
        Some(json!({
            "quantity": back.removed + back.returned,
            "title": line.title,
            "variant": line.variant_title,
            "total": back.amount.to_string(),
        }))
    });
    json!({
        "number": order.number,
        "name": order.shipping_address.name,
        "amount": refund.total.to_string(),
        "refunded": refund.total.amount_minor > 0,
        "last4": order.payment.last4,
        "lines": lines.collect::<Vec<_>>(),
        "link": link(notifications, order, token),
    })
}

fn link(notifications: &Notifications, order: &Order, token: &str) -> String {
    format!("{}/orders/{}?token={token}", notifications.config.public_url, order.id)
}
