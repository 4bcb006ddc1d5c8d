//! The services behind the pages, faked: routers that answer as the contracts say.

pub(crate) mod content;
pub(crate) mod notifications;
pub(crate) mod sagas;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use emart_admin::{Backup, Backups, Clients, Part};
use emart_books_api::Books;
use emart_cart_api::Cart;
use emart_catalog_api::Catalog;
use emart_content_api::Content;
use emart_desk::{Desk, EventsState, ParkedEvent, ServiceState};
use emart_http::{Json, Problem, Role};
use emart_identity_api::{Identity, User};
use emart_inventory_api::Inventory;
use emart_mesh::{Peer, here};
use emart_notifications_api::Notifications;
use emart_orders_api::Orders;
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;
use emart_types::Timestamp;
use http::StatusCode;
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
        parts: vec![
            Part {
                name: "notifications",
                desk: Desk(peer("notifications", one_is_parked())),
                copies: None,
            },
            Part { name: "cart", desk: Desk(peer("cart", away())), copies: None },
        ],
        backups: Some(backups()),
    }
}

pub(crate) fn identity() -> Router {
    let user = User {
        id: "usr_00000000000000000000000001".parse().unwrap(),
        email: "ada@example.com".to_owned(),
        name: Some(format!("Ada {HOSTILE}")),
        role: Role::Admin,
        created_at: Timestamp::from_millis(1_795_400_000_000),
    };
    Router::new().route("/api/v1/identity/me", get(move || async move { Json(user) }))
}

/// A service that works, and could not handle one event.
fn one_is_parked() -> Router {
    let at = Timestamp::from_millis(1_795_400_000_000);
    let events = EventsState { untold: 0, untold_since: None, held: 0, parked: 1 };
    let state = ServiceState {
        service: "notifications".to_owned(),
        version: "0.1.0".to_owned(),
        started_at: at,
        trouble: None,
        events: Some(events),
    };
    let parked = ParkedEvent {
        event_id: "evt_1".to_owned(),
        consumer: "notifications".to_owned(),
        source: "orders".to_owned(),
        kind: "orders.order_placed.v1".to_owned(),
        subject: "ord_1".to_owned(),
        tries: 8,
        error: format!("the mail server said no {HOSTILE}"),
        received_at: at,
        blocked: 2,
    };
    let decide = |Path((id, _)): Path<(String, String)>| async move {
        if id == "evt_1" { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
    };
    Router::new()
        .route("/internal/desk", get(move || async move { Json(state) }))
        .route("/internal/desk/parked", get(move || async move { Json(vec![parked]) }))
        .route("/internal/desk/parked/{id}/{what}", post(decide))
}

/// One backup; a further one takes for ever.
fn backups() -> Backups {
    let backup = Backup {
        at: "2026-11-30T12:00:00Z".parse().unwrap(),
        name: "emart-2026-11-30T120000Z.tar.zst".to_owned(),
        bytes: 3_450_000,
    };
    let list = move || -> emart_admin::Work<Vec<Backup>> {
        let backup = backup.clone();
        Box::pin(async move { Ok(vec![backup]) })
    };
    let make = || -> emart_admin::Work<()> { Box::pin(std::future::pending()) };
    Backups { list: Arc::new(list), make: Arc::new(make) }
}
