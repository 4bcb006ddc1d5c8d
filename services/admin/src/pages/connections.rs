//! Connections: webhooks, the mail server, how payments are taken.

mod deliveries;
mod mail;
mod webhook;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_notifications_api::Webhook;

use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Empty, Listing, Pager, Row, Table};
use crate::view::{Badge, Detail, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/connections", get(list))
        .route("/admin/connections/webhooks/new", get(webhook::blank).post(webhook::add))
        .route("/admin/connections/webhooks/{id}", get(webhook::show).post(webhook::save))
        .route("/admin/connections/webhooks/{id}/test", post(webhook::test))
        .route("/admin/connections/webhooks/{id}/secret", post(webhook::secret))
        .route("/admin/connections/webhooks/{id}/delete", post(webhook::delete))
        .route("/admin/connections/webhooks/{id}/deliveries/{delivery}", get(deliveries::show))
        .route(
            "/admin/connections/webhooks/{id}/deliveries/{delivery}/replay",
            post(deliveries::replay),
        )
        .route("/admin/connections/mail", get(mail::show).post(mail::save))
        .route("/admin/connections/mail/test", post(mail::test))
        .route("/admin/connections/mail/reset", post(mail::reset))
        .route("/admin/connections/payments", get(payments))
}

fn tabs(here: &str) -> Vec<Tab> {
    [
        ("/admin/connections", "Webhooks"),
        ("/admin/connections/mail", "Mail server"),
        ("/admin/connections/payments", "Payments"),
    ]
    .map(|(href, label)| Tab::new(href, label, href == here))
    .into()
}

fn state(webhook: &Webhook) -> Badge {
    match (webhook.enabled, webhook.failing_since) {
        (false, _) if webhook.off_because.is_some() => Badge::new(Tone::Bad, "Turned off"),
        (false, _) => Badge::new(Tone::Plain, "Off"),
        (true, Some(_)) => Badge::new(Tone::Warn, "Failing"),
        (true, None) => Badge::new(Tone::Good, "On"),
    }
}

/// `GET /admin/connections`
async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let query = asked.cursor().map(|cursor| format!("cursor={cursor}")).unwrap_or_default();
    let found = admin.clients.notifications.webhooks(&query).await?;
    let rows = found.items.iter().map(|webhook| {
        let name = if webhook.description.is_empty() { &webhook.url } else { &webhook.description };
        let href = format!("/admin/connections/webhooks/{}", webhook.id);
        let events: Vec<&str> = webhook.events.iter().map(|event| event.as_str()).collect();
        Row::new(
            "",
            &**name,
            vec![
                Cell::link(href, &**name).note(&*webhook.url),
                Cell::badge(state(webhook)),
                Cell::quiet(events.join(", ")),
            ],
        )
    });
    let empty = Empty::new(
        "No webhooks yet",
        "Tell another system, such as a warehouse or the accounts, of what happens here.",
    );
    let table = Table {
        caption: "Webhooks".to_owned(),
        columns: vec![Column::new("Webhook"), Column::new("State"), Column::new("Told of")],
        rows: rows.collect(),
        bulk: None,
        empty: empty.action("/admin/connections/webhooks/new", "Add a webhook"),
    };
    let frame = admin.frame(&visitor, "Connections").await;
    let pager = Pager::new(&asked, found.next_cursor.as_deref());
    let mut listing = Listing::new(frame, table, pager)
        .action("/admin/connections/webhooks/new", "Add a webhook");
    listing.tabs = tabs("/admin/connections");
    listing.page()
}

#[derive(Template)]
#[template(path = "connections/payments.html", whitespace = "minimize")]
struct Payments {
    frame: Frame,
    tabs: Vec<Tab>,
    details: Vec<Detail>,
}

/// `GET /admin/connections/payments`: as the machine's settings say; nothing to change here.
async fn payments(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let details = vec![
        Detail::new("Provider", "Test provider: no money moves"),
        Detail::new("Currency", admin.config.currency.code()),
        Detail::new(
            "Waits for the provider",
            format!("{} ms", words::grouped(admin.config.payment_timeout_ms.into())),
        ),
    ];
    let frame = admin.frame(&visitor, "Payments").await;
    let tabs = tabs("/admin/connections/payments");
    frame::html(&Payments { frame, tabs, details })
}
