//! What was sent, to whom, and whether it went through.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Path, Permission};
use emart_notifications_api::{EmailId, EmailState};

use super::template::shown;
use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, refusal};
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Empty, Filters, Listing, Pager, Row, Table};
use crate::view::{Badge, Detail, Tone};
use crate::visitor::Visitor;
use crate::words;

const PATH: &str = "/admin/emails/sent";

#[derive(Template)]
#[template(path = "emails/sent.html", whitespace = "minimize")]
struct EmailPage {
    frame: Frame,
    details: Vec<Detail>,
    text: String,
    path: String,
    may_resend: bool,
}

fn state(state: EmailState) -> Badge {
    match state {
        EmailState::Queued => Badge::new(Tone::Info, "On its way"),
        EmailState::Sent => Badge::new(Tone::Good, "Sent"),
        EmailState::Failed => Badge::new(Tone::Bad, "Given up"),
    }
}

/// `GET /admin/emails/sent`
pub(super) async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let found = admin.clients.notifications.emails(&query(&asked)).await?;
    let rows = found.items.iter().map(|email| {
        Row::new(
            "",
            &*email.subject,
            vec![
                Cell::link(format!("{PATH}/{}", email.id), &*email.subject).note(&*email.to),
                Cell::badge(state(email.state)),
                Cell::quiet(words::ago(email.created_at, admin.clock.now())),
            ],
        )
    });
    let table = Table {
        caption: "E-mails".to_owned(),
        columns: vec![Column::new("E-mail"), Column::new("State"), Column::new("Written")],
        rows: rows.collect(),
        bulk: None,
        empty: Empty::new("No e-mails", "What the shop writes to people is listed here."),
    };
    let frame = admin.frame(&visitor, "E-mails").await;
    let pager = Pager::new(&asked, found.next_cursor.as_deref());
    let mut listing = Listing::new(frame, table, pager);
    listing.filters = Some(Filters::new(&asked, "To this address"));
    listing.tabs = super::tabs(PATH);
    listing.page()
}

fn query(asked: &Asked) -> String {
    let said =
        [("to", asked.some("q")), ("order", asked.some("order")), ("cursor", asked.cursor())];
    let said = said.into_iter().filter_map(|(name, value)| Some((name, value?)));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(said).finish()
}

/// `GET /admin/emails/sent/{id}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<EmailId>,
) -> Result<Response, Error> {
    let content = admin.clients.notifications.email(&id).await?.ok_or(Error::NotFound)?;
    let email = content.email;
    let mut details = vec![
        Detail::new("To", &*email.to),
        Detail::new("Written", words::date_time(email.created_at)),
        Detail::new("Tries", email.tries.to_string()),
    ];
    details.extend(email.sent_at.map(|at| Detail::new("Handed over", words::date_time(at))));
    details.extend(email.error.map(|error| Detail::new("What went wrong", error)));
    if let Some(order) = &email.order_id {
        details.push(Detail::new("Order", "See the order").to(format!("/admin/orders/{order}")));
    }
    let needed =
        if email.order_id.is_some() { Permission::OrdersWrite } else { Permission::CustomersWrite };
    let frame = admin.frame(&visitor, &*email.subject).await.back(PATH, "Sent");
    frame::html(&EmailPage {
        frame: frame.badge(state(email.state)),
        details,
        text: content.text,
        path: format!("{PATH}/{id}"),
        may_resend: visitor.may(needed),
    })
}

/// `GET /admin/emails/sent/{id}/body`: its HTML, in a frame.
pub(super) async fn body(
    State(admin): State<Admin>,
    Path(id): Path<EmailId>,
) -> Result<Response, Error> {
    let content = admin.clients.notifications.email(&id).await?.ok_or(Error::NotFound)?;
    Ok(shown(content.html))
}

/// `POST /admin/emails/sent/{id}/again`
pub(super) async fn again(
    State(admin): State<Admin>,
    Path(id): Path<EmailId>,
) -> Result<Response, Error> {
    match admin.clients.notifications.resend_email(&id).await {
        Ok(email) => Ok(admin.done(&format!("{PATH}/{}", email.id), "It is sent once more.")),
        Err(error) => Ok(admin.failed(&format!("{PATH}/{id}"), &refusal(error)?)),
    }
}
