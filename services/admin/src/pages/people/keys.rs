//! The keys of programs.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path};
use emart_identity_api::{ApiKey, ApiKeyId, NewApiKey};
use serde::Deserialize;

use super::invite::FormPage;
use super::tabs;
use super::words::{choices, ticked};
use crate::Admin;
use crate::error::{Error, form_problems, refusal};
use crate::forms::{self, Choice, Problems};
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Empty, Row, Table};
use crate::view::{Badge, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

const KEYS: &str = "/admin/people/keys";

#[derive(Template)]
#[template(path = "people/keys.html", whitespace = "minimize")]
struct Keys {
    frame: Frame,
    tabs: Vec<Tab>,
    table: Table,
    /// Those that can be ended.
    alive: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "people/key_made.html", whitespace = "minimize")]
struct Made {
    frame: Frame,
    token: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct KeyForm {
    name: String,
    permissions: Vec<String>,
    days: String,
}

/// `GET /admin/people/keys`
pub(crate) async fn list(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let keys = admin.clients.identity.api_keys().await?.items;
    let now = admin.clock.now();
    let over = |key: &ApiKey| {
        key.revoked_at.is_some() || key.expires_at.is_some_and(|expires_at| expires_at <= now)
    };
    let row = |key: &ApiKey| {
        let badge = if over(key) {
            Badge::new(Tone::Plain, "Ended")
        } else {
            Badge::new(Tone::Good, "Works")
        };
        let may: Vec<&str> = key.permissions.iter().map(|one| one.as_str()).collect();
        let cells = vec![
            Cell::text(&key.name).with(badge).note(format!("Made by {}", key.created_by_email)),
            Cell::text(may.join(", ")),
            Cell::quiet(key.used_at.map_or_else(|| "never".to_owned(), |at| words::ago(at, now))),
            Cell::quiet(key.expires_at.map_or_else(|| "never".to_owned(), words::date)),
        ];
        Row::new(key.id.to_string(), &key.name, cells)
    };
    let nothing = "A key lets a program of yours call the API, for what you choose and no more.";
    let table = Table {
        caption: "API keys".to_owned(),
        columns: ["Key", "May", "Last used", "Ends"].map(Column::new).into(),
        rows: keys.iter().map(row).collect(),
        empty: Empty::new("No keys yet", nothing),
        ..Table::default()
    };
    let alive = keys.iter().filter(|key| !over(key));
    let alive = alive.map(|key| (key.id.to_string(), key.name.clone())).collect();
    let frame = admin.frame(&visitor, "People").await;
    frame::html(&Keys { frame, tabs: tabs(KEYS), table, alive })
}

async fn page(admin: &Admin, visitor: &Visitor, form: &KeyForm, problems: Problems) -> FormPage {
    let frame = admin.frame(visitor, "New API key").await.back(KEYS, "API keys");
    let lives =
        [("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until it is ended")];
    let lives = lives.map(|(value, label)| Choice::new(value, label, value == form.days));
    let boxes = choices(visitor, ticked(&form.permissions));
    FormPage {
        frame,
        hidden: Vec::new(),
        fields: vec![
            forms::text("name", "Name", 60)
                .hint("What will use it: “Warehouse scanner”.")
                .value(&form.name)
                .told(&problems),
            forms::checks("permissions", "It may", boxes).told(&problems),
            forms::select("days", "It works for", lives.into()).told(&problems),
        ],
        problems,
        button: "Make the key",
        back: KEYS,
        delete: String::new(),
        delete_note: String::new(),
    }
}

/// `GET /admin/people/keys/new`
pub(crate) async fn form(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let form = KeyForm { days: "90".to_owned(), ..KeyForm::default() };
    frame::html(&page(&admin, &visitor, &form, Problems::default()).await)
}

/// `POST /admin/people/keys/new`: the answer is the only page that ever shows the key.
pub(crate) async fn create(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<KeyForm>,
) -> Result<Response, Error> {
    let (name, days) = (form.name.clone(), form.days.parse().ok());
    let new = NewApiKey { name, permissions: ticked(&form.permissions), days };
    match admin.clients.identity.create_api_key(&new).await {
        Ok(made) => {
            let frame = admin.frame(&visitor, made.key.name).await.back(KEYS, "API keys");
            frame::html(&Made { frame, token: made.token })
        }
        Err(error) => {
            let problems = form_problems(error)?;
            frame::again(&page(&admin, &visitor, &form, problems).await)
        }
    }
}

/// `POST /admin/people/keys/{id}/revoke`
pub(crate) async fn revoke(
    State(admin): State<Admin>,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, Error> {
    match admin.clients.identity.revoke_api_key(&id).await {
        Ok(()) => Ok(admin.done(KEYS, "The key has ended.")),
        Err(error) => Ok(admin.failed(KEYS, &refusal(error)?)),
    }
}
