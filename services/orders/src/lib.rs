//! Orders, and the checkout that makes them: a saga over cart, pricing, inventory and payments.

mod actions;
mod checkout;
mod domain;
mod drafts;
mod error;
mod events;
mod gauges;
mod jobs;
#[expect(clippy::float_arithmetic, reason = "points on paper; no money is worked out there")]
mod receipt;
mod routes;
mod sagas;
mod staff;
mod store;

use std::sync::Arc;
use std::time::Duration;

use emart_cart_api::Cart;
use emart_catalog_api::Catalog;
use emart_events::{Host, Outbox};
use emart_http::{Seal, Service};
use emart_inventory_api::Inventory;
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;
use emart_store::{Db, EngineKind, Migration, migrations};
use emart_types::{Clock, Currency};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::domain::days::Days;

const MIGRATIONS: &[Migration] = migrations![
    "0001_orders",
    "0002_failed",
    "0003_lists",
    "0004_actions",
    "0005_drafts",
    "0006_sagas",
    "0007_drafts_of"
];

/// Settings of `orders`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The number of the first order.
    pub first_number: i64,
    /// Seconds for which a checkout keeps its stock; also how long a shopper has to confirm a payment to their bank.
    pub reservation_seconds: u32,
    /// Seconds for which a checkout is left to the process that drives it; one whose process died is taken up after them.
    pub lease_seconds: u32,
    /// The shop's postal address, line by line, for receipts.
    pub shop_address: Vec<String>,
    /// The shop's VAT identification number, for receipts.
    pub vat_id: Option<String>,
    /// The shop's name; set for all services by `[shop]`.
    #[serde(skip)]
    pub shop_name: String,
    /// The store's currency; set for all services by `[shop]`.
    #[serde(skip)]
    pub currency: Currency,
    /// The time zone of the shop's days; set by `[pricing]`.
    #[serde(skip)]
    pub time_zone: String,
    /// Where every checkout stands still, for a test that kills the process there.
    #[cfg(feature = "fault-injection")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_before_step: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            first_number: 1001,
            reservation_seconds: 900,
            lease_seconds: 30,
            shop_address: Vec::new(),
            vat_id: None,
            shop_name: "E-Mart".to_owned(),
            currency: Currency::EUR,
            time_zone: "UTC".to_owned(),
            #[cfg(feature = "fault-injection")]
            pause_before_step: None,
        }
    }
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if !(1..=1_000_000_000).contains(&self.first_number) {
            wrong.push("first_number: must be from 1 to 1000000000".to_owned());
        }
        if !(60..=86_400).contains(&self.reservation_seconds) {
            wrong.push("reservation_seconds: must be from 60 to 86400".to_owned());
        }
        if !(1..=3600).contains(&self.lease_seconds) {
            wrong.push("lease_seconds: must be from 1 to 3600".to_owned());
        }
        if self.shop_address.len() > 8 {
            wrong.push("shop_address: must be at most 8 lines".to_owned());
        }
        #[cfg(feature = "fault-injection")]
        if self.pause_before_step.as_ref().is_some_and(|place| !checkout::is_pause(place)) {
            wrong.push("pause_before_step: there is no such step".to_owned());
        }
        wrong
    }

    const fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds as u64)
    }
}

/// Whom `orders` calls.
#[derive(Debug, Clone)]
pub struct Clients {
    /// For what is bought.
    pub cart: Cart,
    /// For what the things are called.
    pub catalog: Catalog,
    /// For the stock.
    pub inventory: Inventory,
    /// For the money.
    pub payments: Payments,
    /// For what it costs, and the day of delivery.
    pub pricing: Pricing,
}

/// What every handler and job has.
#[derive(Clone)]
struct Orders {
    db: Db,
    clock: Clock,
    outbox: Outbox,
    config: Arc<Config>,
    clients: Clients,
    seal: Arc<Seal>,
    days: Days,
    /// Wakes the job that indexes orders.
    to_index: Arc<Notify>,
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<Service> {
    let days = Days::new(&config.time_zone).map_err(anyhow::Error::msg)?;
    let db = host.open("orders", MIGRATIONS).await?;
    if db.engine() == EngineKind::Sqlite {
        // One process has the file: whoever drove a checkout before is gone, and no lease need run out.
        store::end_leases(&db).await?;
        store::actions::end_leases(&db).await?;
    }
    store::begin_numbers(&db, config.first_number).await?;
    let seal = Arc::new(Seal::new(&store::secret(&db).await?));
    let orders = Orders {
        db: db.clone(),
        clock: host.clock.clone(),
        outbox: host.outbox("orders", &db),
        config: Arc::new(config.clone()),
        clients,
        seal,
        days,
        to_index: Arc::default(),
    };
    host.subscribe(events::consumer(&orders));
    host.tasks.spawn("checkout resumption", jobs::resume(orders.clone()));
    host.tasks.spawn("checkout count", gauges::count(db.clone(), host.metrics.clone()));
    host.tasks.spawn("refund resumption", jobs::resume_actions(orders.clone()));
    host.tasks.spawn("order index", jobs::index(orders.clone()));
    host.tasks.spawn("failed checkouts", jobs::forget(orders.clone()));
    Ok(Service::new("orders", &host.metrics, routes::routes(orders)).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
