//! Payments that failed in the last days: who wanted what, why it failed, and what came of it.

use axum::extract::State;
use axum::response::Response;
use emart_orders_api::{FailedPayment, UnsoldLine};

use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::table::{Cell, Column, Empty, Listing, Pager, Row, Table};
use crate::view::{Badge, Tone};
use crate::visitor::Visitor;
use crate::{nav, words};

/// `GET /admin/orders/failed-payments`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let query = asked.query(&[("limit", "30")], &["cursor"]);
    let page = admin.clients.orders.failed_payments(&query).await?;
    let text = "When a payment does not work, nothing is charged, and it is here for a week.";
    let table = Table {
        caption: "Payments that failed in the last 7 days".to_owned(),
        columns: ["When", "Who", "What", "Why", "Since then"].map(Column::new).into(),
        rows: page.items.iter().map(row).collect(),
        empty: Empty::new("No payment failed in the last 7 days", text),
        ..Table::default()
    };
    let frame = admin.frame(&visitor, "Failed payments").await.back("/admin/orders", "Orders");
    let pager = Pager::new(&asked, page.next_cursor.as_deref());
    Listing::new(frame, table, pager).page()
}

fn row(failed: &FailedPayment) -> Row {
    let lines: Vec<String> = failed.lines.iter().map(line).collect();
    let total = failed.total.map(|total| total.to_string()).unwrap_or_default();
    let cells = vec![
        Cell::text(words::date_time(failed.failed_at)).note(failed.checkout_id.to_string()),
        Cell::link(orders_of(&failed.email), &*failed.email),
        Cell::text(total).note(lines.join(", ")),
        Cell::text(words::label(&failed.code.replace('-', " "))).note(&*failed.reason),
        since_then(failed),
    ];
    Row::new("", &*failed.email, cells)
}

fn line(line: &UnsoldLine) -> String {
    let variant = Some(&line.variant_title).filter(|title| !title.is_empty());
    let variant = variant.map(|title| format!(" ({title})")).unwrap_or_default();
    format!("{} × {}{variant}", line.quantity, line.title)
}

fn since_then(failed: &FailedPayment) -> Cell {
    match (&failed.order_id, &failed.draft_id) {
        (Some(order), _) => {
            let number = failed.order_number.unwrap_or_default();
            Cell::link(format!("/admin/orders/{order}"), format!("Order {number}"))
                .with(Badge::new(Tone::Good, "Paid after all"))
        }
        (None, Some(draft)) => Cell::link(nav::link(format!("/admin/drafts/{draft}")), "The draft")
            .with(Badge::new(Tone::Warn, "Not paid")),
        (None, None) => Cell::badge(Badge::new(Tone::Warn, "Not bought")),
    }
}

/// Everything the same person ordered.
fn orders_of(email: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!("/admin/orders?{}", query.append_pair("q", email).finish())
}
