//! Orders, more of them from month to month, and the payments behind them.

use std::collections::HashSet;

use anyhow::Context as _;
use emart_orders_api::{
    CheckoutId, FulfilmentState, MoneyState, MovedOrder, Order, OrderId, OrderImport, OrderLine,
    OrderPayment, OrderState, Orders, TimelineEntry,
};
use emart_payments_api::{MovedPayment, PaymentId, Payments};
use emart_pricing_api::TaxLine;
use emart_types::{Money, Rate, Timestamp};

use super::chance::{Chance, name_of};
use super::goods::{is_active, thing};
use super::people::customer;
use super::{BATCH, DAY_MS, Plan, bar, done};

/// Days that the orders are spread over.
const DAYS: i64 = 730;
/// What prices have in them.
const VAT: Rate = Rate(190_000);
/// What sending costs, up to which sum it costs anything.
const SHIPPING: (i64, i64) = (490, 5000);

/// Makes them all, the oldest first.
pub(super) async fn make(plan: &Plan, orders: &Orders, payments: &Payments) -> anyhow::Result<()> {
    let bar = bar("orders", plan.orders)?;
    for from in (0..plan.orders).step_by(BATCH as usize) {
        let to = plan.orders.min(from + BATCH);
        let moved = (from..to).map(|n| order(plan, n)).collect::<Option<Vec<_>>>();
        let moved = moved.context("no product of this store can be bought")?;
        let paid: Vec<MovedPayment> = moved.iter().map(payment).collect();
        let import = OrderImport { orders: moved, dry_run: false };
        tokio::try_join!(orders.import_orders(&import), payments.import_payments(&paid))?;
        bar.inc((to - from).into());
    }
    done("orders", plan.orders, &bar);
    Ok(())
}

/// When the `n`-th was placed: three times as many a day at the end as at the beginning.
fn placed_at(plan: &Plan, n: u32) -> Timestamp {
    let (n, all) = (i128::from(n), i128::from(plan.orders.max(1)));
    let span =
        i128::from(DAYS * DAY_MS) + i128::from(plan.now.as_millis() - plan.today.as_millis());
    // With `x` of all orders placed, `(3x - x²) / 2` of the time has gone by.
    let gone = span * (3 * n * all - n * n) / (2 * all * all);
    let began = i128::from(plan.now.as_millis()) - span;
    Timestamp::from_millis(i64::try_from(began + gone).unwrap_or_default())
}

fn order(plan: &Plan, n: u32) -> Option<MovedOrder> {
    let mut chance = Chance::of(5, plan.variation, n);
    let placed_at = placed_at(plan, n);
    let buyer = customer(plan, chance.low(plan.customers));
    let has_account = plan.customers > 0 && chance.happens(85);
    let is_recent = plan.now.since(placed_at) < std::time::Duration::from_secs(4 * 86_400);
    let lines = lines(plan, &mut chance, !is_recent)?;
    let money = |minor| Money::new(minor, plan.currency);
    let subtotal: i64 = lines.iter().map(|line| line.subtotal.amount_minor).sum();
    let (price, free_from) = SHIPPING;
    let shipping = if subtotal < free_from { price } else { 0 };
    let total = money(subtotal + shipping);
    let line_tax: i64 = lines.iter().map(|line| line.tax.amount_minor).sum();
    let tax = money(line_tax + VAT.within(money(shipping)).ok()?.amount_minor);
    let name = name_of("order", plan.variation, n);
    let delivery = Timestamp::from_millis(placed_at.as_millis() + 2 * DAY_MS);
    let order = Order {
        id: OrderId::derived(placed_at, name),
        number: 0,
        state: OrderState::Confirmed,
        email: buyer.email,
        lines,
        billing_address: buyer.address.clone(),
        shipping_address: buyer.address,
        shipping_method: Some("Standard".to_owned()),
        // A day that is still to come would need a place.
        delivery_date: (!is_recent).then(|| delivery.to_string().chars().take(10).collect()),
        subtotal: money(subtotal),
        discounts: Vec::new(),
        discount_total: None,
        shipping_total: money(shipping),
        taxes: vec![TaxLine {
            name: "VAT 19 %".to_owned(),
            rate: VAT,
            base: money(total.amount_minor - tax.amount_minor),
            amount: tax,
        }],
        tax_total: tax,
        total,
        prices_include_tax: true,
        payment: paid(PaymentId::derived(placed_at, name)),
        note: None,
        timeline: timeline(placed_at),
        placed_at,
        payment_state: MoneyState::Paid,
        fulfilment_state: if is_recent {
            FulfilmentState::Unfulfilled
        } else {
            FulfilmentState::Fulfilled
        },
        fulfilments: Vec::new(),
        refunds: Vec::new(),
    };
    let checkout_id = CheckoutId::derived(placed_at, name);
    let customer_id = has_account.then(|| buyer.id.to_string());
    Some(MovedOrder { order, checkout_id, customer_id })
}

fn paid(id: PaymentId) -> OrderPayment {
    OrderPayment {
        id,
        brand: "visa".to_owned(),
        last4: "4242".to_owned(),
        captured: true,
        gift_card_amount: None,
        gift_card_last4: Vec::new(),
    }
}

/// One to four things; `None` where there is nothing to be bought.
fn lines(plan: &Plan, chance: &mut Chance, is_sent: bool) -> Option<Vec<OrderLine>> {
    let (mut seen, mut lines) = (HashSet::new(), Vec::new());
    let wanted = 1 + chance.low(4) as usize;
    for _ in 0..200 {
        let n = chance.low(plan.products);
        if !is_active(plan, n) || !seen.insert(n) {
            continue;
        }
        let thing = thing(plan, n);
        let quantity = 1 + chance.low(4);
        let subtotal = thing.price.checked_mul(quantity).ok()?;
        lines.push(OrderLine {
            variant_id: thing.variant_id,
            handle: thing.handle,
            title: thing.title,
            variant_title: String::new(),
            sku: Some(thing.sku),
            image: None,
            quantity,
            unit_price: thing.price,
            subtotal,
            discount: None,
            tax: VAT.within(subtotal).ok()?,
            total: subtotal,
            tax_rate: VAT,
            fulfilled: if is_sent { quantity } else { 0 },
            removed: 0,
            returned: 0,
        });
        if lines.len() == wanted {
            break;
        }
    }
    (!lines.is_empty()).then_some(lines)
}

fn payment(moved: &MovedOrder) -> MovedPayment {
    let order = &moved.order;
    MovedPayment {
        id: order.payment.id.clone(),
        reference: moved.checkout_id.to_string(),
        amount: order.total,
        brand: order.payment.brand.clone(),
        last4: order.payment.last4.clone(),
        at: order.placed_at,
    }
}

fn timeline(at: Timestamp) -> Vec<TimelineEntry> {
    let entry =
        |kind: &str, text: &str| TimelineEntry { at, kind: kind.to_owned(), text: text.to_owned() };
    vec![
        entry("placed", "Order placed"),
        entry("payment_captured", "Payment received"),
        entry("confirmed", "Order confirmed"),
    ]
}
