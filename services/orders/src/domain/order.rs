//! What makes an order of a checkout.

use emart_orders_api::{Order, OrderId, OrderLine, OrderPayment, OrderState, TimelineEntry};
use emart_payments_api::Payment;
use emart_pricing_api::Quote;
use emart_types::{Money, Timestamp};

use crate::domain::progress::Progress;

/// Puts the order together, as it is at this moment and will stay.
pub(crate) fn place(
    progress: &Progress,
    quote: &Quote,
    payment: &Payment,
    number: i64,
    now: Timestamp,
) -> Order {
    let request = &progress.request;
    let lines = progress.cart.lines.iter().zip(&quote.lines).map(|(line, quoted)| OrderLine {
        variant_id: line.variant_id.clone(),
        handle: line.handle.clone(),
        title: line.title.clone(),
        variant_title: line.variant_title.clone(),
        sku: line.sku.clone(),
        image: line.image.clone(),
        quantity: quoted.quantity,
        unit_price: quoted.unit_price,
        subtotal: quoted.subtotal,
        discount: quoted.discount().ok().filter(|off| !off.is_zero()),
        tax: quoted.tax,
        total: quoted.total,
        tax_rate: quoted.tax_rate,
    });
    let shipping = quote.shipping.as_ref();
    let billing = request.billing_address.clone();
    Order {
        id: OrderId::new(),
        number,
        state: OrderState::Placed,
        email: request.email.clone(),
        lines: lines.collect(),
        shipping_address: request.shipping_address.clone(),
        billing_address: billing.unwrap_or_else(|| request.shipping_address.clone()),
        shipping_method: shipping.map(|shipping| shipping.name.clone()),
        delivery_date: progress.delivery_date.clone(),
        subtotal: quote.subtotal,
        discounts: quote.discounts.clone(),
        discount_total: quote.discount_total,
        shipping_total: shipping
            .map_or_else(|| Money::zero(quote.total.currency), |shipping| shipping.total),
        taxes: quote.taxes.clone(),
        tax_total: quote.tax_total,
        total: quote.total,
        prices_include_tax: quote.prices_include_tax,
        payment: OrderPayment {
            id: payment.id.clone(),
            brand: payment.brand.clone(),
            last4: payment.last4.clone(),
            captured: false,
            gift_card_amount: payment.gift_card_amount,
            gift_card_last4: payment.gift_card_last4.clone(),
        },
        note: request.note.clone(),
        timeline: vec![entry(now, "placed", "Order placed")],
        placed_at: now,
    }
}

/// The money is ours and the stock is sold.
pub(crate) fn confirm(order: &mut Order, now: Timestamp) {
    order.state = OrderState::Confirmed;
    order.payment.captured = true;
    order.timeline.push(entry(now, "payment_captured", "Payment received"));
    order.timeline.push(entry(now, "confirmed", "Order confirmed"));
}

/// Something the order needs has been away for a while.
pub(crate) fn delay(order: &mut Order, now: Timestamp) {
    let text = "The payment could not be completed yet; it is tried again";
    order.timeline.push(entry(now, "delayed", text));
}

/// The stock was gone before it could be sold: the money was given back.
pub(crate) fn cancel(order: &mut Order, now: Timestamp) {
    order.state = OrderState::Cancelled;
    let text = "Order cancelled: sold out before it could be packed; the payment was given back";
    order.timeline.push(entry(now, "cancelled", text));
}

fn entry(at: Timestamp, kind: &str, text: &str) -> TimelineEntry {
    TimelineEntry { at, kind: kind.to_owned(), text: text.to_owned() }
}
