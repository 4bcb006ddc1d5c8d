//! What the services find: a few of each kind, for those who may see them. A service that is away finds nothing, and the
//! others are shown all the same.

use emart_http::Permission;
use emart_identity_api::CustomerFilter;

use super::Hit;
use crate::visitor::Visitor;
use crate::{Admin, words};

/// Hits of one kind.
const MOST: u32 = 5;

fn asked(query: &str) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("q", query.trim_start_matches('#'));
    pairs.append_pair("limit", &MOST.to_string()).finish()
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

pub(super) async fn products(admin: &Admin, visitor: &Visitor, query: &str) -> Vec<Hit> {
    if !visitor.may(Permission::ProductsRead) {
        return Vec::new();
    }
    let found = admin.clients.catalog.desk_products(&asked(query)).await;
    let hit = |product: emart_catalog_api::DeskProduct| Hit {
        href: format!("/admin/products/{}", product.id),
        label: product.title,
        note: product.vendor.unwrap_or_default(),
        icon: "box",
    };
    found.map(|page| page.items.into_iter().map(hit).collect()).unwrap_or_default()
}

pub(super) async fn customers(admin: &Admin, visitor: &Visitor, query: &str) -> Vec<Hit> {
    if !visitor.may(Permission::CustomersRead) {
        return Vec::new();
    }
    let filter = CustomerFilter { q: Some(query.to_owned()), ..CustomerFilter::default() };
    let found = admin.clients.identity.customers(&filter, MOST, None).await;
    let hit = |customer: emart_identity_api::CustomerSummary| Hit {
        href: format!("/admin/customers/{}", customer.id),
        label: customer.name.clone().unwrap_or_else(|| customer.email.clone()),
        note: if customer.name.is_some() { customer.email } else { String::new() },
        icon: "user",
    };
    found.map(|page| page.items.into_iter().map(hit).collect()).unwrap_or_default()
}
