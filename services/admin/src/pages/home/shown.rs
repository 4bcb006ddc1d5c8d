//! The first page's numbers, worded.

use emart_http::Page;
use emart_identity_api::AuditEntry;
use emart_inventory_api::StockSummary;
use emart_orders_api::{FailedPayment, OrderStatistics, OrderSummary, PeriodStatistics};
use emart_types::{Money, Timestamp};

use crate::chart::{self, Chart, Series};
use crate::table::{Cell, Column, Empty, Row, Table};
use crate::view::{Figure, Happening, Tone};
use crate::{nav, words};

/// Entries under "Lately".
const LATELY: usize = 10;

/// What was sold, against the time before.
pub(super) fn sales(now: &OrderStatistics) -> Vec<Figure> {
    let before = |period: &PeriodStatistics, before: &str| {
        let orders = words::count(period.now.orders, "order", "orders");
        let (more, tone) = change(period.now.sales, period.before.sales, before);
        (format!("{orders}, {more}"), tone)
    };
    let figure = |label: &str, period: &PeriodStatistics, (note, tone)| Figure {
        label: label.to_owned(),
        value: period.now.sales.to_string(),
        note,
        tone,
        href: String::new(),
    };
    // Today is not over yet: more or less than all of yesterday says nothing.
    let today = words::count(now.today.now.orders, "order", "orders");
    let today = format!("{today}, {} yesterday", now.today.before.sales);
    vec![
        figure("Today", &now.today, (today, Tone::Plain)),
        figure("Last 7 days", &now.week, before(&now.week, "the 7 days before")),
        figure("Last 30 days", &now.month, before(&now.month, "the 30 days before")),
    ]
}

fn change(now: Money, before: Money, when: &str) -> (String, Tone) {
    let (now, before) = (i128::from(now.amount_minor), i128::from(before.amount_minor));
    if before <= 0 {
        return (format!("nothing in {when}"), Tone::Plain);
    }
    match (now - before) * 100 / before {
        0 => (format!("as in {when}"), Tone::Plain),
        more @ 1.. => (format!("{more} % more than in {when}"), Tone::Good),
        less => (format!("{} % less than in {when}", less.unsigned_abs()), Tone::Bad),
    }
}

/// What waits for somebody.
pub(super) fn waiting(now: Option<&OrderStatistics>, stock: Option<&StockSummary>) -> Vec<Figure> {
    let figure = |label: &str, number: i64, note: &str, href: &str| Figure {
        label: label.to_owned(),
        value: words::grouped(number),
        note: if number == 0 { "nothing to do".to_owned() } else { note.to_owned() },
        tone: if number == 0 { Tone::Good } else { Tone::Warn },
        href: nav::link(href),
    };
    let mut figures = Vec::new();
    if let Some(now) = now {
        let (send, pay) = (now.waiting.to_fulfil, now.waiting.to_pay);
        let open = "/admin/orders?fulfilment_state=unfulfilled";
        figures.push(figure("Orders to send", send.into(), "paid, waiting to be packed", open));
        let unpaid = "/admin/orders?state=placed";
        figures.push(figure("Payments not completed", pay.into(), "look at them", unpaid));
        let (label, failed) = ("Failed payments", now.waiting.payments_failed);
        let note = "in the last 7 days, nothing was charged";
        figures.push(figure(label, failed.into(), note, "/admin/orders/failed-payments"));
    }
    if let Some(stock) = stock {
        let note = format!("{} sold out", words::grouped(stock.out));
        figures.push(figure("Low stock", stock.low, &note, "/admin/inventory?state=low"));
    }
    figures
}

/// What was sold, day by day.
pub(super) fn chart(now: &OrderStatistics) -> Chart {
    let days: Vec<String> = now.days.iter().map(|day| short(&day.date)).collect();
    let sales: Vec<i64> = now.days.iter().map(|day| day.sales.sales.amount_minor).collect();
    let currency = now.today.now.sales.currency;
    let write = move |minor: i64| Money::new(minor, currency).to_string();
    let caption = "Sales of each of the last 30 days";
    chart::lines(caption, &days, &[Series { name: "Sales", values: &sales }], &write)
}

