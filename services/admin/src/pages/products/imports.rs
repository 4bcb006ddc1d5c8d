//! Products from a file, previewed before they are taken; and all of them as one.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use emart_catalog_api::{ImportAction, ImportReport, ImportRun, ImportRunId, ImportState};
use emart_http::{Path, Permission};

use super::tabs;
use crate::Admin;
use crate::error::{Error, form_problems, refusal, sentence};
use crate::forms::{FormProblem, Problems};
use crate::frame::{self, Frame};
use crate::uploads::upload;
use crate::view::{Badge, Figure, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

const HERE: &str = "/admin/products/import";
/// Messages that a page shows.
const MOST_ROWS: usize = 300;

#[derive(Template)]
#[template(path = "products/import.html", whitespace = "minimize")]
struct ImportPage {
    frame: Frame,
    tabs: Vec<Tab>,
    problems: Problems,
    may_write: bool,
}

#[derive(Template)]
#[template(path = "products/import_run.html", whitespace = "minimize")]
struct RunPage {
    frame: Frame,
    tabs: Vec<Tab>,
    id: String,
    running: bool,
    done: u64,
    rows: u64,
    said: String,
    failed: String,
    preview: bool,
    report: Option<Report>,
}

struct Report {
    figures: Vec<Figure>,
    messages: Vec<Message>,
    more: u64,
    changes: bool,
}

struct Message {
    line: u64,
    handle: String,
    badge: Badge,
    text: String,
}

/// `GET /admin/products/import`
pub(super) async fn show(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    page(&admin, &visitor, Problems::default()).await
}

async fn page(admin: &Admin, visitor: &Visitor, problems: Problems) -> Result<Response, Error> {
    let wrong = !problems.is_empty();
    let page = ImportPage {
        frame: admin.frame(visitor, "Import & export").await,
        tabs: tabs(HERE),
        problems,
        may_write: visitor.may(Permission::ProductsWrite),
    };
    if wrong { frame::again(&page) } else { frame::html(&page) }
}

/// `POST /admin/products/import`: begins a preview.
pub(super) async fn send(
    State(admin): State<Admin>,
    visitor: Visitor,
    form: Multipart,
) -> Result<Response, Error> {
    let upload = upload(form).await?;
    if upload.file.is_empty() {
        let problem = FormProblem::whole("Choose a file that is not empty.");
        return page(&admin, &visitor, Problems(vec![problem])).await;
    }
    match admin.clients.catalog.start_import(upload.file, &upload.file_name, true).await {
        Ok(run) => Ok(Redirect::to(&format!("{HERE}/{}", run.id)).into_response()),
        Err(error) => page(&admin, &visitor, form_problems(error)?).await,
    }
}

/// `GET /admin/products/import/{id}`: how far it is, and what came of it.
pub(super) async fn watch(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<ImportRunId>,
) -> Result<Response, Error> {
    let run = admin.clients.catalog.import_run(&id).await?.ok_or(Error::NotFound)?;
    let title = match (run.state, run.dry_run) {
        (ImportState::Running, true) => "Reading the file",
        (ImportState::Running, false) => "Importing",
        (ImportState::Failed, _) => "It could not be imported",
        (ImportState::Done, true) => "What the file would do",
        (ImportState::Done, false) => "What the file did",
    };
    let frame = admin.frame(&visitor, title).await.back(HERE, "Import & export").script("progress");
    let running = run.state == ImportState::Running;
    let page = RunPage {
        frame: frame.note(run.file_name.clone()),
        tabs: tabs(HERE),
        id: run.id.to_string(),
        running,
        done: run.done,
        rows: run.rows.max(1),
        said: said(&run),
        failed: run
            .problem
            .as_ref()
            .map(|p| sentence(p.detail.as_deref().unwrap_or(&p.title)))
            .unwrap_or_default(),
        preview: run.dry_run,
        report: run.report.as_ref().map(report),
    };
    let mut response = frame::html(&page)?;
    if running {
        // Without scripts the page looks again by itself.
        let again = (HeaderName::from_static("refresh"), HeaderValue::from_static("2"));
        response.headers_mut().insert(again.0, again.1);
    }
    Ok(response)
}

fn said(run: &ImportRun) -> String {
    let count = |n: u64| words::grouped(i64::try_from(n).unwrap_or(i64::MAX));
    match run.rows {
        0 => "About to begin…".to_owned(),
        rows => format!("{} of {} rows", count(run.done), count(rows)),
    }
}

fn report(report: &ImportReport) -> Report {
    let figure = |label: &str, count: u64, tone| Figure {
        label: label.to_owned(),
        value: words::grouped(i64::try_from(count).unwrap_or(i64::MAX)),
        note: String::new(),
        tone,
        href: String::new(),
    };
    let message = |row: &emart_catalog_api::ImportRow| Message {
        line: row.line,
        handle: row.handle.clone(),
        badge: match row.action {
            ImportAction::Skipped => Badge::new(Tone::Bad, "Left out"),
            _ => Badge::new(Tone::Warn, "Look at it"),
        },
        text: sentence(&row.message),
    };
    let hidden = report.messages.len().saturating_sub(MOST_ROWS);
    Report {
        figures: vec![
            figure("New", report.created, Tone::Good),
            figure("Changed", report.updated, Tone::Info),
            figure("As they were", report.unchanged, Tone::Plain),
            figure("Left out", report.skipped, Tone::Bad),
        ],
        messages: report.messages.iter().take(MOST_ROWS).map(message).collect(),
        more: report.more_messages + u64::try_from(hidden).unwrap_or(0),
        changes: report.created + report.updated > 0,
    }
}

/// `POST /admin/products/import/{id}/apply`
pub(super) async fn apply(
    State(admin): State<Admin>,
    Path(id): Path<ImportRunId>,
) -> Result<Response, Error> {
    let here = format!("{HERE}/{id}");
    match admin.clients.catalog.apply_import(&id).await {
        Ok(_) => Ok(Redirect::to(&here).into_response()),
        Err(error) => Ok(admin.failed(HERE, &refusal(error)?)),
    }
}

/// `GET /admin/products/export.csv`
pub(super) async fn export(State(admin): State<Admin>) -> Result<Response, Error> {
    let csv = admin.clients.catalog.export_products().await?;
    let head = [
        ("content-type", "text/csv; charset=utf-8"),
        ("content-disposition", "attachment; filename=\"products.csv\""),
        ("cache-control", "private, no-store"),
    ];
    Ok((head, csv).into_response())
}
