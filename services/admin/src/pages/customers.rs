//! Customers: found among very many, with what the shop notes about them, handed their data, forgotten.

mod personal;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use emart_http::{Form, Path, Permission};
use emart_identity_api::{Customer, CustomerFilter, CustomerPatch, CustomerSummary, UserId};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;

use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Field, Problems};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::pages::conflict::{Conflict, Versions};
use crate::table::{Cell, Column, Empty, Filters, Listing, Pager, Row, Table};
use crate::view::{Badge, Detail, Tone};
use crate::visitor::Visitor;
use crate::words;

const HOME: &str = "/admin/customers";

#[derive(Template)]
#[template(path = "customers/customer.html", whitespace = "minimize")]
struct CustomerPage {
    frame: Frame,
    id: String,
    etag: String,
    problems: Problems,
    fields: Vec<Field>,
    details: Vec<Detail>,
    addresses: Vec<Vec<String>>,
    may_write: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Notes {
    tags: String,
    note: String,
    etag: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Sure {
    sure: String,
}

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route(HOME, get(list))
        .route("/admin/customers/{id}", get(show).post(save))
        .route("/admin/customers/{id}/export", get(export))
        .route("/admin/customers/{id}/erase", post(erase))
}

/// `GET /admin/customers`
async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let filter = CustomerFilter { q: asked.some("q"), tag: asked.some("tag") };
    let cursor = asked.cursor();
    let page = admin.clients.identity.customers(&filter, 50, cursor.as_deref()).await?;
    let row = |customer: &CustomerSummary| {
        let name = customer.name.clone().unwrap_or_else(|| customer.email.clone());
        let mut first = Cell::link(format!("{HOME}/{}", customer.id), name).note(&customer.email);
        for tag in &customer.tags {
            first = first.with(Badge::new(Tone::Info, tag));
        }
        let cells = vec![first, Cell::quiet(words::date(customer.created_at))];
        Row::new(customer.id.to_string(), &customer.email, cells)
    };
    let table = Table {
        caption: "Customers".to_owned(),
        columns: ["Customer", "Since"].map(Column::new).into(),
        rows: page.items.iter().map(row).collect(),
        empty: Empty::new("Nobody fits", "Look for the beginning of a name or an e-mail address."),
        ..Table::default()
    };
    let mut filters = Filters::new(&asked, "Name or e-mail begins with");
    if let Some(tag) = asked.some("tag") {
        let (href, label) = (asked.with("tag", ""), format!("Group: {tag}"));
        filters.chips.push(crate::view::Link { href, label });
    }
    let pager = Pager::new(&asked, page.next_cursor.as_deref());
    let frame = admin.frame(&visitor, "Customers").await;
    let mut listing = Listing::new(frame, table, pager);
    listing.filters = Some(filters);
    listing.page()
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    customer: &Customer,
    notes: &Notes,
    problems: Problems,
) -> CustomerPage {
    let title = customer.name.clone().unwrap_or_else(|| customer.email.clone());
    let mut frame = admin.frame(visitor, title).await.back(HOME, "Customers");
    for tag in &customer.tags {
        frame = frame.badge(Badge::new(Tone::Info, tag));
    }
    let seen = customer.signed_in_at.map_or_else(|| "never".to_owned(), words::date_time);
    let orders = format!("/admin/orders?{}", query("q", &customer.email));
    let lines = |saved: &emart_identity_api::SavedAddress| {
        let mut lines = saved.address.letter(&saved.address.country);
        lines.extend(saved.address.phone.clone());
        lines
    };
    CustomerPage {
        frame,
        id: customer.id.to_string(),
        etag: notes.etag.clone(),
        fields: vec![
            forms::text("tags", "Groups", 400)
                .hint("With commas between them: VIP, Trade.")
                .optional()
                .value(&notes.tags)
                .told(&problems),
            forms::area("note", "Note", 5000, 5)
                .hint("For those who work here. It is part of what customers are handed when they ask what is kept of them.")
                .optional()
                .value(&notes.note)
                .told(&problems),
        ],
        problems,
        details: vec![
            Detail::new("E-mail", &customer.email),
            Detail::new("Customer since", words::date(customer.created_at)),
            Detail::new("Last sign-in", seen),
            Detail::new("Orders", "Show them").to(orders),
        ],
        addresses: customer.addresses.iter().map(lines).collect(),
        may_write: visitor.may(Permission::CustomersWrite),
    }
}

