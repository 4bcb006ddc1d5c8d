//! What the services find: a few of each kind, for those who may see them. A service that is away finds nothing, and the
//! others are shown all the same.

use emart_http::Permission;

use super::Hit;
use crate::Admin;
use crate::visitor::Visitor;
use crate::words;

/// Hits of one kind.
const MOST: &str = "5";

fn asked(query: &str) -> String {
    let mut asked = url::form_urlencoded::Serializer::new(String::new());
    asked.append_pair("q", query.trim_start_matches('#')).append_pair("limit", MOST).finish()
}

pub(super) async fn orders(admin: &Admin, visitor: &Visitor, query: &str) -> Vec<Hit> {
    if !visitor.may(Permission::OrdersRead) {
        return Vec::new();
    }
    let Ok(found) = admin.clients.orders.orders(&asked(query)).await else { return Vec::new() };
    let hit = |order: emart_orders_api::OrderSummary| Hit {
        href: format!("/admin/orders/{}", order.id),
        label: format!("Order {} · {}", order.number, order.total),
        note: format!("{}, {}", order.email, words::date(order.placed_at)),
        icon: "receipt",
    };
    found.items.into_iter().map(hit).collect()
}
