//! The services behind the pages, faked: routers that answer as the contracts say, with a little memory.

mod books;
mod content;
mod goods;
mod people;
mod selling;

use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use emart_books_api::Books;
use emart_cart_api::{Cart, NewLine};
use emart_catalog_api::Catalog;
use emart_content_api::Content;
use emart_identity_api::Identity;
use emart_mesh::{Peer, here};
use emart_orders_api::{NewCheckout, Orders};
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;
use emart_storefront::Clients;
use emart_types::{Currency, Money, Timestamp};
use tokio_util::task::TaskTracker;

pub(crate) use people::address;

pub(crate) const HOSTILE: &str = "<script>alert('x')</script>";

#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) card_tokens: AtomicU32,
    pub(crate) checkouts: Mutex<Vec<(String, NewCheckout)>>,
    pub(crate) registrations: AtomicU32,
    /// Whether the mugs are all sold.
    pub(crate) sold_out: AtomicBool,
    /// How often a whole product was sent.
    pub(crate) products_sent: AtomicU32,
    /// Whether `content` is away.
    pub(crate) no_content: AtomicBool,
    /// How books were asked for last.
    pub(crate) books_asked: Mutex<String>,
    lines: Mutex<Vec<NewLine>>,
    pub(crate) coupons: Mutex<Vec<String>>,
}

type Shop = State<Arc<Memory>>;

pub(crate) fn clients(memory: &Arc<Memory>) -> Clients {
    let peer = |name, router: Router<Arc<Memory>>| -> Peer {
        let router = router.with_state(Arc::clone(memory));
        here(name, router, Duration::from_secs(5), &TaskTracker::new())
    };
    Clients {
        catalog: Catalog(peer("catalog", goods::catalog())),
        cart: Cart(peer("cart", selling::cart())),
        pricing: Pricing(peer("pricing", selling::pricing())),
        orders: Orders(peer("orders", people::orders())),
        identity: Identity(peer("identity", people::identity())),
        payments: Payments(peer("payments", people::payments())),
        books: Books(peer("books", books::books())),
        content: Content(peer("content", content::content())),
    }
}

pub(crate) fn eur(amount_minor: i64) -> Money {
    Money { amount_minor, currency: Currency::EUR }
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_400_000_000)
}
