//! The list of levels.

use axum::extract::State;
use axum::response::Response;
use emart_http::Permission;
use emart_inventory_api::{StockItem, WhenOut};

use super::tabs;
use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::table::{Cell, Column, Empty, Filters, Listing, Pager, Row, Table};
use crate::view::{Badge, Tone};
use crate::visitor::Visitor;
use crate::words;

/// `GET /admin/inventory`
pub(super) async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let by = if asked.get("by") == "sku" { "sku_prefix" } else { "title_prefix" };
    let query = asked.query(&[("limit", "50"), (by, asked.get("q"))], &["state", "cursor"]);
    let page = admin.clients.inventory.stock_items(&query).await?;
    let frame = admin.frame(&visitor, "Inventory").await;
    let frame = frame.note("What there is of each thing, what is promised and what is on its way.");
    let table = Table {
        caption: "Stock levels".to_owned(),
        columns: vec![
            Column::new("Item"),
            Column::new("SKU"),
            Column::new("On hand").number(),
            Column::new("Reserved").number(),
            Column::new("Available").number(),
            Column::new("Incoming").number(),
        ],
        rows: page.items.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new(
            "Nothing to count here",
            "Stock appears with the products that are counted.",
        ),
    };
    let filters = Filters::new(&asked, "Begins with…")
        .select(&asked, "by", "Search in", &[("title", "Titles"), ("sku", "SKUs")])
        .select(&asked, "state", "Stock", &[("low", "Low"), ("out", "Out of stock")]);
    let mut list = Listing::new(frame, table, Pager::new(&asked, page.next_cursor.as_deref()));
    list.tabs = tabs("/admin/inventory");
    list.filters = Some(filters);
    if visitor.may(Permission::InventoryWrite) {
        list = list.action("/admin/inventory/stock-take", "Take stock");
    }
    list.page()
}

fn row(item: &StockItem) -> Row {
    let name = super::item::name(item);
    let href = format!("/admin/inventory/items/{}", item.id);
    let mut first = Cell::link(href, name.clone());
    if let Some(badge) = badge(item) {
        first = first.with(badge);
    }
    let mut cells = vec![first, Cell::text(item.sku.clone().unwrap_or_default())];
    if item.tracked {
        let number = |pieces: i64| Cell::number(words::grouped(pieces));
        let some = |pieces: i64| if pieces == 0 { Cell::number("–") } else { number(pieces) };
        cells.extend([number(item.on_hand), some(item.reserved)]);
        cells.extend([number(item.available), some(item.incoming)]);
    } else {
        cells.extend((0..4).map(|_| Cell { number: true, ..Cell::quiet("not counted") }));
    }
    Row::new("", name, cells)
}

/// How an item stands, where that is worth a word.
pub(super) fn badge(item: &StockItem) -> Option<Badge> {
    match item {
        _ if !item.tracked => None,
        _ if item.available <= 0 && item.when_out == WhenOut::Continue => {
            Some(Badge::new(Tone::Info, "Back-order"))
        }
        _ if item.available <= 0 => Some(Badge::new(Tone::Bad, "Out of stock")),
        _ if item.low => Some(Badge::new(Tone::Warn, "Low")),
        _ => None,
    }
}