fn query(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

fn notes(customer: &Customer) -> Notes {
    Notes {
        tags: customer.tags.join(", "),
        note: customer.note.clone().unwrap_or_default(),
        etag: format!("\"{}\"", customer.version),
    }
}

async fn customer(admin: &Admin, id: &UserId) -> Result<Customer, Error> {
    admin.clients.identity.customer(id).await?.ok_or(Error::NotFound)
}

/// `GET /admin/customers/{id}`
async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<UserId>,
) -> Result<Response, Error> {
    let customer = customer(&admin, &id).await?;
    let notes = notes(&customer);
    frame::html(&page(&admin, &visitor, &customer, &notes, Problems::default()).await)
}

/// `POST /admin/customers/{id}`
async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<UserId>,
    Form(form): Form<Notes>,
) -> Result<Response, Error> {
    let here = format!("{HOME}/{id}");
    let tags = form.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty());
    let tags = Some(tags.map(ToOwned::to_owned).collect());
    let patch = CustomerPatch { tags, note: Some(form.note.clone()) };
    let saved = admin.clients.identity.patch_customer(&id, &form.etag, &patch).await;
    let Err(error) = saved else { return Ok(admin.done(&here, "It is saved.")) };
    let customer = customer(&admin, &id).await?;
    if is_conflict(&error) {
        let theirs = notes(&customer);
        let conflict = Conflict {
            frame: admin.frame(&visitor, customer.email.clone()).await.back(&here, "Customer"),
            versions: vec![
                Versions::new("Groups", &form.tags, &theirs.tags),
                Versions::new("Note", &form.note, &theirs.note),
            ],
            action: here.clone(),
            hidden: vec![
                ("tags".to_owned(), form.tags),
                ("note".to_owned(), form.note),
                ("etag".to_owned(), theirs.etag),
            ],
            back: here,
        };
        return conflict.page();
    }
    let mut problems = form_problems(error)?;
    for problem in &mut problems.0 {
        if problem.field.starts_with("tags.") {
            "tags".clone_into(&mut problem.field);
        }
    }
    frame::again(&page(&admin, &visitor, &customer, &form, problems).await)
}

/// `GET /admin/customers/{id}/export`: all that is kept of them, as a file.
async fn export(State(admin): State<Admin>, Path(id): Path<UserId>) -> Result<Response, Error> {
    let text = serde_json::to_vec_pretty(&personal::all_of(&admin, &id).await?);
    let name = format!("attachment; filename=\"{id}.json\"");
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, text.unwrap_or_default()).into_response())
}

/// `POST /admin/customers/{id}/erase`
async fn erase(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<UserId>,
    Form(form): Form<Sure>,
) -> Result<Response, Error> {
    let here = format!("{HOME}/{id}");
    if form.sure != "yes" {
        let customer = customer(&admin, &id).await?;
        let confirm = Confirm {
            frame: admin.frame(&visitor, "Forget a customer").await.back(&here, &customer.email),
            text: "Their account, addresses, cart and e-mails are deleted for good. Their orders stay for the books, without name and address, and so do drafts for them."
                .to_owned(),
            items: vec![customer.email],
            action: format!("{here}/erase"),
            hidden: Vec::new(),
            button: "Forget them".to_owned(),
            back: here,
        };
        return confirm.page();
    }
    match admin.clients.identity.erase_customer(&id).await {
        Ok(()) => Ok(admin.done(HOME, "They are forgotten.")),
        Err(error) => Ok(admin.failed(HOME, &refusal(error)?)),
    }
}
