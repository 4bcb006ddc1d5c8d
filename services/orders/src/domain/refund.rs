//! What goes back: worked out to the cent, before it is done and when it is done.

mod says;

use emart_orders_api::{
    ActionId, ActionKind, LineLeft, LineQuantity, MoneyState, NewCancellation, NewEdit, NewRefund,
    Order, OrderLine, OrderRefund, OrderState, RefundLine, RefundPlan,
};
use emart_types::{Invalid, Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::order::{entry, settle_states};

pub(crate) use says::says;

/// What was asked for, whatever it is called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) kind: ActionKind,
    /// The pieces; all of them where the order is called off.
    pub(crate) lines: Vec<LineQuantity>,
    pub(crate) shipping: bool,
    pub(crate) amount: Option<Money>,
    pub(crate) restock: bool,
    pub(crate) reason: String,
    pub(crate) notify: bool,
}

impl Asked {
    /// What the audit log calls it.
    pub(crate) const fn audited(&self) -> &'static str {
        match self.kind {
            ActionKind::Refund => "order.refunded",
            ActionKind::Cancel => "order.cancelled",
            ActionKind::Edit => "order.edited",
        }
    }
}

/// Why an order cannot be treated so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("the payment is still being completed; try again in a moment")]
    NotReady,
    #[error("the order is cancelled")]
    Cancelled,
    #[error("something was sent already: take back what comes back with a refund instead")]
    Sent,
    #[error("only {0} can still be given back")]
    TooMuch(Money),
}

impl From<NewRefund> for Asked {
    fn from(new: NewRefund) -> Self {
        let NewRefund { lines, shipping, amount, restock, reason, notify } = new;
        Self { kind: ActionKind::Refund, lines, shipping, amount, restock, reason, notify }
    }
}

impl From<NewCancellation> for Asked {
    fn from(new: NewCancellation) -> Self {
        let NewCancellation { restock, reason, notify } = new;
        let (kind, lines, amount) = (ActionKind::Cancel, Vec::new(), None);
        Self { kind, lines, shipping: true, amount, restock, reason, notify }
    }
}

/// What an edit takes off an order.
pub(crate) fn edit(new: NewEdit, order: &Order) -> Result<Asked, Refusal> {
    let mut invalid = Invalid::new();
    let mut lines = Vec::new();
    for (place, LineLeft { line, quantity }) in new.lines.iter().enumerate() {
        let at = format!("/lines/{place}/quantity");
        let Some(bought) = order.lines.get(*line as usize) else {
            invalid.push(format!("/lines/{place}/line"), "there is no such line");
            continue;
        };
        let now = bought.kept();
        if *quantity > now {
            invalid
                .push(at, format!("must be at most {now}: more can be bought with another order"));
        } else if now - quantity > bought.to_send() {
            invalid.push(
                at,
                format!("must be at least {}: the others were sent", now - bought.to_send()),
            );
        } else if *quantity < now {
            lines.push(LineQuantity { line: *line, quantity: now - quantity });
        }
    }
    invalid.finish()?;
    if lines.is_empty() {
        return Err(Invalid::field("/lines", "nothing would change").into());
    }
    let (kind, restock) = (ActionKind::Edit, true);
    let (reason, notify) = (new.reason, new.notify);
    Ok(Asked { kind, lines, shipping: false, amount: None, restock, reason, notify })
}

/// Works out what an action does to an order as it is now.
pub(crate) fn plan(asked: &Asked, order: &Order) -> Result<RefundPlan, Refusal> {
    match order.state {
        OrderState::Placed => return Err(Refusal::NotReady),
        OrderState::Cancelled if asked.kind != ActionKind::Refund => {
            return Err(Refusal::Cancelled);
        }
        OrderState::Confirmed | OrderState::Cancelled => {}
    }
    let sent = order.lines.iter().any(|line| line.fulfilled > 0);
    if asked.kind == ActionKind::Cancel && sent {
        return Err(Refusal::Sent);
    }
    check_reason(&asked.reason)?;
    let lines = lines(asked, order)?;
    let currency = order.total.currency;
    let refundable = refundable(order);
    let shipping = shipping(asked, order);
    let pieces: i64 = lines.iter().map(|line| line.amount.amount_minor).sum();
    let worth = match (asked.kind, asked.amount) {
        (ActionKind::Cancel, _) => refundable.amount_minor,
        (_, Some(amount)) => checked(amount, order)?,
        // What was given back beyond the pieces' worth before is not given back once more.
        (_, None) => (pieces + shipping).min(refundable.amount_minor),
    };
    if worth > refundable.amount_minor {
        return Err(Refusal::TooMuch(refundable));
    }
    if worth == 0 && lines.is_empty() && asked.kind != ActionKind::Cancel {
        return Err(Invalid::field("/amount", "there is nothing to be given back").into());
    }
    let tax = share(order.tax_total.amount_minor, worth, order.total.amount_minor);
    Ok(RefundPlan {
        lines,
        shipping: Money::new(shipping.min(worth), currency),
        tax: Money::new(tax, currency),
        total: Money::new(worth, currency),
        refundable,
        restock: asked.restock,
    })
}

