//! The original E-Mart's shop API, wire for wire, over this store's services. It has no rules and no prices of its own:
//! what it changes is seen in the storefront and the API at once, and the other way round.

mod aliases;
mod domain;
mod error;
mod events;
mod jobs;
mod ops;
mod routes;
mod shop;
mod store;

use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use emart_cart_api::Cart;
use emart_catalog_api::Catalog;
use emart_events::Host;
use emart_http::Service;
use emart_identity_api::Identity;
use emart_orders_api::Orders;
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;
use emart_store::{Db, EngineKind, migrations};
use emart_types::{Clock, Currency};
use serde::{Deserialize, Serialize};

use crate::aliases::Aliases;
use crate::shop::Shop;

/// Settings of `classic`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long a token is good for: the original's client cannot ask for the next.
    pub token_hours: u32,
    /// Whether accounts are made through `/api/user/register`. Their addresses are not confirmed by e-mail.
    pub registration: bool,
    /// Whether prices have delivery in them, as in the original: nothing is charged for sending what is ordered here.
    pub delivered: bool,
    /// Whether any day from today on can be chosen, as in the original; else the store's days of delivery.
    pub any_day: bool,
    /// What stands for the postal code, which the original does not ask for, where a country needs one.
    pub postal_code: String,
    /// The region where the store's country needs one (ISO 3166-2 without the country).
    pub region: Option<String>,
    /// The store's country; set by `[pricing]`.
    #[serde(skip)]
    pub country: String,
    /// The store's currency; set for all services by `[shop]`.
    #[serde(skip)]
    pub currency: Currency,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            token_hours: 168,
            registration: true,
            delivered: true,
            any_day: true,
            postal_code: "-".to_owned(),
            region: None,
            country: "DE".to_owned(),
            currency: Currency::EUR,
        }
    }
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if !(12..=2160).contains(&self.token_hours) {
            wrong.push("token_hours: must be from 12 to 2160".to_owned());
        }
        if !(1..=20).contains(&self.postal_code.chars().count()) {
            wrong.push("postal_code: must be 1 to 20 characters".to_owned());
        }
        wrong
    }
}

/// Whom `classic` calls.
#[derive(Debug, Clone)]
pub struct Clients {
    /// For what somebody is about to buy.
    pub cart: Cart,
    /// For what is sold.
    pub catalog: Catalog,
    /// For people.
    pub identity: Identity,
    /// For what was bought.
    pub orders: Orders,
    /// For cards.
    pub payments: Payments,
    /// For the days of delivery.
    pub pricing: Pricing,
}

/// What every handler has.
#[derive(Clone)]
struct Classic(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    config: Config,
    clients: Clients,
    aliases: ArcSwap<Aliases>,
    shop: ArcSwapOption<Shop>,
}

impl std::ops::Deref for Classic {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<Service> {
    let db = host.open("classic", migrations!["0001_classic"]).await?;
    let aliases = Aliases::read(&db).await?;
    let classic = Classic(Arc::new(Inner {
        db: db.clone(),
        clock: host.clock.clone(),
        config: config.clone(),
        clients,
        aliases: ArcSwap::from_pointee(aliases),
        shop: ArcSwapOption::empty(),
    }));
    host.subscribe(events::consumer(&classic));
    if db.engine() == EngineKind::Postgres {
        // Another copy may be told of ids.
        host.tasks.spawn("classic ids", jobs::follow(classic.clone()));
    }
    Ok(Service::new("classic", &host.metrics, routes::routes(classic)).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
