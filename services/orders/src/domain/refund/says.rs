//! What an action does, in words for whoever is about to do it.

use emart_orders_api::{ActionKind, Order, RefundPlan};

use crate::domain::refund::Asked;

/// What an action does, in sentences.
pub(crate) fn says(asked: &Asked, plan: &RefundPlan, order: &Order) -> Vec<String> {
    let mut says = Vec::new();
    if asked.kind == ActionKind::Cancel {
        says.push(format!("Order {} is cancelled. This cannot be undone.", order.number));
    }
    says.push(money(plan, order));
    let removed: u32 = plan.lines.iter().map(|line| line.removed).sum();
    let returned: u32 = plan.lines.iter().map(|line| line.returned).sum();
    if removed > 0 {
        says.push(format!(
            "{} that {} not sent yet {} taken off the order.",
            pieces(removed),
            was(removed),
            are(removed)
        ));
    }
    if returned > 0 {
        says.push(format!(
            "{} that {} sent {} back.",
            pieces(returned),
            was(returned),
            if returned == 1 { "comes" } else { "come" }
        ));
    }
    if removed + returned > 0 {
        let stock = if plan.restock { "can be sold again" } else { "cannot be sold again" };
        says.push(format!("{} {stock}.", pieces(removed + returned)));
    }
    let told = if asked.notify { "is told by e-mail" } else { "is not told" };
    says.push(format!("{} {told}.", order.email));
    says
}

/// Where how much money goes.
fn money(plan: &RefundPlan, order: &Order) -> String {
    if plan.total.is_zero() {
        return "No money is given back.".to_owned();
    }
    let payment = &order.payment;
    let part = format!("{} of {}", plan.total, plan.refundable);
    let (brand, last4) = (&payment.brand, &payment.last4);
    match (payment.gift_card_amount, last4.is_empty()) {
        (Some(_), true) => format!("{part} goes back to the gift card that paid."),
        (Some(_), false) => format!(
            "{part} goes back: to the {brand} ending in {last4} first, the rest to the gift card."
        ),
        (None, false) => format!("{part} goes back to the {brand} ending in {last4}."),
        (None, true) => format!(
            "{part} is noted as given back. It was paid by {brand}: you hand it over yourself."
        ),
    }
}

fn pieces(count: u32) -> String {
    if count == 1 { "1 piece".to_owned() } else { format!("{count} pieces") }
}

const fn was(count: u32) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

const fn are(count: u32) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
