//! What things cost: promotions, taxes, shipping, delivery slots, and the quote that puts them together.

mod domain;
mod edit;
mod error;
mod events;
mod ops;
mod routes;
mod store;

use std::sync::Arc;

use emart_catalog_api::Catalog;
use emart_events::{Host, Outbox};
use emart_http::Service;
use emart_store::{Db, migrations};
use emart_types::{Clock, Currency};
use serde::{Deserialize, Serialize};

use crate::domain::calendar::Calendar;
use crate::domain::countries;

/// Settings of `pricing`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The store's own country (ISO 3166-1 alpha-2): quotes without a destination are worked out for it.
    pub country: String,
    /// Whether catalogue prices have tax in them.
    pub prices_include_tax: bool,
    /// Countries the store sends to; all it knows when empty.
    pub countries: Vec<String>,
    /// Orders a day takes, where staff have not said otherwise.
    pub orders_per_day: u32,
    /// Days from an order to the first day of delivery.
    pub lead_days: u32,
    /// How many days ahead can be booked.
    pub horizon_days: u32,
    /// Days of the week without delivery: `sunday`, …
    pub closed_weekdays: Vec<String>,
    /// Where the days begin and end (IANA name).
    pub time_zone: String,
    /// The store's currency; set for all services by `[shop]`.
    #[serde(skip)]
    pub currency: Currency,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            country: "DE".to_owned(),
            prices_include_tax: true,
            countries: Vec::new(),
            orders_per_day: 3,
            lead_days: 1,
            horizon_days: 60,
            closed_weekdays: vec!["sunday".to_owned()],
            time_zone: "UTC".to_owned(),
            currency: Currency::EUR,
        }
    }
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for code in self.countries.iter().chain([&self.country]) {
            if countries::find(code).is_none() {
                wrong.push(format!("countries: {code} is not a country code of ISO 3166-1"));
            }
        }
        if !(1..=365).contains(&self.horizon_days) || self.lead_days >= self.horizon_days {
            wrong.push("horizon_days: must be 1 to 365 and more than lead_days".to_owned());
        }
        if let Err(error) = Calendar::new(self) {
            wrong.push(error);
        }
        wrong
    }
}

/// Whom `pricing` calls.
#[derive(Debug, Clone)]
pub struct Clients {
    /// For prices and weights.
    pub catalog: Catalog,
}

/// What every handler has.
#[derive(Debug, Clone)]
struct Pricing {
    db: Db,
    config: Arc<Config>,
    calendar: Arc<Calendar>,
    clock: Clock,
    outbox: Outbox,
    catalog: Catalog,
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<Service> {
    let db = host.open("pricing", migrations!["0001_pricing", "0002_promotions"]).await?;
    let calendar = Calendar::new(config).map_err(anyhow::Error::msg)?;
    store::defaults::seed(&db, config.currency).await?;
    let pricing = Pricing {
        db: db.clone(),
        config: Arc::new(config.clone()),
        calendar: Arc::new(calendar),
        clock: host.clock.clone(),
        outbox: host.outbox("pricing", &db),
        catalog: clients.catalog,
    };
    host.subscribe(events::consumer(&pricing));
    Ok(Service::new("pricing", &host.metrics, routes::routes(pricing)).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
