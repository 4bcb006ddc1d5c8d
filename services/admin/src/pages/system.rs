//! How the services are: ready or not, which version, how far behind; and the ways to what went wrong.

mod backups;
mod events;
mod sagas;

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_desk::{EventsState, ServiceState};
use emart_mesh::CallError;
use futures_util::future::join_all;

use crate::error::Error;
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Row, Table};
use crate::view::{Badge, Figure, Tab, Tone};
use crate::visitor::Visitor;
use crate::{Admin, Part, words};

/// A service that does not say within this time how it is, is away.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "system/services.html", whitespace = "minimize")]
struct Services {
    frame: Frame,
    tabs: Vec<Tab>,
    figures: Vec<Figure>,
    services: Table,
    copies: Table,
}

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/system", get(show))
        .route("/admin/system/events", get(events::list))
        .route("/admin/system/events/{service}/{id}/retry", post(events::retry))
        .route("/admin/system/events/{service}/{id}/discard", post(events::discard))
        .route("/admin/system/sagas", get(sagas::list))
        .route("/admin/system/sagas/{id}/retry", post(sagas::retry))
        .route("/admin/system/backups", get(backups::list).post(backups::make))
}

/// The pages of this area.
fn tabs(admin: &Admin, here: &str) -> Vec<Tab> {
    let mut tabs = vec![
        ("/admin/system", "Services"),
        ("/admin/system/events", "Parked events"),
        ("/admin/system/sagas", "Sagas"),
    ];
    if admin.clients.backups.is_some() {
        tabs.push(("/admin/system/backups", "Backups"));
    }
    tabs.into_iter().map(|(href, label)| Tab::new(href, label, href == here)).collect()
}

/// What a service says of itself.
enum Said {
    State(ServiceState),
    /// It answers, but has no desk: another program stands in for it.
    Nothing,
    Away,
}

/// `GET /admin/system`
async fn show(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let parts = &admin.clients.parts;
    let said = join_all(parts.iter().map(ask)).await;
    let services = || parts.iter().zip(&said);
    frame::html(&Services {
        frame: admin.frame(&visitor, "System").await,
        tabs: tabs(&admin, "/admin/system"),
        figures: figures(&admin, &said),
        services: table(
            "Services",
            &["Service", "State", "Version", "Running since", "Copies", "Events"],
            services().map(|(part, said)| row(&admin, part, said)).collect(),
        ),
        copies: table(
            "Copies in other processes",
            &["Service", "Address", "State", "Version"],
            parts.iter().flat_map(copies).collect(),
        ),
    })
}

async fn ask(part: &Part) -> Said {
    match tokio::time::timeout(PATIENCE, part.desk.state()).await {
        Ok(Ok(state)) => Said::State(state),
        Ok(Err(CallError::Problem(problem))) if problem.status == 404 => Said::Nothing,
        Ok(Err(_)) | Err(_) => Said::Away,
    }
}

fn table(caption: &str, columns: &[&str], rows: Vec<Row>) -> Table {
    let columns = columns.iter().map(|label| Column::new(label)).collect();
    Table { caption: caption.to_owned(), columns, rows, ..Table::default() }
}