/// `2026-11-03` as `3 Nov`.
fn short(date: &str) -> String {
    let parsed = date.parse::<jiff::civil::Date>();
    parsed.map_or_else(|_| date.to_owned(), |date| date.strftime("%-d %b").to_string())
}

/// What sold best.
pub(super) fn top(now: &OrderStatistics) -> Table {
    let row = |product: &emart_orders_api::TopProduct| {
        let cells = vec![
            Cell::text(&*product.title).note(&*product.variant_title),
            Cell::number(words::grouped(product.pieces)),
            Cell::number(product.sales.to_string()),
        ];
        Row::new("", &*product.title, cells)
    };
    Table {
        caption: "What sold best in the last 30 days".to_owned(),
        columns: vec![
            Column::new("Product"),
            Column::new("Pieces").number(),
            Column::new("Sales").number(),
        ],
        rows: now.top_products.iter().take(6).map(row).collect(),
        empty: Empty::new("Nothing was sold yet", "What sells best will be here."),
        ..Table::default()
    }
}

/// Things that happened last: orders, and what those who work here changed, as far as one may see them; the latest
/// first. `None` for those who may see neither.
pub(super) fn recent(
    orders: Option<&Page<OrderSummary>>,
    changes: Option<&Page<AuditEntry>>,
    now: Timestamp,
) -> Option<Vec<Happening>> {
    if orders.is_none() && changes.is_none() {
        return None;
    }
    let order = |order: &OrderSummary| {
        let happening = Happening {
            at: words::ago(order.placed_at, now),
            text: format!("Order {} · {}", order.number, order.total),
            note: order.email.clone(),
            tone: Tone::Good,
            href: nav::link(format!("/admin/orders/{}", order.id)),
        };
        (order.placed_at, happening)
    };
    let change = |entry: &AuditEntry| {
        let AuditEntry { at, record, actor_name, .. } = entry;
        let label = if record.label.is_empty() { &record.resource } else { &record.label };
        let happening = Happening {
            at: words::ago(*at, now),
            text: format!("{} · {label}", words::label(&record.action)),
            note: actor_name.clone().unwrap_or_else(|| record.actor.clone()),
            tone: Tone::Plain,
            href: nav::link(format!("/admin/audit?resource={}", plain(&record.resource))),
        };
        (*at, happening)
    };
    let orders = orders.iter().flat_map(|page| page.items.iter().map(order));
    let changes = changes.iter().flat_map(|page| page.items.iter().map(change));
    let mut all: Vec<(Timestamp, Happening)> = orders.chain(changes).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Some(all.into_iter().take(LATELY).map(|(_, happening)| happening).collect())
}

fn plain(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Payments that failed: who wanted to buy, why they could not, and what came of it.
pub(super) fn failed(payments: &[FailedPayment], now: Timestamp) -> Vec<Happening> {
    let one = |failed: &FailedPayment| {
        let total = failed.total.map(|total| format!(" · {total}")).unwrap_or_default();
        let (bought, tone, href) = match (&failed.order_id, failed.order_number) {
            (Some(order), Some(number)) => {
                let bought = format!(" · paid after all as order {number}");
                (bought, Tone::Good, format!("/admin/orders/{order}"))
            }
            _ => (String::new(), Tone::Bad, "/admin/orders/failed-payments".to_owned()),
        };
        Happening {
            at: words::ago(failed.failed_at, now),
            text: format!("{}{total}", failed.email),
            note: format!("{}{bought}", failed.reason),
            tone,
            href: nav::link(href),
        }
    };
    payments.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use emart_types::Currency;

    use super::*;

    #[test]
    fn more_is_good_less_is_bad_and_nothing_before_is_no_per_cent() {
        let eur = |minor| Money::new(minor, Currency::EUR);
        let said = |now, before| change(eur(now), eur(before), "May").0;
        assert_eq!(said(1500, 1000), "50 % more than in May");
        assert_eq!(said(500, 1000), "50 % less than in May");
        assert_eq!(said(1000, 1000), "as in May");
        assert_eq!(said(1000, 0), "nothing in May");
    }
}
