//! One item: its counts, correcting them, its threshold, what moved and what is on its way.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Path, Permission};
use emart_inventory_api::{
    Movement, MovementKind, NewAdjustment, PutThreshold, StockItem, StockItemId,
};
use emart_types::new_id_text;

use super::levels::badge;
use super::tabs;
use crate::Admin;
use crate::error::{Error, refusal};
use crate::forms::{self, Choice, Field, Problems, read_number};
use crate::frame::{self, Frame};
use crate::sent::Sent;
use crate::view::{Figure, Happening, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

/// Why people correct counts, mostly.
const REASONS: [&str; 6] = ["Counted", "Damaged", "Lost", "Returned", "Found", "Given away"];

#[derive(Template)]
#[template(path = "inventory/item.html", whitespace = "minimize")]
struct ItemPage {
    frame: Frame,
    tabs: Vec<Tab>,
    id: String,
    key: String,
    tracked: bool,
    may_write: bool,
    figures: Vec<Figure>,
    adjust: Vec<Field>,
    threshold: Field,
    expect: Vec<Field>,
    history: Vec<Happening>,
}

/// `GET /admin/inventory/items/{id}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<StockItemId>,
) -> Result<Response, Error> {
    let item = admin.clients.inventory.stock_item(&id).await?.ok_or(Error::NotFound)?;
    let moved = admin.clients.inventory.movements_of(&id, "limit=50").await?;
    let mut frame = admin.frame(&visitor, name(&item)).await.back("/admin/inventory", "Inventory");
    frame.badges.extend(badge(&item));
    if let (Some(sku), Some(_)) = (&item.sku, &item.title) {
        frame = frame.note(format!("SKU {sku}"));
    }
    frame::html(&ItemPage {
        frame,
        tabs: tabs(""),
        id: item.id.to_string(),
        key: new_id_text("key"),
        tracked: item.tracked,
        may_write: visitor.may(Permission::InventoryWrite),
        figures: figures(&item),
        adjust: adjust_fields(&item),
        threshold: threshold_field(&item),
        expect: vec![
            forms::number("quantity", "Pieces"),
            forms::date("expected_on", "Expected on"),
            forms::text("reference", "Purchase order or supplier", 100).optional(),
        ],
        history: moved.items.iter().map(happening).collect(),
    })
}

/// What people call an item.
pub(super) fn name(item: &StockItem) -> String {
    let name = item.title.as_ref().or(item.sku.as_ref());
    name.cloned().unwrap_or_else(|| "An item without a name".to_owned())
}

fn figures(item: &StockItem) -> Vec<Figure> {
    let figure = |label: &str, pieces: i64, note: &str| Figure {
        label: label.to_owned(),
        value: words::grouped(pieces),
        note: note.to_owned(),
        tone: Tone::Plain,
        href: String::new(),
    };
    if !item.tracked {
        return Vec::new();
    }
    vec![
        figure("On hand", item.on_hand, "in the house"),
        figure("Reserved", item.reserved, "in checkouts under way"),
        figure("Available", item.available, "can be bought now"),
        figure("Incoming", item.incoming, "from suppliers"),
    ]
}

fn adjust_fields(item: &StockItem) -> Vec<Field> {
    let ways = vec![
        Choice::new("to", "Set the count to", true),
        Choice::new("by", "Add (or take away, with a minus)", false),
    ];
    let reasons = REASONS.map(|reason| Choice::new(reason, reason, false)).into();
    vec![
        forms::radios("way", "How", ways),
        forms::number("pieces", "Pieces").value(item.on_hand.to_string()),
        forms::select("reason", "Why", reasons).half(),
        forms::text("note", "More about it", 150).optional(),
    ]
}

fn threshold_field(item: &StockItem) -> Field {
    let own = item.low_at_own.then(|| item.low_at.to_string());
    let hint = if item.low_at_own {
        "Empty to follow the shop's setting.".to_owned()
    } else {
        format!("Empty follows the shop's setting, {}.", item.low_at)
    };
    forms::number("low_at", "Low from").value(own.unwrap_or_default()).optional().hint(hint)
}

fn happening(moved: &Movement) -> Happening {
    let Told { text, tone } = told(moved);
    Happening {
        at: words::date_time(moved.at),
        text,
        note: moved.reference.clone(),
        tone,
        href: String::new(),
    }
}

pub(super) struct Told {
    pub(super) text: String,
    pub(super) tone: Tone,
}

/// A movement in words.
pub(super) fn told(moved: &Movement) -> Told {
    let pieces = |delta: i64| words::grouped(delta.abs());
    let (text, tone) = match moved.kind {
        MovementKind::Adjusted if moved.on_hand_delta < 0 => {
            (format!("Corrected: {} fewer", pieces(moved.on_hand_delta)), Tone::Warn)
        }
        MovementKind::Adjusted => {
            (format!("Corrected: {} more", pieces(moved.on_hand_delta)), Tone::Good)
        }
        MovementKind::Reserved => {
            (format!("Reserved {}", pieces(moved.reserved_delta)), Tone::Plain)
        }
        MovementKind::Released => {
            (format!("Given back {}", pieces(moved.reserved_delta)), Tone::Plain)
        }
        MovementKind::Sold => (format!("Sold {}", pieces(moved.on_hand_delta)), Tone::Info),
        MovementKind::Received => (format!("Received {}", pieces(moved.on_hand_delta)), Tone::Good),
        MovementKind::Returned => (format!("Returned {}", pieces(moved.on_hand_delta)), Tone::Good),
    };
    Told { text, tone }
}

/// `POST /admin/inventory/items/{id}/adjust`
pub(super) async fn adjust(
    State(admin): State<Admin>,
    Path(id): Path<StockItemId>,
    sent: Sent,
) -> Result<Response, Error> {
    let back = format!("/admin/inventory/items/{id}");
    let mut problems = Problems::default();
    let pieces = read_number("pieces", sent.get("pieces"), &mut problems);
    let Some(pieces) = pieces else {
        return Ok(admin.failed(&back, "Enter a whole number of pieces."));
    };
    let by = sent.get("way") == "by";
    let reason = match sent.some("note") {
        Some(note) => format!("{}: {note}", sent.get("reason")),
        None => sent.get("reason").to_owned(),
    };
    let adjustment =
        NewAdjustment { delta: by.then_some(pieces), on_hand: (!by).then_some(pieces), reason };
    let key = sent.some("key").unwrap_or_else(|| new_id_text("key"));
    match admin.clients.inventory.adjust(&id, &adjustment, &key).await {
        Ok(item) => {
            let text = format!("There are {} now.", words::count(item.on_hand, "piece", "pieces"));
            Ok(admin.done(&back, &text))
        }
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}

/// `POST /admin/inventory/items/{id}/threshold`
pub(super) async fn threshold(
    State(admin): State<Admin>,
    Path(id): Path<StockItemId>,
    sent: Sent,
) -> Result<Response, Error> {
    let back = format!("/admin/inventory/items/{id}");
    let mut problems = Problems::default();
    let low_at = read_number("low_at", sent.get("low_at"), &mut problems);
    if !problems.is_empty() {
        return Ok(admin.failed(&back, "Enter a whole number, or nothing."));
    }
    match admin.clients.inventory.put_threshold(&id, &PutThreshold { low_at }).await {
        Ok(item) => Ok(admin.done(&back, &format!("Low from {} on.", item.low_at))),
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}
