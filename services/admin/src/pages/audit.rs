//! The audit log: who changed what, from what to what.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use emart_identity_api::{AuditEntry, AuditFilter};
use emart_types::Timestamp;

use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::frame::{self, Frame};
use crate::table::{Filters, Pager};
use crate::view::{Difference, differences};
use crate::visitor::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "audit/audit.html", whitespace = "minimize")]
struct Audit {
    frame: Frame,
    filters: Filters,
    entries: Vec<Entry>,
    pager: Pager,
}

struct Entry {
    action: String,
    label: String,
    /// The log of this thing alone.
    resource: String,
    at: String,
    who: String,
    /// The log of this person alone.
    actor: String,
    from: String,
    changes: Vec<Difference>,
}

/// The kinds of things that are changed.
const KINDS: [(&str, &str); 16] = [
    ("order", "Orders"),
    ("payment", "Payments"),
    ("product", "Products"),
    ("category", "Categories"),
    ("stock", "Stock"),
    ("promotion", "Discounts"),
    ("shipping_method", "Shipping"),
    ("tax_rate", "Taxes"),
    ("customer", "Customers"),
    ("staff", "People"),
    ("role", "Roles"),
    ("api_key", "API keys"),
    ("two_factor", "Two-factor"),
    ("book", "Books"),
    ("event", "Parked events"),
    ("checkout", "Checkouts"),
];

pub(crate) fn routes() -> Router<Admin> {
    Router::new().route("/admin/audit", get(show))
}

/// `GET /admin/audit`
async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let after = day(&asked, "to").map(|at| at.plus(std::time::Duration::from_secs(86_400)));
    let filter = AuditFilter {
        actor: asked.some("actor"),
        action: asked.some("action"),
        resource: asked.some("resource"),
        from: day(&asked, "from"),
        to: after,
    };
    let cursor = asked.cursor();
    let page = admin.clients.identity.audit(&filter, 30, cursor.as_deref()).await?;
    let mut filters = Filters::new(&asked, "").select(&asked, "action", "What", &KINDS);
    filters = filters.date(&asked, "from", "From").date(&asked, "to", "To");
    for (name, label) in [("actor", "By"), ("resource", "Of")] {
        if let Some(value) = asked.some(name) {
            let known = page.items.first().and_then(|entry| called(entry, name));
            let href = asked.with(name, "");
            let label = format!("{label} {}", known.unwrap_or(value));
            filters.chips.push(crate::view::Link { href, label });
        }
    }
    let pager = Pager::new(&asked, page.next_cursor.as_deref());
    let entries = page.items.iter().map(|entry| shown(entry, &asked)).collect();
    let frame = admin.frame(&visitor, "Audit log").await;
    let frame = frame.note("Every change somebody made. Nothing here can be changed or deleted.");
    frame::html(&Audit { frame, filters, entries, pager })
}

fn called(entry: &AuditEntry, name: &str) -> Option<String> {
    let text =
        if name == "actor" { entry.actor_name.clone() } else { Some(entry.record.label.clone()) };
    text.filter(|text| !text.is_empty())
}

fn shown(entry: &AuditEntry, asked: &Asked) -> Entry {
    let record = &entry.record;
    let label = if record.label.is_empty() { &record.resource } else { &record.label };
    Entry {
        action: words::label(&record.action),
        label: label.clone(),
        resource: asked.with("resource", &record.resource),
        at: words::date_time(entry.at),
        who: entry.actor_name.clone().unwrap_or_else(|| record.actor.clone()),
        actor: asked.with("actor", &record.actor),
        from: record.client.clone().unwrap_or_default(),
        changes: differences(&record.before, &record.after),
    }
}

/// The beginning of a day that was asked for, as `2026-11-30`.
fn day(asked: &Asked, name: &str) -> Option<Timestamp> {
    let day = asked.some(name)?;
    format!("{day}T00:00:00Z").parse().ok()
}
