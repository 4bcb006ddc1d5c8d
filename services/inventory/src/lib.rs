//! Stock: how much there is of what, who has a claim on it, and every movement of it. Nothing is sold twice.

mod domain;
mod error;
mod jobs;
mod ops;
mod routes;
mod store;

use emart_events::{Host, Outbox};
use emart_http::Service;
use emart_store::{Db, Migration, migrations};
use emart_types::Clock;
use serde::{Deserialize, Serialize};

const MIGRATIONS: &[Migration] = migrations!["0001_stock", "0002_back_office"];

/// Settings of `inventory`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Seconds between two looks for reservations that have run out.
    pub expiry_seconds: u32,
    /// With so many pieces available or fewer an item is low, unless it has a threshold of its own.
    pub low_stock: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { expiry_seconds: 15, low_stock: 5 }
    }
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if !(1..=3600).contains(&self.expiry_seconds) {
            wrong.push("expiry_seconds: must be from 1 to 3600".to_owned());
        }
        if self.low_stock > 1_000_000 {
            wrong.push("low_stock: must be from 0 to 1000000".to_owned());
        }
        wrong
    }
}

/// What every handler has.
#[derive(Debug, Clone)]
struct Inventory {
    db: Db,
    outbox: Outbox,
    clock: Clock,
    /// The threshold of new items.
    low_stock: i64,
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host) -> anyhow::Result<Service> {
    let db = host.open("inventory", MIGRATIONS).await?;
    let outbox = host.outbox("inventory", &db);
    let (clock, low_stock) = (host.clock.clone(), config.low_stock.into());
    let inventory = Inventory { db: db.clone(), outbox, clock, low_stock };
    let every = std::time::Duration::from_secs(config.expiry_seconds.into());
    host.tasks.spawn("inventory expiry", jobs::release_expired(inventory.clone(), every));
    host.tasks.spawn("inventory low stock", jobs::follow_low_stock(inventory.clone()));
    Ok(Service::new("inventory", &host.metrics, routes::routes(inventory)).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
