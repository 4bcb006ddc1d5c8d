//! E-mails: their templates, and what was sent.

mod sent;
mod template;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};

use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::table::{Cell, Column, Listing, Pager, Row, Table};
use crate::view::{Badge, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/emails", get(list))
        .route("/admin/emails/sent", get(sent::list))
        .route("/admin/emails/sent/{id}", get(sent::show))
        .route("/admin/emails/sent/{id}/body", get(sent::body))
        .route("/admin/emails/sent/{id}/again", post(sent::again))
        .route("/admin/emails/templates/{kind}", get(template::show).post(template::save))
        .route("/admin/emails/templates/{kind}/preview", post(template::preview))
        .route("/admin/emails/templates/{kind}/test", post(template::test))
        .route("/admin/emails/templates/{kind}/reset", post(template::reset))
}

/// What an e-mail's HTML may do in its frame: nothing but be looked at.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https:; \
    frame-ancestors 'self'; sandbox";

fn tabs(here: &str) -> Vec<Tab> {
    [("/admin/emails", "Templates"), ("/admin/emails/sent", "Sent")]
        .map(|(href, label)| Tab::new(href, label, href == here))
        .into()
}

/// `GET /admin/emails`
async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let found = admin.clients.notifications.email_templates().await?;
    let rows = found.items.iter().map(|template| {
        let href = format!("/admin/emails/templates/{}", template.kind);
        let state = if template.changed {
            Badge::new(Tone::Info, "Yours")
        } else {
            Badge::new(Tone::Plain, "Default")
        };
        let changed = template.updated_at.map(|at| words::ago(at, admin.clock.now()));
        Row::new(
            "",
            &*template.title,
            vec![
                Cell::link(href, &*template.title).note(&*template.when),
                Cell::badge(state),
                Cell::quiet(changed.unwrap_or_default()),
            ],
        )
    });
    let table = Table {
        caption: "Templates of e-mails".to_owned(),
        columns: vec![Column::new("E-mail"), Column::new("Text"), Column::new("Changed")],
        rows: rows.collect(),
        ..Table::default()
    };
    let frame = admin.frame(&visitor, "E-mails").await;
    let pager = Pager::new(&asked, found.next_cursor.as_deref());
    let mut listing = Listing::new(frame, table, pager);
    listing.tabs = tabs("/admin/emails");
    listing.page()
}
