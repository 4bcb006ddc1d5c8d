//! The storefront: the shop's pages, rendered here, readable without scripts. It owns no data and no rules: it
//! sees the shop through the other services' clients, like anyone else.

mod assets;
mod basket;
mod below;
mod cards;
mod cookies;
mod error;
mod forms;
mod frame;
mod guard;
mod listing;
mod pages;
mod routes;
mod site;
mod view;
mod words;

use std::sync::Arc;

use emart_books_api::Books;
use emart_cart_api::Cart;
use emart_catalog_api::Catalog;
use emart_content_api::Content;
use emart_events::Host;
use emart_http::Service;
use emart_identity_api::Identity;
use emart_orders_api::{NewCheckout, Orders};
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

/// Settings of the storefront.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The shop's name.
    #[serde(skip)]
    pub shop_name: String,
    /// The sentence on the home page.
    pub headline: String,
    /// What the shop sells, in a sentence or two.
    pub tagline: String,
    /// An e-mail address for questions; shown at the foot of every page unless empty.
    pub contact: String,
    /// Whether the foot of every page leads to BooksMart.
    pub books: bool,
    /// The language of the pages, as HTML writes it.
    pub language: String,
    /// The pages' own address as visitors see it, for canonical links and the sitemap; with a path, all pages are below it.
    #[serde(skip)]
    pub public_url: String,
    /// Whether the catalogue's prices have tax in them; said under every price.
    #[serde(skip)]
    pub prices_include_tax: bool,
    /// Says at checkout that no money moves, and which card numbers do what.
    pub test_cards: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            shop_name: "E-Mart".to_owned(),
            headline: "Good things for every day".to_owned(),
            tagline: "Useful things, chosen with care and delivered on the day you pick."
                .to_owned(),
            contact: String::new(),
            books: true,
            language: "en".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            prices_include_tax: true,
            test_cards: true,
        }
    }
}

impl Config {
    /// Returns what is wrong with the settings, all at once.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.shop_name.trim().is_empty() {
            wrong.push("shop_name: must not be empty".to_owned());
        }
        let url = url::Url::parse(&self.public_url);
        if !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            wrong.push("public_url: must be like https://shop.example".to_owned());
        }
        wrong
    }

    fn origin(&self) -> &str {
        self.public_url.trim_end_matches('/')
    }

    /// The path below which the pages are; empty at the root.
    fn base(&self) -> &str {
        let place = self.origin().split_once("://").map_or("", |(_, place)| place);
        place.find('/').map_or("", |at| &place[at..])
    }

    /// Whether the pages' address is one that passkeys can belong to: a name, over TLS or on this machine.
    fn has_passkeys(&self) -> bool {
        let Ok(url) = url::Url::parse(&self.public_url) else { return false };
        url.domain().is_some_and(|name| url.scheme() == "https" || name == "localhost")
    }

    fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The services the pages show.
#[derive(Clone, Debug)]
pub struct Clients {
    /// Products and categories.
    pub catalog: Catalog,
    /// Carts.
    pub cart: Cart,
    /// Totals, countries, delivery days.
    pub pricing: Pricing,
    /// Checkouts and orders.
    pub orders: Orders,
    /// Accounts and sessions.
    pub identity: Identity,
    /// Card tokens and confirmations.
    pub payments: Payments,
    /// BooksMart.
    pub books: Books,
    /// The shop's name and looks, pages, menus.
    pub content: Content,
}

/// What every page is made with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Storefront(Arc<Inner>);

pub(crate) struct Inner {
    config: Config,
    clients: Clients,
    keeper: frame::Keeper,
    home: pages::home::Kept,
    related: pages::product::Related,
    pages: pages::product::Pages,
    /// What each checkout form on its way said, by its key: a form that is sent twice has to say the same twice.
    attempts: Cache<String, NewCheckout>,
}

impl std::ops::Deref for Storefront {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// The shop's pages.
pub async fn service(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<Service> {
    let wrong = config.check();
    anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    let storefront = Storefront(Arc::new(Inner {
        config: config.clone(),
        clients,
        keeper: frame::Keeper::new(),
        home: pages::home::Kept::new(),
        related: pages::product::Related::new(512),
        pages: pages::product::pages(),
        attempts: Cache::new(1024),
    }));
    let mut service = Service::new("storefront", &host.metrics, routes::routes(storefront.clone()));
    let guard = axum::middleware::from_fn_with_state(storefront, guard::guard);
    service.router = service.router.layer(guard);
    if !config.base().is_empty() {
        service.router = below::below(config.base(), service.router);
    }
    Ok(service)
}
