//! Deliveries that are expected, and their coming.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Path, Permission};
use emart_inventory_api::{Incoming, IncomingId, IncomingState, NewIncoming, Receipt, StockItemId};
use emart_types::new_id_text;

use super::tabs;
use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, refusal};
use crate::forms::{Problems, read_number};
use crate::frame::{self, Frame};
use crate::sent::Sent;
use crate::table::{Filters, Pager};
use crate::view::Tab;
use crate::visitor::Visitor;
use crate::words;

const BACK: &str = "/admin/inventory/incoming";

#[derive(Template)]
#[template(path = "inventory/incoming.html", whitespace = "minimize")]
struct IncomingPage {
    frame: Frame,
    tabs: Vec<Tab>,
    filters: Filters,
    may_write: bool,
    rows: Vec<Delivery>,
    pager: Pager,
}

struct Delivery {
    id: String,
    item: String,
    href: String,
    sku: String,
    quantity: String,
    pieces: i64,
    expected_on: String,
    reference: String,
    open: bool,
    state: String,
    key: String,
}

/// `GET /admin/inventory/incoming`
pub(super) async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let query = asked.query(&[("limit", "50")], &["state", "cursor"]);
    let page = admin.clients.inventory.incoming(&query).await?;
    let states = [("open", "Expected"), ("received", "Received"), ("cancelled", "Cancelled")];
    frame::html(&IncomingPage {
        frame: admin.frame(&visitor, "Incoming stock").await.back("/admin/inventory", "Inventory"),
        tabs: tabs(BACK),
        filters: Filters::new(&asked, "").select(&asked, "state", "Deliveries", &states),
        may_write: visitor.may(Permission::InventoryWrite),
        pager: Pager::new(&asked, page.next_cursor.as_deref()),
        rows: page.items.iter().map(delivery).collect(),
    })
}

fn delivery(incoming: &Incoming) -> Delivery {
    let name = incoming.title.clone().or_else(|| incoming.sku.clone());
    let closed = incoming.closed_at.map(words::date).unwrap_or_default();
    Delivery {
        id: incoming.id.to_string(),
        item: name.unwrap_or_else(|| "An item without a name".to_owned()),
        href: format!("/admin/inventory/items/{}", incoming.item_id),
        sku: incoming.sku.clone().unwrap_or_default(),
        quantity: words::grouped(incoming.quantity),
        pieces: incoming.quantity,
        expected_on: incoming.expected_on.clone(),
        reference: incoming.reference.clone(),
        open: incoming.state == IncomingState::Open,
        state: match incoming.state {
            IncomingState::Open => "Expected".to_owned(),
            IncomingState::Received => {
                format!("{} received on {closed}", words::grouped(incoming.received))
            }
            IncomingState::Cancelled => format!("Cancelled on {closed}"),
        },
        key: new_id_text("key"),
    }
}

/// `POST /admin/inventory/items/{id}/incoming`
pub(super) async fn expect(
    State(admin): State<Admin>,
    Path(id): Path<StockItemId>,
    sent: Sent,
) -> Result<Response, Error> {
    let back = format!("/admin/inventory/items/{id}");
    let mut problems = Problems::default();
    let quantity = read_number("quantity", sent.get("quantity"), &mut problems);
    let Some(quantity) = quantity else {
        return Ok(admin.failed(&back, "Enter how many pieces are to come."));
    };
    let new = NewIncoming {
        item_id: id,
        quantity,
        expected_on: sent.get("expected_on").to_owned(),
        reference: sent.get("reference").to_owned(),
    };
    let key = sent.some("key").unwrap_or_else(|| new_id_text("key"));
    match admin.clients.inventory.create_incoming(&new, &format!("{key}-incoming")).await {
        Ok(_) => Ok(admin.done(&back, "The delivery is noted.")),
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}

/// `POST /admin/inventory/incoming/{id}/receive`
pub(super) async fn receive(
    State(admin): State<Admin>,
    Path(id): Path<IncomingId>,
    sent: Sent,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let quantity = read_number("quantity", sent.get("quantity"), &mut problems);
    if !problems.is_empty() {
        return Ok(admin.failed(BACK, "Enter how many pieces came."));
    }
    let key = sent.some("key").unwrap_or_else(|| new_id_text("key"));
    match admin.clients.inventory.receive_incoming(&id, &Receipt { quantity }, &key).await {
        Ok(received) => {
            let pieces = words::count(received.received, "piece is", "pieces are");
            Ok(admin.done(BACK, &format!("{pieces} in the house.")))
        }
        Err(error) => Ok(admin.failed(BACK, &refusal(error)?)),
    }
}

/// `POST /admin/inventory/incoming/{id}/cancel`
pub(super) async fn cancel(
    State(admin): State<Admin>,
    Path(id): Path<IncomingId>,
) -> Result<Response, Error> {
    match admin.clients.inventory.cancel_incoming(&id).await {
        Ok(()) => Ok(admin.done(BACK, "The delivery is expected no more.")),
        Err(error) => Ok(admin.failed(BACK, &refusal(error)?)),
    }
}
