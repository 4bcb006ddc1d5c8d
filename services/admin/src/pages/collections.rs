//! Collections: products that belong together by hand or by rule.

mod editor;
mod save;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_catalog_api::Collection;
use emart_http::Permission;

use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::table::{Cell, Column, Empty, Listing, Pager, Row, Table};
use crate::view::{Badge, Tone};
use crate::visitor::Visitor;
use crate::words;

const LIST: &str = "/admin/collections";

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/collections", get(list))
        .route("/admin/collections/new", get(editor::new).post(save::create))
        .route("/admin/collections/{id}", get(editor::show).post(save::save))
        .route("/admin/collections/{id}/delete", post(save::delete))
}

/// `GET /admin/collections`
async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let query = asked.query(&[("all", "true"), ("limit", "50")], &["cursor"]);
    let page = admin.clients.catalog.collections(&query).await?;
    let frame = admin.frame(&visitor, "Collections").await;
    let frame =
        frame.note("Products for a season, a reason, a campaign; each has a page of its own.");
    let table = Table {
        caption: "Collections".to_owned(),
        columns: vec![
            Column::new("Collection"),
            Column::new("Products in it"),
            Column::new("On sale").number(),
            Column::new("Changed"),
        ],
        rows: page.items.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new(
            "No collections yet",
            "Choose products by hand, or let a rule choose them.",
        ),
    };
    let mut list = Listing::new(frame, table, Pager::new(&asked, page.next_cursor.as_deref()));
    if visitor.may(Permission::ProductsWrite) {
        list = list.action("/admin/collections/new", "New collection");
    }
    list.page()
}

fn row(collection: &Collection) -> Row {
    let mut first = Cell::link(format!("{LIST}/{}", collection.id), collection.title.clone());
    if !collection.published {
        first = first.with(Badge::new(Tone::Info, "Hidden"));
    }
    let how = match &collection.rules {
        Some(rules) => {
            let rules = i64::try_from(rules.conditions.len()).unwrap_or(i64::MAX);
            format!("by {}", words::count(rules, "rule", "rules"))
        }
        None => "chosen by hand".to_owned(),
    };
    let cells = vec![
        first.note(format!("/collections/{}", collection.handle)),
        Cell::text(how),
        Cell::number(words::grouped(collection.product_count.into())),
        Cell::quiet(words::date(collection.updated_at)),
    ];
    Row::new("", collection.title.clone(), cells)
}
