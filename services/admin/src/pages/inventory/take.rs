//! Stock-takes: a file of counts, what it would change, and changing it.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::Response;
use bytes::Bytes;
use emart_inventory_api::{Counted, StockTake, TakenRow};
use emart_types::new_id_text;

use super::tabs;
use crate::Admin;
use crate::error::{Error, form_problems, refusal};
use crate::forms::{FormProblem, Problems};
use crate::frame::{self, Frame};
use crate::sent::Sent;
use crate::uploads::{Upload, upload};
use crate::view::{Figure, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

const HERE: &str = "/admin/inventory/stock-take";
/// Rows that a page shows.
const MOST_ROWS: usize = 300;

#[derive(Template)]
#[template(path = "inventory/take.html", whitespace = "minimize")]
struct TakePage {
    frame: Frame,
    tabs: Vec<Tab>,
    problems: Problems,
    /// What was sent, once something was.
    taken: Option<Taken>,
}

struct Taken {
    figures: Vec<Figure>,
    rows: Vec<TakeRow>,
    /// Rows that are not shown.
    more: usize,
    changes: bool,
    /// The file, to be sent again when it is applied.
    csv: String,
    reference: String,
    key: String,
}

struct TakeRow {
    line: u64,
    sku: String,
    title: String,
    before: String,
    counted: String,
    difference: String,
    refused: String,
}

/// `GET /admin/inventory/stock-take`
pub(super) async fn show(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    page(&admin, &visitor, Problems::default(), None).await
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    problems: Problems,
    taken: Option<Taken>,
) -> Result<Response, Error> {
    let frame = admin.frame(visitor, "Stock-take").await.back("/admin/inventory", "Inventory");
    let wrong = !problems.is_empty();
    let page = TakePage { frame, tabs: tabs(HERE), problems, taken };
    if wrong { frame::again(&page) } else { frame::html(&page) }
}

/// `POST /admin/inventory/stock-take`: what the file would change.
pub(super) async fn preview(
    State(admin): State<Admin>,
    visitor: Visitor,
    form: Multipart,
) -> Result<Response, Error> {
    let Upload { fields, file, .. } = upload(form).await?;
    let typed = fields.get("csv").to_owned();
    let csv = if file.is_empty() { Bytes::from(typed) } else { file };
    let reference = fields.get("reference").to_owned();
    if csv.is_empty() {
        let problem = FormProblem::whole("Choose a file, or type the counts.");
        return page(&admin, &visitor, Problems(vec![problem]), None).await;
    }
    match admin.clients.inventory.take_stock(csv.clone(), &reference, true, "preview").await {
        Ok(report) => {
            let csv = String::from_utf8_lossy(&csv).into_owned();
            let taken = shown(&report, csv, reference);
            page(&admin, &visitor, Problems::default(), Some(taken)).await
        }
        Err(error) => page(&admin, &visitor, form_problems(error)?, None).await,
    }
}

/// `POST /admin/inventory/stock-take/apply`
pub(super) async fn apply(State(admin): State<Admin>, sent: Sent) -> Result<Response, Error> {
    // A form's lines end with two characters; the file's need not have.
    let csv = Bytes::from(sent.get("csv").to_owned());
    let key = sent.some("key").unwrap_or_else(|| new_id_text("key"));
    let taken = admin.clients.inventory.take_stock(csv, sent.get("reference"), false, &key).await;
    match taken {
        Ok(report) => {
            let changed = i64::try_from(report.changed).unwrap_or(i64::MAX);
            let text = format!("{} corrected.", words::count(changed, "count was", "counts were"));
            Ok(admin.done("/admin/inventory/movements?kind=adjusted", &text))
        }
        Err(error) => Ok(admin.failed(HERE, &refusal(error)?)),
    }
}

fn shown(report: &StockTake, csv: String, reference: String) -> Taken {
    let figure = |label: &str, count: u64, tone| Figure {
        label: label.to_owned(),
        value: words::grouped(i64::try_from(count).unwrap_or(i64::MAX)),
        note: String::new(),
        tone,
        href: String::new(),
    };
    Taken {
        figures: vec![
            figure("Counts that change", report.changed, Tone::Info),
            figure("As the books have it", report.same, Tone::Good),
            figure("Cannot be taken", report.refused, Tone::Warn),
        ],
        rows: report.items.iter().take(MOST_ROWS).map(row).collect(),
        more: report.items.len().saturating_sub(MOST_ROWS),
        changes: report.changed > 0,
        csv,
        reference,
        key: new_id_text("key"),
    }
}

fn row(row: &TakenRow) -> TakeRow {
    let number = |pieces: Option<i64>| pieces.map(words::grouped).unwrap_or_default();
    let difference = match (row.outcome, row.before, row.counted) {
        (Counted::Changed, Some(before), Some(counted)) => {
            let sign = if counted > before { "+" } else { "" };
            format!("{sign}{}", words::grouped(counted - before))
        }
        _ => String::new(),
    };
    TakeRow {
        line: row.line,
        sku: row.sku.clone(),
        title: row.title.clone().unwrap_or_default(),
        before: number(row.before),
        counted: number(row.counted),
        difference,
        refused: row.message.clone(),
    }
}
