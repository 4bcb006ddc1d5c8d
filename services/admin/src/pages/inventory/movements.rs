//! What moved in the whole house, the newest first.

use axum::extract::State;
use axum::response::Response;
use emart_inventory_api::Movement;

use super::item::{Told, told};
use super::tabs;
use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::table::{Cell, Column, Empty, Filters, Listing, Pager, Row, Table};
use crate::view::Badge;
use crate::visitor::Visitor;
use crate::words;

const KINDS: [(&str, &str); 6] = [
    ("adjusted", "Corrections"),
    ("received", "Deliveries"),
    ("sold", "Sales"),
    ("returned", "Returns"),
    ("reserved", "Reservations"),
    ("released", "Given back"),
];

/// `GET /admin/inventory/movements`
pub(super) async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let query = asked.query(&[("limit", "50")], &["kind", "cursor"]);
    let page = admin.clients.inventory.movements(&query).await?;
    let frame = admin.frame(&visitor, "Stock history").await.back("/admin/inventory", "Inventory");
    let table = Table {
        caption: "Movements of stock".to_owned(),
        columns: ["Item", "What", "Why", "When"].map(Column::new).into(),
        rows: page.items.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new(
            "Nothing has moved yet",
            "Every change of stock will be written down here.",
        ),
    };
    let mut list = Listing::new(frame, table, Pager::new(&asked, page.next_cursor.as_deref()));
    list.tabs = tabs("/admin/inventory/movements");
    list.filters = Some(Filters::new(&asked, "").select(&asked, "kind", "Kind", &KINDS));
    list.page()
}

fn row(moved: &Movement) -> Row {
    let name = moved.title.clone().or_else(|| moved.sku.clone());
    let name = name.unwrap_or_else(|| "An item without a name".to_owned());
    let item = Cell::link(format!("/admin/inventory/items/{}", moved.item_id), name.clone());
    let Told { text, tone } = told(moved);
    let cells = vec![
        item.note(moved.sku.clone().unwrap_or_default()),
        Cell::badge(Badge::new(tone, text)),
        Cell::text(moved.reference.clone()),
        Cell::quiet(words::date_time(moved.at)),
    ];
    Row::new("", name, cells)
}
