//! The back office: the pages on which the people who run the shop work, rendered here, usable without scripts. It owns
//! no data and no rules: it calls the other services as whoever is signed in, and they decide what that person may do.

mod asked;
mod assets;
mod chart;
mod error;
mod flash;
mod forms;
mod frame;
mod guard;
mod nav;
mod pages;
mod routes;
mod sent;
mod system;
mod table;
mod uploads;
mod view;
mod visitor;
mod words;

use std::sync::Arc;

pub use crate::system::{Backup, Backups, Part, Work};

use emart_books_api::Books;
use emart_cart_api::Cart;
use emart_catalog_api::Catalog;
use emart_content_api::Content;
use emart_events::{Host, Tasks};
use emart_http::Service;
use emart_identity_api::Identity;
use emart_inventory_api::Inventory;
use emart_notifications_api::Notifications;
use emart_orders_api::Orders;
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;
use emart_types::{Clock, Currency};

/// Settings of the back office, all of them handed down from those of the shop.
#[derive(Debug, Clone)]
pub struct Config {
    /// The shop's name.
    pub shop_name: String,
    /// The address of the shop's own pages, as visitors see it.
    pub shop_url: String,
    /// What the shop's prices are in.
    pub currency: Currency,
    /// How long a payment provider may take.
    pub payment_timeout_ms: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            shop_name: "E-Mart".to_owned(),
            shop_url: "http://127.0.0.1:8080".to_owned(),
            currency: Currency::EUR,
            payment_timeout_ms: 10_000,
        }
    }
}

impl Config {
    /// The path of the shop's own pages; empty at the root.
    fn shop_path(&self) -> &str {
        let place = self.shop_url.split_once("://").map_or("", |(_, place)| place);
        place.find('/').map_or("", |at| place[at..].trim_end_matches('/'))
    }

    fn secure(&self) -> bool {
        self.shop_url.starts_with("https://")
    }
}

/// The services the pages show and change.
#[derive(Clone, Debug)]
pub struct Clients {
    /// BooksMart.
    pub books: Books,
    /// Carts.
    pub cart: Cart,
    /// Products, categories and pictures.
    pub catalog: Catalog,
    /// The shop's name and looks, pages, menus.
    pub content: Content,
    /// People, sessions and keys.
    pub identity: Identity,
    /// Stock.
    pub inventory: Inventory,
    /// E-mails and webhooks.
    pub notifications: Notifications,
    /// Orders and checkouts.
    pub orders: Orders,
    /// Payments and refunds.
    pub payments: Payments,
    /// Promotions, taxes, shipping and delivery days.
    pub pricing: Pricing,
    /// The services themselves, for those who run the store.
    pub parts: Vec<Part>,
    /// The backups of the store's data; `None` where something else makes them.
    pub backups: Option<Backups>,
}

/// What every page is made with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Admin(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) clients: Clients,
    pub(crate) clock: Clock,
    pub(crate) tasks: Tasks,
    pub(crate) streams: pages::live::Streams,
    pub(crate) backing_up: Arc<system::BackingUp>,
    people: frame::People,
}

impl std::ops::Deref for Admin {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// The back office.
#[must_use]
pub fn service(config: &Config, host: &Host, clients: Clients) -> Service {
    let admin = Admin(Arc::new(Inner {
        config: config.clone(),
        clients,
        clock: host.clock.clone(),
        tasks: host.tasks.clone(),
        streams: pages::live::Streams::default(),
        backing_up: Arc::default(),
        people: frame::people(),
    }));
    let mut service = Service::new("admin", &host.metrics, routes::routes(admin.clone()));
    service.router =
        service.router.layer(axum::middleware::from_fn_with_state(admin, guard::guard));
    service
}
