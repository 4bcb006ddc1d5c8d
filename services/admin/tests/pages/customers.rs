//! Customers: what is handed to them is everything, of every service that keeps something.

use axum::Router;
use axum::routing::{get, post};
use emart_admin::Clients;
use emart_cart_api::Cart;
use emart_http::{Caller, Json, Problem, Role};
use emart_identity_api::Identity;
use emart_notifications_api::Notifications;
use emart_orders_api::Orders;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Browser, shop};

const ADA: &str = "usr_00000000000000000000000009";

fn clients() -> Clients {
    let account = json!({
        "user": {"id": ADA, "email": "ada@work.example", "name": "Ada", "role": "customer", "created_at": "2026-11-30T12:00:00Z"},
        "tags": ["vip"], "note": "likes tea", "addresses": [], "sessions": [],
    });
    let path = format!("/api/v1/identity/customers/{ADA}/export");
    let identity = shop::identity().route(&path, get(|| async { Json(account) }));
    let draft = json!({
        "id": "drf_00000000000000000000000001", "token": "t", "state": "open", "lines": [], "email": "ada@work.example",
        "order_id": null, "version": 1, "created_at": "2026-11-30T12:00:00Z", "updated_at": "2026-11-30T12:00:00Z",
    });
    let orders = Router::new().route(
        "/internal/orders/personal-data",
        post(|Json(query): Json<Value>| async move {
            assert_eq!(
                (&query["customer_id"], &query["email"]),
                (&json!(ADA), &json!("ada@work.example"))
            );
            Json(json!({"orders": [], "drafts": [draft], "next": null}))
        }),
    );
    let email = json!({
        "id": "eml_00000000000000000000000001", "kind": "welcome", "to": "ada@work.example", "subject": "Welcome, Ada",
        "state": "sent", "tries": 1, "error": null, "created_at": "2026-11-30T12:00:00Z", "sent_at": null,
        "order_id": null, "text": "Nice to have you", "html": "<p>Nice to have you</p>",
    });
    let notifications = Router::new().route(
        "/internal/notifications/personal-data",
        post(|Json(query): Json<Value>| async move {
            Json(if query["to"].is_null() { json!([]) } else { json!([email]) })
        }),
    );
    let cart = Router::new().fallback(|| async { Problem::not_found() });
    Clients {
        identity: Identity(shop::peer("identity", identity)),
        orders: Orders(shop::peer("orders", orders)),
        notifications: Notifications(shop::peer("notifications", notifications)),
        cart: Cart(shop::peer("cart", cart)),
        ..shop::clients()
    }
}

#[tokio::test]
async fn what_a_customer_is_handed_is_everything_the_store_keeps_of_them() {
    let mut admin = Browser::with(Caller::person(Role::Admin, "usr_1"), clients());
    let seen = admin.open(&format!("/admin/customers/{ADA}/export")).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    let given: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(given["account"]["note"], "likes tea");
    assert_eq!(given["drafts"][0]["email"], "ada@work.example");
    assert_eq!(given["emails"][0]["text"], "Nice to have you");
    assert_eq!((&given["orders"], &given["cart"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn a_part_that_cannot_be_had_is_not_left_out_in_silence() {
    let away = Router::new().fallback(|| async { Problem::unavailable() });
    let clients = Clients { orders: Orders(shop::peer("orders", away)), ..clients() };
    let mut admin = Browser::with(Caller::person(Role::Admin, "usr_1"), clients);
    let seen = admin.open(&format!("/admin/customers/{ADA}/export")).await;
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE, "{}", seen.body);
}
