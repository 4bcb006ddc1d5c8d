//! Parked events: what a service could not handle, why, and what is to become of it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_desk::ParkedEvent;
use emart_http::{Form, Path};
use futures_util::future::join_all;
use serde::Deserialize;

use super::tabs;
use crate::error::{Error, refusal};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::table::Empty;
use crate::view::Tab;
use crate::visitor::Visitor;
use crate::{Admin, Part, words};

const LIST: &str = "/admin/system/events";

#[derive(Template)]
#[template(path = "system/events.html", whitespace = "minimize")]
struct Events {
    frame: Frame,
    tabs: Vec<Tab>,
    /// Services that could not be asked.
    away: Vec<&'static str>,
    events: Vec<Shown>,
    empty: Empty,
}

struct Shown {
    service: &'static str,
    event: ParkedEvent,
    arrived: String,
    blocked: String,
}

/// `GET /admin/system/events`
pub(super) async fn list(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let parts = &admin.clients.parts;
    let asked = join_all(parts.iter().map(|part| part.desk.parked())).await;
    let (mut away, mut events) = (Vec::new(), Vec::new());
    let now = admin.clock.now();
    for (part, answer) in parts.iter().zip(asked) {
        match answer {
            Ok(found) => events.extend(found.into_iter().map(|event| Shown {
                service: part.name,
                arrived: words::ago(event.received_at, now),
                blocked: words::count(event.blocked.into(), "event waits", "events wait"),
                event,
            })),
            // Another program that stands in for it keeps its events in its own way.
            Err(error) if error.is("not-found") => {}
            Err(_) => away.push(part.name),
        }
    }
    events.sort_by_key(|shown| shown.event.received_at);
    let text =
        "When a service cannot handle an event, it is tried again for a while and then put here.";
    frame::html(&Events {
        frame: admin.frame(&visitor, "System").await,
        tabs: tabs(&admin, LIST),
        away,
        events,
        empty: Empty::new("No event is parked", text),
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sure {
    sure: String,
}

impl Sure {
    /// Whether the question was answered.
    pub(super) fn is_sure(&self) -> bool {
        self.sure == "yes"
    }
}

/// `POST /admin/system/events/{service}/{id}/retry`
pub(super) async fn retry(
    State(admin): State<Admin>,
    Path((service, id)): Path<(String, String)>,
) -> Result<Response, Error> {
    match part(&admin, &service)?.desk.retry_event(&id).await {
        Ok(()) => Ok(admin.done(LIST, "It is tried again, and what waits behind it.")),
        Err(error) => gone(&admin, error),
    }
}

/// `POST /admin/system/events/{service}/{id}/discard`
pub(super) async fn discard(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path((service, id)): Path<(String, String)>,
    Form(form): Form<Sure>,
) -> Result<Response, Error> {
    let part = part(&admin, &service)?;
    if !form.is_sure() {
        let frame = admin.frame(&visitor, "Give this event up?").await.back(LIST, "Parked events");
        let confirm = Confirm {
            frame,
            text: format!(
                "{service} will never handle it, and what it should have done will not happen. Events that wait behind it go on."
            ),
            items: vec![id.clone()],
            action: format!("{LIST}/{service}/{id}/discard"),
            hidden: Vec::new(),
            button: "Give it up for good".to_owned(),
            back: LIST.to_owned(),
        };
        return confirm.page();
    }
    match part.desk.discard_event(&id).await {
        Ok(()) => Ok(admin.done(LIST, "It is given up. What waited behind it goes on.")),
        Err(error) => gone(&admin, error),
    }
}

fn gone(admin: &Admin, error: emart_mesh::CallError) -> Result<Response, Error> {
    refusal(error).map(|_| admin.failed(LIST, "This event is not parked any more."))
}

fn part<'a>(admin: &'a Admin, service: &str) -> Result<&'a Part, Error> {
    admin.clients.parts.iter().find(|part| part.name == service).ok_or(Error::NotFound)
}
