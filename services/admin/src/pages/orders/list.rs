//! The list of orders: searched, narrowed, sorted, kept as views.

use axum::extract::State;
use axum::response::Response;
use emart_http::Permission;
use emart_orders_api::{OrderState, OrderSummary, SavedView};

use super::said;
use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;
use crate::table::{Bulk, Cell, Column, Empty, Filters, Listing, Pager, Row, Table, Verb};
use crate::view::{Link, Tab};
use crate::visitor::Visitor;
use crate::words;

const PATH: &str = "/admin/orders";
/// Orders on a page.
const ROWS: u32 = 50;
/// What the list is narrowed by, as the service calls it.
const FILTERS: [&str; 11] = [
    "q",
    "state",
    "payment_state",
    "fulfilment_state",
    "placed_from",
    "placed_to",
    "total_min",
    "total_max",
    "tag",
    "email",
    "customer_id",
];

/// Lists everybody needs, with the queries that they are.
const TABS: [(&str, &str); 5] = [
    ("All", ""),
    ("To send", "state=confirmed&fulfilment_state=unfulfilled"),
    ("Partly sent", "state=confirmed&fulfilment_state=partial"),
    ("Refunded", "payment_state=refunded"),
    ("Cancelled", "state=cancelled"),
];

/// `GET /admin/orders`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let orders = &admin.clients.orders;
    let (list, counted) = (query(&asked, true), query(&asked, false));
    let (page, count, views) =
        tokio::join!(orders.orders(&list), orders.count_orders(&counted), orders.views());
    let page = page?;
    let views = views.map(|views| views.items).unwrap_or_default();
    let mut frame = admin.frame(&visitor, "Orders").await;
    if let Ok(count) = count {
        let many = words::count(count.count.into(), "order", "orders");
        frame = frame.note(if count.more { many.replacen(' ', "+ ", 1) } else { many });
    }
    let table = Table {
        caption: "Orders".to_owned(),
        columns: columns(&asked),
        rows: page.items.iter().map(row).collect(),
        bulk: visitor.may(Permission::OrdersWrite).then(bulk),
        empty: empty(&asked, page.next_cursor.is_some()),
    };
    let mut listing = Listing::new(frame, table, Pager::new(&asked, page.next_cursor.as_deref()));
    listing.tabs = tabs(&asked, &views);
    listing.filters = Some(filters(&asked));
    let query = narrowed(&asked);
    let known = TABS.iter().any(|(_, known)| *known == query)
        || views.iter().any(|view| view.query == query);
    if !known {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        listing = listing.action(&format!("{PATH}/views?query={query}"), "Save this view");
    } else if let Some(view) = views.iter().find(|view| view.query == query) {
        let id = &view.id;
        listing = listing.action(&format!("{PATH}/views?forget={id}"), "Forget this view");
    }
    listing.page()
}

/// What the service is asked, and with what page.
fn query(asked: &Asked, page: bool) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in FILTERS {
        if let Some(value) = asked.some(name) {
            query.append_pair(name, &value);
        }
    }
    if page {
        let sort = match asked.get("sort") {
            "number" => "oldest",
            "total" => "smallest",
            "-total" => "largest",
            _ => "newest",
        };
        query.append_pair("sort", sort).append_pair("limit", &ROWS.to_string());
        if let Some(cursor) = asked.cursor() {
            query.append_pair("cursor", &cursor);
        }
    }
    query.finish()
}

/// The filters as a query of their own: what a saved view keeps.
fn narrowed(asked: &Asked) -> String {
    query(asked, false)
}

fn columns(asked: &Asked) -> Vec<Column> {
    // What is searched for comes by number only.
    let searched =
        ["q", "tag", "email", "customer_id"].iter().any(|name| !asked.get(name).is_empty());
    let total = Column::new("Total").number();
    vec![
        Column::new("Order").sort(asked, "number"),
        Column::new("Placed"),
        Column::new("Customer"),
        Column::new("Money"),
        Column::new("Delivery"),
        Column::new("Pieces").number(),
        if searched { total } else { total.sort(asked, "total") },
    ]
}

fn row(order: &OrderSummary) -> Row {
    let number = order.number.to_string();
    let mut first = Cell::link(format!("{PATH}/{}", order.id), &number);
    if let Some(badge) = said::state(order.state) {
        first = first.with(badge);
    }
    if !order.tags.is_empty() {
        first = first.note(order.tags.join(", "));
    }
    let sent = if order.state == OrderState::Cancelled {
        Cell::quiet("–")
    } else {
        Cell::badge(said::fulfilment(order.fulfilment_state))
    };
    let cells = vec![
        first,
        Cell::text(words::date_time(order.placed_at)),
        Cell::text(&order.name).note(&order.email),
        Cell::badge(said::money(order.payment_state)),
        sent,
        Cell::number(order.item_count.to_string()),
        Cell::number(order.total.to_string()),
    ];
    Row::new(order.id.as_str(), format!("order {number}"), cells)
}

fn bulk() -> Bulk {
    let verb = |value, label| Verb { value, label, danger: false };
    Bulk {
        action: format!("{PATH}/bulk"),
        verbs: vec![
            verb("fulfil", "Mark as sent"),
            verb("slips", "Print packing slips"),
            verb("tag", "Tag"),
        ],
    }
}

fn empty(asked: &Asked, more: bool) -> Empty {
    if more {
        let text = "Nothing on this page of the search. It goes on: look at the next page.";
        return Empty::new("Not here yet", text);
    }
    if narrowed(asked).is_empty() {
        return Empty::new(
            "No orders yet",
            "They show up here as soon as somebody buys something.",
        );
    }
    Empty::new("Nothing found", "Try fewer words or filters.").action(PATH, "Show all orders")
}

fn tabs(asked: &Asked, views: &[SavedView]) -> Vec<Tab> {
    let now = narrowed(asked);
    let tab = |(label, query): (&str, &str)| {
        let href = if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") };
        Tab::new(&href, label, query == now)
    };
    let saved = views.iter().map(|view| (view.name.as_str(), view.query.as_str()));
    TABS.into_iter().chain(saved).map(tab).collect()
}

fn filters(asked: &Asked) -> Filters {
    let money = [
        ("pending", "To be paid"),
        ("paid", "Paid"),
        ("partially_refunded", "Partly refunded"),
        ("refunded", "Refunded"),
    ];
    let sent = [("unfulfilled", "To send"), ("partial", "Partly sent"), ("fulfilled", "Sent")];
    let state =
        [("placed", "Payment running"), ("confirmed", "Confirmed"), ("cancelled", "Cancelled")];
    let from = [("5000", "50 and more"), ("10000", "100 and more"), ("50000", "500 and more")];
    let mut filters = Filters::new(asked, "Number, name, e-mail, product, SKU")
        .select(asked, "state", "State", &state)
        .select(asked, "payment_state", "Money", &money)
        .select(asked, "fulfilment_state", "Delivery", &sent)
        .select(asked, "total_min", "Total", &from)
        .date(asked, "placed_from", "From")
        .date(asked, "placed_to", "To");
    for (name, label) in [("tag", "Tag"), ("email", "E-mail"), ("customer_id", "Customer")] {
        if let Some(value) = asked.some(name) {
            let label = format!("{label}: {value}");
            filters.chips.push(Link { href: asked.with(name, ""), label });
        }
    }
    filters
}
