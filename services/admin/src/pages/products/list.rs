//! The list of products, in which price, stock and status can be changed where they stand.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_catalog_api::{Category, DeskProduct, Status};
use emart_http::Permission;
use emart_types::new_id_text;

use super::tabs;
use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::forms::{Choice, money_value};
use crate::frame::{self, Frame};
use crate::table::{Filters, Pager};
use crate::view::{Badge, Tab, Tone};
use crate::visitor::Visitor;
use crate::words;

const SORTS: [(&str, &str); 5] = [
    ("newest", "Newest first"),
    ("updated", "Last changed"),
    ("title", "By title"),
    ("price_asc", "Cheapest first"),
    ("price_desc", "Dearest first"),
];

#[derive(Template)]
#[template(path = "products/list.html", whitespace = "minimize")]
struct ListPage {
    frame: Frame,
    tabs: Vec<Tab>,
    filters: Filters,
    rows: Vec<ProductRow>,
    pager: Pager,
    may_write: bool,
    /// The list as it is asked for, to come back to.
    here: String,
    narrowed: bool,
}

pub(super) struct ProductRow {
    pub(super) id: String,
    title: String,
    picture: String,
    vendor: String,
    sku: String,
    statuses: Vec<Choice>,
    status: Badge,
    /// Said of the schedule.
    note: String,
    price: String,
    /// The only variant, whose price and count can be changed here.
    single: Option<Single>,
    variants: u32,
    available: String,
    out: bool,
    version: i64,
    key: String,
}

struct Single {
    variant: String,
    price: String,
    symbol: String,
    /// Nothing when it is not counted.
    stock: Option<i64>,
    item: String,
}

/// `GET /admin/products`
pub(super) async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let page = admin.clients.catalog.desk_products(&query(&asked, "25")).await?;
    let categories = admin.clients.catalog.categories().await?;
    let narrowed = ["q", "status", "category", "stock", "collection", "vendor", "tag"];
    frame::html(&ListPage {
        frame: admin.frame(&visitor, "Products").await.script("products"),
        tabs: tabs("/admin/products"),
        filters: filters(&asked, &categories),
        rows: page.items.iter().map(|product| row(&admin, product)).collect(),
        pager: Pager::new(&asked, page.next_cursor.as_deref()),
        may_write: visitor.may(Permission::ProductsWrite),
        here: asked.href(),
        narrowed: narrowed.iter().any(|name| !asked.get(name).is_empty()),
    })
}

/// What the catalogue is asked for.
pub(super) fn query(asked: &Asked, limit: &str) -> String {
    const NAMES: [&str; 9] =
        ["q", "status", "category", "collection", "vendor", "tag", "stock", "sort", "cursor"];
    asked.query(&[("limit", limit)], &NAMES)
}

fn filters(asked: &Asked, categories: &[Category]) -> Filters {
    let mut tree = Vec::new();
    gather(categories, 0, &mut tree);
    let choices: Vec<_> = tree.iter().map(|(slug, name)| (slug.as_str(), name.as_str())).collect();
    let mut filters = Filters::new(asked, "Title, SKU, vendor…")
        .select(
            asked,
            "status",
            "Status",
            &[("active", "On sale"), ("draft", "Draft"), ("archived", "Archived")],
        )
        .select(
            asked,
            "stock",
            "Stock",
            &[("in_stock", "In stock"), ("out_of_stock", "Out of stock")],
        )
        .select(asked, "category", "Category", &choices)
        .select(asked, "sort", "Order", &SORTS);
    // The order is a choice of its own here.
    filters.sort.clear();
    filters
}

/// The categories with their depth as dashes.
pub(super) fn gather(categories: &[Category], depth: usize, into: &mut Vec<(String, String)>) {
    for category in categories {
        into.push((category.slug.clone(), format!("{}{}", "– ".repeat(depth), category.name)));
        gather(&category.children, depth + 1, into);
    }
}

pub(super) fn status_badge(status: Status) -> Badge {
    match status {
        Status::Active => Badge::new(Tone::Good, "On sale"),
        Status::Draft => Badge::new(Tone::Info, "Draft"),
        Status::Archived => Badge::new(Tone::Plain, "Archived"),
    }
}

pub(super) fn statuses(now: Status) -> Vec<Choice> {
    let choice =
        |(status, value, label): (Status, &str, &str)| Choice::new(value, label, status == now);
    [
        (Status::Active, "active", "On sale"),
        (Status::Draft, "draft", "Draft"),
        (Status::Archived, "archived", "Archived"),
    ]
    .map(choice)
    .into()
}

/// The status a form names.
pub(super) fn read_status(value: &str) -> Option<Status> {
    match value {
        "active" => Some(Status::Active),
        "draft" => Some(Status::Draft),
        "archived" => Some(Status::Archived),
        _ => None,
    }
}

fn row(admin: &Admin, product: &DeskProduct) -> ProductRow {
    let only = product.variants.first().filter(|_| product.variant_count == 1);
    let price = if product.price_from == product.price_to {
        product.price_from.to_string()
    } else {
        format!("{} – {}", product.price_from, product.price_to)
    };
    let note = match (product.publish_at, product.unpublish_at) {
        (Some(at), _) => format!("on sale from {}", words::date_time(at)),
        (None, Some(at)) => format!("until {}", words::date_time(at)),
        (None, None) => String::new(),
    };
    ProductRow {
        id: product.id.to_string(),
        title: product.title.clone(),
        picture: smallest(product.image.as_ref()),
        vendor: product.vendor.clone().unwrap_or_default(),
        sku: only.and_then(|only| only.sku.clone()).unwrap_or_default(),
        statuses: statuses(product.status),
        status: status_badge(product.status),
        note,
        price,
        single: only.map(|only| Single {
            variant: only.id.to_string(),
            price: money_value(Some(only.price)),
            symbol: admin.config.currency.symbol(),
            stock: only.available,
            item: only.stock_item_id.to_string(),
        }),
        variants: product.variant_count,
        available: product.available.map_or_else(|| "not counted".to_owned(), words::grouped),
        out: !product.in_stock,
        version: product.version,
        key: new_id_text("key"),
    }
}

/// The address of a picture as small as there is.
pub(super) fn smallest(image: Option<&emart_catalog_api::Image>) -> String {
    let source = image.and_then(|image| image.sources.first());
    source.map(|source| source.url.clone()).unwrap_or_default()
}
