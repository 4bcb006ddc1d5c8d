//! What makes an order of a checkout.

use emart_identity_api::Address;
use emart_orders_api::{
    ActionId, ActionKind, FulfilmentState, MoneyState, Order, OrderId, OrderLine, OrderPatch,
    OrderPayment, OrderRefund, OrderState, TimelineEntry,
};
use emart_payments_api::Payment;
use emart_pricing_api::Quote;
use emart_types::{Invalid, Money, Timestamp};

use crate::domain::progress::Progress;
use crate::error::Error;

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
        fulfilled: 0,
        removed: 0,
        returned: 0,
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
        payment_state: MoneyState::Pending,
        fulfilment_state: FulfilmentState::Unfulfilled,
        fulfilments: Vec::new(),
        refunds: Vec::new(),
    }
}

/// Works out what follows from the rest of an order: how it stands with the money, how much of it is on its way.
pub(crate) fn settle_states(order: &mut Order) {
    let refunded = order.refunded().amount_minor;
    let cancelled = order.state == OrderState::Cancelled;
    order.payment_state = if refunded > 0 && refunded >= order.total.amount_minor {
        MoneyState::Refunded
    } else if refunded > 0 {
        MoneyState::PartiallyRefunded
    } else if order.payment.captured {
        MoneyState::Paid
    } else if cancelled {
        MoneyState::Refunded
    } else {
        MoneyState::Pending
    };
    let sent = order.lines.iter().any(|line| line.fulfilled > 0);
    let left = order.lines.iter().any(|line| line.to_send() > 0);
    order.fulfilment_state = match (sent, left) {
        (true, true) => FulfilmentState::Partial,
        (true, false) => FulfilmentState::Fulfilled,
        // Everything was taken off it: there is nothing to be sent.
        (false, false) if !cancelled => FulfilmentState::Fulfilled,
        (false, _) => FulfilmentState::Unfulfilled,
    };
}

/// Corrects what was typed wrong.
pub(crate) fn correct(order: &mut Order, patch: OrderPatch, now: Timestamp) -> Result<(), Error> {
    let OrderPatch { email, shipping_address, billing_address, note } = patch;
    if let Some(address) = shipping_address {
        let place = |address: &Address| {
            let region = address.region.clone().filter(|region| !region.is_empty());
            (address.country.clone(), region)
        };
        if place(&address) != place(&order.shipping_address) {
            let detail = "must stay the same: taxes and shipping were worked out for it";
            return Err(Invalid::field("/shipping_address/country", detail).into());
        }
        if order.lines.iter().any(|line| line.fulfilled > 0) {
            return Err(Error::AddressSent);
        }
        order.shipping_address = address;
    }
    if let Some(email) = email {
        order.email = email;
    }
    if let Some(address) = billing_address {
        order.billing_address = address;
    }
    if let Some(note) = note {
        order.note = Some(note.trim().to_owned()).filter(|note| !note.is_empty());
    }
    order.timeline.push(entry(now, "corrected", "Contact or address corrected"));
    Ok(())
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
    for line in &mut order.lines {
        line.removed = line.quantity;
    }
    let text = "Order cancelled: sold out before it could be packed; the payment was given back";
    order.timeline.push(entry(now, "cancelled", text));
}

/// What was given back when the stock was gone.
pub(crate) fn refund_of_lost(order: &Order, now: Timestamp) -> OrderRefund {
    OrderRefund {
        id: ActionId::new(),
        kind: ActionKind::Cancel,
        lines: Vec::new(),
        shipping: order.shipping_total,
        tax: order.tax_total,
        total: order.total,
        reason: "Sold out before it could be packed".to_owned(),
        at: now,
    }
}

pub(crate) fn entry(at: Timestamp, kind: &str, text: &str) -> TimelineEntry {
    TimelineEntry { at, kind: kind.to_owned(), text: text.to_owned() }
}
