//! Content: the pages that staff write, the shop's menus, its name and looks.

mod menus;
mod page;
mod preview;
mod shop;

pub(super) use preview::framed;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_content_api::PageState;

use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::table::{Cell, Column, Empty, Listing, Pager, Row, Table};
use crate::view::{Badge, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/content", get(list))
        .route("/admin/content/pages/new", get(page::blank).post(page::add))
        .route("/admin/content/pages/preview", post(preview::show))
        .route("/admin/content/pages/{id}", get(page::show).post(page::save))
        .route("/admin/content/pages/{id}/delete", post(page::delete))
        .route("/admin/content/menus/{name}", get(menus::show).post(menus::save))
        .route("/admin/content/shop", get(shop::show).post(shop::save))
        .route("/admin/content/shop/sign", post(shop::sign))
        .route("/admin/content/shop/reset", post(shop::reset))
}

/// What there is of content.
pub(super) fn tabs(here: &str) -> Vec<Tab> {
    [
        ("/admin/content", "Pages"),
        ("/admin/content/menus/header", "Top menu"),
        ("/admin/content/menus/footer", "Foot menu"),
        ("/admin/content/shop", "Name and looks"),
    ]
    .map(|(href, label)| Tab::new(href, label, href == here))
    .into()
}

fn state(state: PageState) -> Badge {
    match state {
        PageState::Draft => Badge::new(Tone::Plain, "Draft"),
        PageState::Published => Badge::new(Tone::Good, "Published"),
    }
}

/// `GET /admin/content`
async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let query = asked.cursor().map(|cursor| format!("cursor={cursor}")).unwrap_or_default();
    let found = admin.clients.content.pages(&query).await?;
    let rows = found.items.iter().map(|page| {
        let title = Cell::link(format!("/admin/content/pages/{}", page.id), &*page.title);
        Row::new(
            "",
            &*page.title,
            vec![
                title.note(format!("/pages/{}", page.handle)),
                Cell::badge(state(page.state)),
                Cell::quiet(words::ago(page.updated_at, admin.clock.now())),
            ],
        )
    });
    let empty = Empty::new(
        "No pages yet",
        "Write about the shop, its terms and how it keeps data private.",
    );
    let table = Table {
        caption: "Pages".to_owned(),
        columns: vec![Column::new("Page"), Column::new("State"), Column::new("Changed")],
        rows: rows.collect(),
        bulk: None,
        empty: empty.action("/admin/content/pages/new", "Write a page"),
    };
    let frame = admin.frame(&visitor, "Content").await;
    let pager = Pager::new(&asked, found.next_cursor.as_deref());
    let mut listing =
        Listing::new(frame, table, pager).action("/admin/content/pages/new", "Write a page");
    listing.tabs = tabs("/admin/content");
    listing.page()
}