fn figures(admin: &Admin, said: &[Said]) -> Vec<Figure> {
    let well = said.iter().filter(|said| is_well(said)).count();
    let states = || said.iter().filter_map(events_of);
    let parked: u32 = states().map(|events| events.parked).sum();
    let held: u32 = states().map(|events| events.held).sum();
    let late = states().filter_map(|events| events.untold_since).min();
    let now = admin.clock.now();
    let tone = |bad: bool, tone: Tone| if bad { tone } else { Tone::Good };
    vec![
        Figure {
            label: "Services at work".to_owned(),
            value: format!("{well} of {}", said.len()),
            note: if well == said.len() { "All of them" } else { "Look at the list below" }
                .to_owned(),
            tone: tone(well < said.len(), Tone::Bad),
            href: String::new(),
        },
        Figure {
            label: "Parked events".to_owned(),
            value: words::grouped(parked.into()),
            note: if parked == 0 { "Nothing waits for you" } else { "Given up until you look" }
                .to_owned(),
            tone: tone(parked > 0, Tone::Bad),
            href: "/admin/system/events".to_owned(),
        },
        Figure {
            label: "Events tried again".to_owned(),
            value: words::grouped(held.into()),
            note: "They go on by themselves".to_owned(),
            tone: Tone::Plain,
            href: String::new(),
        },
        Figure {
            label: "Oldest event on its way".to_owned(),
            value: late.map_or_else(|| "none".to_owned(), |at| words::ago(at, now)),
            note: if late.is_none() { "Everybody knows everything" } else { "Somebody is behind" }
                .to_owned(),
            tone: tone(late.is_some(), Tone::Warn),
            href: String::new(),
        },
    ]
}

fn is_well(said: &Said) -> bool {
    match said {
        Said::State(state) => state.trouble.is_none(),
        Said::Nothing => true,
        Said::Away => false,
    }
}

fn events_of(said: &Said) -> Option<&EventsState> {
    match said {
        Said::State(state) => state.events.as_ref(),
        Said::Nothing | Said::Away => None,
    }
}

fn row(admin: &Admin, part: &Part, said: &Said) -> Row {
    let copies = part.copies.as_ref().map_or(1, |copies| copies.look().len());
    let (state, version, since) = match said {
        Said::State(state) => (
            standing(state),
            Cell::text(&*state.version),
            Cell::text(words::date_time(state.started_at)),
        ),
        Said::Nothing => {
            let badge = Badge::new(Tone::Plain, "Answers");
            (
                Cell::badge(badge).note("Another program stands in for it"),
                Cell::quiet("–"),
                Cell::quiet("–"),
            )
        }
        Said::Away => {
            (Cell::badge(Badge::new(Tone::Bad, "Away")), Cell::quiet("–"), Cell::quiet("–"))
        }
    };
    let events = events_of(said).map_or_else(|| Cell::quiet("–"), |events| lag(admin, events));
    let cells = vec![
        Cell::text(part.name),
        state,
        version,
        since,
        Cell::text(words::grouped(i64::try_from(copies).unwrap_or(i64::MAX))),
        events,
    ];
    Row::new("", part.name, cells)
}

fn standing(state: &ServiceState) -> Cell {
    match &state.trouble {
        None => Cell::badge(Badge::new(Tone::Good, "Ready")),
        Some(trouble) => {
            Cell::badge(Badge::new(Tone::Bad, "Not ready")).note(crate::error::sentence(trouble))
        }
    }
}

fn lag(admin: &Admin, events: &EventsState) -> Cell {
    let mut cell = match events.untold_since {
        None => Cell::text("Up to date"),
        Some(since) => {
            let count = words::count(events.untold.into(), "event", "events");
            Cell::text(format!("{count} behind")).note(words::ago(since, admin.clock.now()))
        }
    };
    if events.held > 0 {
        cell = cell.with(Badge::new(Tone::Warn, format!("{} tried again", events.held)));
    }
    if events.parked > 0 {
        cell = cell.with(Badge::new(Tone::Bad, format!("{} parked", events.parked)));
    }
    cell
}

fn copies(part: &Part) -> Vec<Row> {
    let Some(copies) = &part.copies else { return Vec::new() };
    let row = |copy: emart_mesh::CopyState| {
        let badge = if copy.ready {
            Badge::new(Tone::Good, "Ready")
        } else {
            Badge::new(Tone::Bad, "Not ready")
        };
        let version = copy.version.map_or_else(|| Cell::quiet("–"), Cell::text);
        let cells =
            vec![Cell::text(part.name), Cell::text(&*copy.addr), Cell::badge(badge), version];
        Row::new("", copy.addr, cells)
    };
    copies.look().into_iter().map(row).collect()
}
