//! Carts of guests and customers: what someone means to buy, with today's prices.

mod domain;
mod error;
mod events;
mod jobs;
mod routes;
mod store;
mod view;

use std::sync::Arc;

use emart_catalog_api::Catalog;
use emart_events::Host;
use emart_http::{Seal, Service};
use emart_store::{Db, migrations};
use emart_types::{Clock, Currency};
use serde::{Deserialize, Serialize};

/// Settings of `cart`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Days after which an untouched guest's cart is forgotten.
    pub guest_days: u32,
    /// Days after which an untouched customer's cart is forgotten.
    pub customer_days: u32,
    /// Lines a cart holds: at most 100.
    pub lines: usize,
    /// Pieces of one variant a cart holds: at most 999.
    pub quantity: u32,
    /// The store's currency; set for all services by `[shop]`.
    #[serde(skip)]
    pub currency: Currency,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            guest_days: 30,
            customer_days: 365,
            lines: 100,
            quantity: 999,
            currency: Currency::EUR,
        }
    }
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.guest_days == 0 || self.customer_days == 0 {
            wrong.push("guest_days and customer_days: must be 1 or more".to_owned());
        }
        if !(1..=100).contains(&self.lines) {
            wrong.push("lines: must be from 1 to 100".to_owned());
        }
        if !(1..=999).contains(&self.quantity) {
            wrong.push("quantity: must be from 1 to 999".to_owned());
        }
        wrong
    }
}

/// Whom `cart` calls.
#[derive(Debug, Clone)]
pub struct Clients {
    /// For names, prices and stock.
    pub catalog: Catalog,
}

/// What every handler has.
#[derive(Debug, Clone)]
struct Carts {
    db: Db,
    config: Arc<Config>,
    clock: Clock,
    catalog: Catalog,
    seal: Arc<Seal>,
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<Service> {
    let db = host.open("cart", migrations!["0001_carts", "0002_coupons"]).await?;
    let secret = store::secret(&db).await?;
    let carts = Carts {
        db: db.clone(),
        config: Arc::new(config.clone()),
        clock: host.clock.clone(),
        catalog: clients.catalog,
        seal: Arc::new(Seal::new(&secret)),
    };
    host.subscribe(events::consumer(&db));
    host.tasks.spawn("cart expiry", jobs::forget_old_carts(carts.clone()));
    Ok(Service::new("cart", &host.metrics, routes::routes(carts)).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
