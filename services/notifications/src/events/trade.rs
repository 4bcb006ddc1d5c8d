//! Money and stock: for webhooks only.

use emart_inventory_api::StockChanged;
use emart_notifications_api::WebhookEvent;
use emart_payments_api::{PaymentCaptured, PaymentFailed, PaymentRefunded, PaymentVoided};
use serde_json::{Value, json};

use super::Heard;
use crate::Notifications;
use crate::webhooks::News;

fn payment(event: WebhookEvent, payment: &Value) -> Heard {
    News { event, data: json!({"payment": payment}) }.into()
}

pub(super) fn payment_captured(
    _: &Notifications,
    PaymentCaptured { payment_id, reference, amount }: PaymentCaptured,
) -> Heard {
    let data = json!({"id": payment_id, "checkout_id": reference, "amount": amount});
    payment(WebhookEvent::PaymentCaptured, &data)
}

pub(super) fn payment_failed(
    _: &Notifications,
    PaymentFailed { payment_id, reference, failure }: PaymentFailed,
) -> Heard {
    let data = json!({"id": payment_id, "checkout_id": reference, "failure": failure});
    payment(WebhookEvent::PaymentFailed, &data)
}

pub(super) fn payment_refunded(
    _: &Notifications,
    PaymentRefunded { payment_id, reference, amount, .. }: PaymentRefunded,
) -> Heard {
    let data = json!({"id": payment_id, "checkout_id": reference, "amount": amount});
    payment(WebhookEvent::PaymentRefunded, &data)
}

pub(super) fn payment_voided(
    _: &Notifications,
    PaymentVoided { payment_id, reference }: PaymentVoided,
) -> Heard {
    payment(WebhookEvent::PaymentVoided, &json!({"id": payment_id, "checkout_id": reference}))
}

pub(super) fn stock_changed(
    _: &Notifications,
    StockChanged { item_id, tracked, available, .. }: StockChanged,
) -> Heard {
    let stock = json!({"item_id": item_id, "tracked": tracked, "available": available});
    News { event: WebhookEvent::StockChanged, data: json!({"stock": stock}) }.into()
}
