//! The command palette: pages, things to do, orders, products and customers under one box. With scripts it opens over any
//! page (`palette.js`); without, it is this page.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use emart_http::Permission;
use serde::Serialize;

use crate::asked::Asked;
use crate::error::Error;
use crate::frame::{self, Frame};
use crate::visitor::Visitor;
use crate::{Admin, nav};

mod found;

/// A text longer than this is nobody's number and nobody's name.
const LONGEST: usize = 100;

#[derive(Template)]
#[template(path = "search.html", whitespace = "minimize")]
struct Search {
    frame: Frame,
    query: String,
    groups: Vec<Group>,
}

/// The same hits for the palette.
#[derive(Template)]
#[template(path = "search_hits.html", whitespace = "minimize")]
struct Hits {
    groups: Vec<Group>,
}

/// Hits of one kind.
struct Group {
    label: &'static str,
    hits: Vec<Hit>,
}

/// A place to go to.
#[derive(Debug, Serialize)]
struct Hit {
    href: String,
    label: String,
    note: String,
    icon: &'static str,
}

pub(crate) fn routes() -> Router<Admin> {
    Router::new().route("/admin/search", get(show)).route("/admin/search/hits", get(hits))
}

/// `GET /admin/search`
async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let query = query(&asked);
    frame::html(&Search {
        frame: admin.frame(&visitor, "Search").await,
        groups: find(&admin, &visitor, &query).await,
        query,
    })
}

/// `GET /admin/search/hits`
async fn hits(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    frame::html(&Hits { groups: find(&admin, &visitor, &query(&asked)).await })
}

fn query(asked: &Asked) -> String {
    asked.get("q").trim().chars().take(LONGEST).collect()
}

async fn find(admin: &Admin, visitor: &Visitor, query: &str) -> Vec<Group> {
    let mut groups = vec![
        Group { label: "Go to", hits: pages(visitor, query) },
        Group { label: "Do", hits: deeds(visitor, query) },
    ];
    // A letter alone is in everything.
    if query.chars().count() > 1 || query.bytes().any(|b| b.is_ascii_digit()) {
        let orders = found::orders(admin, visitor, query);
        let products = found::products(admin, visitor, query);
        let customers = found::customers(admin, visitor, query);
        let (orders, products, customers) = tokio::join!(orders, products, customers);
        groups.push(Group { label: "Orders", hits: orders });
        groups.push(Group { label: "Products", hits: products });
        groups.push(Group { label: "Customers", hits: customers });
    }
    groups.retain(|group| !group.hits.is_empty());
    groups
}

/// Whether every word that was typed begins a word of the label.
fn fits(label: &str, query: &str) -> bool {
    let label = label.to_lowercase();
    let begins = |typed: &str| label.split_whitespace().any(|word| word.starts_with(typed));
    query.to_lowercase().split_whitespace().all(begins)
}

fn pages(visitor: &Visitor, query: &str) -> Vec<Hit> {
    let areas = nav::seen_by(&visitor.caller).filter(|area| fits(area.label, query));
    let hit = |area: &nav::Area| Hit {
        href: area.path.to_owned(),
        label: area.label.to_owned(),
        note: area.group.to_owned(),
        icon: area.icon,
    };
    areas.map(hit).collect()
}

/// What people come to do: where it is done, and what it takes. One whose area is not there yet is not shown.
const DEEDS: [(&str, &str, Permission); 7] = [
    ("Add a product", "/admin/products/new", Permission::ProductsWrite),
    ("Import products", "/admin/products/import", Permission::ProductsWrite),
    ("Make a draft order", "/admin/drafts/new", Permission::OrdersWrite),
    ("Make a promotion", "/admin/discounts/new", Permission::SellingWrite),
    ("Add a collection", "/admin/collections/new", Permission::ProductsWrite),
    ("Look at parked events", "/admin/system/events", Permission::System),
    ("Make a backup", "/admin/system/backups", Permission::System),
];

fn deeds(visitor: &Visitor, query: &str) -> Vec<Hit> {
    let may = |(label, href, needed): &&(&str, &str, Permission)| {
        let is_there = nav::area_of(href).is_some_and(|area| area.pages.is_some());
        is_there && visitor.may(*needed) && !query.is_empty() && fits(label, query)
    };
    let hit = |(label, href, _): &(&str, &str, Permission)| Hit {
        href: (*href).to_owned(),
        label: (*label).to_owned(),
        note: String::new(),
        icon: "plus",
    };
    DEEDS.iter().filter(may).map(hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginnings_of_words_find_a_page_and_middles_do_not() {
        assert!(fits("Audit log", "au"));
        assert!(fits("Audit log", "log audit"));
        assert!(fits("Audit log", ""));
        assert!(!fits("Audit log", "dit"));
        assert!(!fits("Audit log", "audit x"));
    }
}
