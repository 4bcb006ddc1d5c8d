//! Drafts: orders that staff put together for somebody, who pays by a link, or another way.

mod draft;
mod page;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_http::{Form, Permission};
use emart_orders_api::{Draft, DraftId, DraftState, PutDraft};

use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, refusal};
use crate::pages::confirm::Confirm;
use crate::table::{Cell, Column, Empty, Listing, Pager, Row, Table};
use crate::view::{Badge, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

const PATH: &str = "/admin/drafts";

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/drafts", get(list))
        .route("/admin/drafts/new", get(ask).post(create))
        .route("/admin/drafts/{id}", get(draft::show).post(draft::save))
        .route("/admin/drafts/{id}/lines", post(draft::add))
        .route("/admin/drafts/{id}/paid", post(draft::paid))
        .route("/admin/drafts/{id}/delete", post(draft::delete))
}

/// `GET /admin/drafts`
async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let completed = asked.get("state") == "completed";
    let page = admin.clients.orders.drafts(&query(completed, asked.cursor())).await?;
    let table = Table {
        caption: "Drafts".to_owned(),
        columns: ["Draft", "For", "Pieces", "Changed"].map(Column::new).into(),
        rows: page.items.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new(
            "No drafts",
            "Put an order together for somebody who called or wrote, and send them a link to pay it.",
        ),
    };
    let frame = admin.frame(&visitor, "Drafts").await;
    let pager = Pager::new(&asked, page.next_cursor.as_deref());
    let mut listing = Listing::new(frame, table, pager);
    listing.tabs = vec![
        Tab::new(PATH, "Open", !completed),
        Tab::new("/admin/drafts?state=completed", "Paid", completed),
    ];
    if visitor.may(Permission::OrdersWrite) {
        listing = listing.action("/admin/drafts/new", "New draft");
    }
    listing.page()
}

fn query(completed: bool, cursor: Option<String>) -> String {
    let state = if completed { "completed" } else { "open" };
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("limit", "50")
        .append_pair("state", state)
        .extend_pairs(cursor.map(|cursor| ("cursor", cursor)))
        .finish()
}

fn row(draft: &Draft) -> Row {
    let id = draft.id.as_str();
    let short = id.get(id.len().saturating_sub(6)..).unwrap_or(id);
    let name = draft.body.shipping_address.as_ref().map(|address| address.name.clone());
    let pieces: u32 = draft.body.lines.iter().map(|line| line.quantity).sum();
    let mut first = Cell::link(format!("{PATH}/{id}"), format!("Draft {short}"));
    if draft.state == DraftState::Completed {
        first = first.with(Badge::new(Tone::Good, "Paid"));
    }
    let cells = vec![
        first,
        Cell::text(name.unwrap_or_default()).note(draft.body.email.clone().unwrap_or_default()),
        Cell::text(pieces.to_string()),
        Cell::text(words::date_time(draft.updated_at)),
    ];
    Row::new(id, format!("draft {short}"), cells)
}

/// `GET /admin/drafts/new`
async fn ask(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let question = Confirm {
        frame: admin.frame(&visitor, "New draft").await.back(PATH, "Drafts"),
        text: "An empty draft is made. Then you put in what is to be bought, for whom, and where it goes.".to_owned(),
        items: Vec::new(),
        action: format!("{PATH}/new"),
        hidden: vec![("key".to_owned(), DraftId::new().to_string())],
        button: "Make a draft".to_owned(),
        back: PATH.to_owned(),
    };
    question.page()
}

/// `POST /admin/drafts/new`: an empty one, to be filled in.
async fn create(
    State(admin): State<Admin>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let key = sent.into_iter().find(|(name, _)| name == "key").map(|(_, key)| key);
    let key = key.ok_or(Error::NotFound)?;
    match admin.clients.orders.create_draft(&key, &PutDraft::default()).await {
        Ok(draft) => {
            Ok(admin.done(&format!("{PATH}/{}", draft.id), "Put in what is to be bought."))
        }
        Err(error) => Ok(admin.failed(PATH, &refusal(error)?)),
    }
}