fn check_reason(reason: &str) -> Result<(), Invalid> {
    let plain = !reason.chars().any(|c| c.is_control() && c != '\n' && c != '\r');
    let fits = (1..=500).contains(&reason.trim().chars().count());
    let mut invalid = Invalid::new();
    invalid.require(plain && fits, "/reason", "must be 1 to 500 characters");
    invalid.finish()
}

fn checked(amount: Money, order: &Order) -> Result<i64, Invalid> {
    if amount.currency != order.total.currency {
        let detail = format!("the order was paid in {}", order.total.currency);
        return Err(Invalid::field("/amount/currency", detail));
    }
    if amount.amount_minor < 0 {
        return Err(Invalid::field("/amount/amount_minor", "must be 0 or more"));
    }
    Ok(amount.amount_minor)
}

/// What can still be given back.
pub(crate) fn refundable(order: &Order) -> Money {
    let left = order.total.amount_minor - order.refunded().amount_minor;
    let paid = order.payment.captured && order.payment_state != MoneyState::Refunded;
    Money::new(if paid { left.max(0) } else { 0 }, order.total.currency)
}

fn shipping(asked: &Asked, order: &Order) -> i64 {
    let back: i64 = order.refunds.iter().map(|refund| refund.shipping.amount_minor).sum();
    let left = (order.shipping_total.amount_minor - back).max(0);
    if asked.shipping || asked.kind == ActionKind::Cancel { left } else { 0 }
}

fn lines(asked: &Asked, order: &Order) -> Result<Vec<RefundLine>, Invalid> {
    if asked.kind == ActionKind::Cancel {
        let lines = order.lines.iter().zip(0..).filter(|(line, _)| line.kept() > 0);
        return Ok(lines.map(|(line, place)| taken(line, place, line.kept())).collect());
    }
    let mut invalid = Invalid::new();
    let mut lines: Vec<RefundLine> = Vec::new();
    for (at, LineQuantity { line: place, quantity }) in asked.lines.iter().enumerate() {
        let Some(line) = order.lines.get(*place as usize) else {
            invalid.push(format!("/lines/{at}/line"), "there is no such line");
            continue;
        };
        if lines.iter().any(|known| known.line == *place) {
            invalid.push(format!("/lines/{at}/line"), "the line is there twice");
        } else if !(1..=line.kept()).contains(quantity) {
            let detail = format!("must be from 1 to {}", line.kept());
            invalid.push(format!("/lines/{at}/quantity"), detail);
        } else {
            lines.push(taken(line, *place, *quantity));
        }
    }
    invalid.finish().map(|()| lines)
}

/// Pieces off a line: first those that were not sent. Whatever is taken off in which parts, all of a line's pieces
/// come to its total.
fn taken(line: &OrderLine, place: u32, quantity: u32) -> RefundLine {
    let removed = quantity.min(line.to_send());
    let before = line.removed + line.returned;
    let total = line.total.amount_minor;
    let up_to = |pieces: u32| share(total, pieces.into(), line.quantity.into());
    let amount = up_to(before + quantity) - up_to(before);
    RefundLine {
        line: place,
        removed,
        returned: quantity - removed,
        amount: Money::new(amount, line.total.currency),
    }
}

/// `part` of `whole` of an amount, to the nearest unit.
fn share(amount: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let product = i128::from(amount) * i128::from(part);
    let whole = i128::from(whole);
    i64::try_from((2 * product + whole).div_euclid(2 * whole)).unwrap_or(amount)
}

/// Writes an action into its order.
pub(crate) fn apply(
    order: &mut Order,
    id: ActionId,
    asked: &Asked,
    plan: &RefundPlan,
    now: Timestamp,
) -> OrderRefund {
    for taken in &plan.lines {
        if let Some(line) = order.lines.get_mut(taken.line as usize) {
            line.removed += taken.removed;
            line.returned += taken.returned;
        }
    }
    let refund = OrderRefund {
        id,
        kind: asked.kind,
        lines: plan.lines.clone(),
        shipping: plan.shipping,
        tax: plan.tax,
        total: plan.total,
        reason: asked.reason.trim().to_owned(),
        at: now,
    };
    let back = (!plan.total.is_zero()).then(|| format!("{} given back", plan.total));
    let (kind, what) = match asked.kind {
        ActionKind::Refund => ("refunded", "Refund"),
        ActionKind::Edit => ("edited", "Order changed"),
        ActionKind::Cancel => {
            order.state = OrderState::Cancelled;
            ("cancelled", "Order cancelled")
        }
    };
    let what = [Some(what.to_owned()), back].into_iter().flatten().collect::<Vec<_>>();
    let text = format!("{}. {}", what.join(": "), refund.reason);
    order.timeline.push(entry(now, kind, &text));
    order.refunds.push(refund.clone());
    settle_states(order);
    refund
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However a line is taken back, in whatever parts: together it is its total, and no part is below nothing.
        #[test]
        fn the_parts_of_a_line_add_up_to_it(total in 0_i64..1_000_000, quantity in 1_u32..50) {
            let mut sum = 0;
            for before in 0..quantity {
                let part = share(total, i64::from(before) + 1, quantity.into())
                    - share(total, before.into(), quantity.into());
                prop_assert!(part >= 0);
                sum += part;
            }
            prop_assert_eq!(sum, total);
        }
    }
}
