//! The first page: what is sold, what waits, which payments failed, and what happened lately.

use axum::Router;
use axum::routing::get;
use emart_admin::Clients;
use emart_http::{Caller, Json, Permission, Permissions, Role};
use emart_identity_api::Identity;
use emart_orders_api::Orders;
use serde_json::{Value, json};

use super::{Browser, shop};

fn money(minor: i64) -> Value {
    json!({"amount_minor": minor, "currency": "EUR"})
}

fn sales(minor: i64) -> Value {
    let money = money(minor);
    json!({"orders": 1, "pieces": 1, "sales": money, "refunds": money, "average": money})
}

fn orders() -> Router {
    let period = |now, before| json!({"now": sales(now), "before": sales(before)});
    let mut day = sales(700);
    day["date"] = json!("2026-11-30");
    let statistics = json!({
        "time_zone": "UTC", "today": period(700, 500), "week": period(1500, 1000),
        "month": period(9000, 6000), "days": [day],
        "waiting": {"to_fulfil": 3, "to_pay": 0, "payments_failed": 2},
        "top_products": [],
    });
    let failed = |email: &str, order: Value, number: Value| {
        json!({
            "checkout_id": "chk_00000000000000000000000001", "email": email, "total": money(1490),
            "lines": [{"title": "Green tea", "variant_title": "100 g", "quantity": 2}],
            "code": "card-declined", "reason": "the card was declined; nothing was charged",
            "failed_at": "2026-11-30T12:00:00Z", "draft_id": null, "order_id": order,
            "order_number": number,
        })
    };
    let order = json!("ord_00000000000000000000000001");
    let failed = json!({"items": [
        failed("cleo@example.com", Value::Null, Value::Null),
        failed("bob@example.com", order, json!(1002)),
    ], "next_cursor": null});
    let none = json!({"items": [], "next_cursor": null});
    Router::new()
        .route("/api/v1/orders/statistics", get(|| async { Json(statistics) }))
        .route("/api/v1/orders/failed-payments", get(|| async { Json(failed) }))
        .route("/api/v1/orders", get(|| async { Json(none) }))
}

fn identity() -> Router {
    let changes = json!({"items": [{
        "id": "aud_1", "at": "2026-11-30T12:00:00Z", "service": "catalog",
        "actor_name": "owner@example.com", "actor": "usr_1", "client": null, "request_id": "r",
        "action": "product.updated", "resource": "prd_1", "label": "Green tea",
        "before": null, "after": null,
    }], "next_cursor": null});
    shop::identity().route("/api/v1/identity/audit", get(|| async { Json(changes) }))
}

fn somebody(may: Permissions) -> Browser {
    let clients = Clients {
        orders: Orders(shop::peer("orders", orders())),
        identity: Identity(shop::peer("identity", identity())),
        ..shop::clients()
    };
    Browser::with(Caller::person(Role::Staff, "usr_1").allowed(may), clients)
}

#[tokio::test]
async fn the_first_page_says_what_was_sold_what_waits_and_which_payments_failed() {
    let mut admin = somebody(Permissions::ALL);
    let seen = admin.open("/admin").await.body;
    for words in [
        "Today",
        "50 % more than in the 7 days before",
        "Last 30 days",
        "Orders to send",
        "Failed payments",
        "the card was declined",
        "paid after all as order 1002",
        "/admin/orders/ord_00000000000000000000000001",
        "href=\"/admin/orders/failed-payments\"",
        "What sold best",
        "Product updated · Green tea",
        "<svg class=\"chart-draw\"",
        "Sales of each of the last 30 days",
    ] {
        assert!(seen.contains(words), "{words} in\n{seen}");
    }
}

#[tokio::test]
async fn failed_payments_say_who_wanted_what_and_what_came_of_it() {
    let mut admin = somebody(Permissions::ALL);
    let seen = admin.open("/admin/orders/failed-payments").await.body;
    for words in
        ["cleo@example.com", "2 × Green tea (100 g)", "Card declined", "Not bought", "Order 1002"]
    {
        assert!(seen.contains(words), "{words} in\n{seen}");
    }
}

#[tokio::test]
async fn everybody_sees_of_the_first_page_what_they_may_see() {
    let mut packer = somebody(Permissions::NONE.with(Permission::InventoryRead));
    let seen = packer.open("/admin").await.body;
    assert!(!seen.contains("cleo@example.com") && !seen.contains("Green tea"), "{seen}");
    let mut seller = somebody(Permissions::NONE.with(Permission::OrdersRead));
    let seen = seller.open("/admin").await.body;
    assert!(seen.contains("cleo@example.com") && !seen.contains("Product updated"), "{seen}");
}
