//! The services behind the pages, faked: routers that answer as the contracts say.

pub(crate) mod content;
pub(crate) mod notifications;

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use emart_admin::Clients;
use emart_books_api::Books;
use emart_cart_api::Cart;
use emart_catalog_api::Catalog;
use emart_content_api::Content;
use emart_http::{Json, Problem, Role};
use emart_identity_api::{Identity, User};
use emart_inventory_api::Inventory;
use emart_mesh::{Peer, here};
use emart_notifications_api::Notifications;
use emart_orders_api::Orders;
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;
use emart_types::Timestamp;
use tokio_util::task::TaskTracker;

pub(crate) const HOSTILE: &str = "<script>alert('x')</script>";

pub(crate) fn peer(name: &'static str, router: Router) -> Peer {
    here(name, router, Duration::from_secs(5), &TaskTracker::new())
}

pub(crate) fn clients() -> Clients {
    let away = || Router::new().fallback(|| async { Problem::unavailable() });
    Clients {
        books: Books(peer("books", away())),
        cart: Cart(peer("cart", away())),
        catalog: Catalog(peer("catalog", away())),
        content: Content(peer("content", content::content())),
        identity: Identity(peer("identity", identity())),
        inventory: Inventory(peer("inventory", away())),
        notifications: Notifications(peer("notifications", notifications::notifications())),
        orders: Orders(peer("orders", away())),
        payments: Payments(peer("payments", away())),
        pricing: Pricing(peer("pricing", away())),
    }
}

fn identity() -> Router {
    let user = User {
        id: "usr_00000000000000000000000001".parse().unwrap(),
        email: "ada@example.com".to_owned(),
        name: Some(format!("Ada {HOSTILE}")),
        role: Role::Admin,
        created_at: Timestamp::from_millis(1_795_400_000_000),
    };
    Router::new().route("/api/v1/identity/me", get(move || async move { Json(user) }))
}
