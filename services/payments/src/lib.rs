//! Payments: the promise of money, its capture, its return; and the providers who keep these promises.

mod domain;
mod error;
mod jobs;
mod ops;
pub mod providers;
mod routes;
mod store;

use std::sync::Arc;
use std::time::Duration;

use emart_events::{Host, Outbox};
use emart_http::{Seal, Service};
use emart_store::{Db, Migration, migrations};
use emart_types::{Clock, Currency};
use serde::{Deserialize, Serialize};

use crate::domain::payment::Kept;
use crate::providers::none::NoProvider;
use crate::providers::{Provider, TestProvider};

const MIGRATIONS: &[Migration] = migrations!["0001_payments", "0002_refunds", "0003_gift_cards"];

/// Settings of `payments`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long a provider may take to answer.
    pub provider_timeout_ms: u32,
    /// Seconds after which a payment whose outcome is not known is looked up at its provider.
    pub pending_seconds: u32,
    /// Seconds between two looks for such payments.
    pub reconcile_seconds: u32,
    /// The store's currency; set for all services by `[shop]`.
    #[serde(skip)]
    pub currency: Currency,
}

impl Default for Config {
    fn default() -> Self {
        let (provider_timeout_ms, pending_seconds, reconcile_seconds) = (10_000, 20, 5);
        Self { provider_timeout_ms, pending_seconds, reconcile_seconds, currency: Currency::EUR }
    }
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if !(1..=25_000).contains(&self.provider_timeout_ms) {
            wrong.push("provider_timeout_ms: must be from 1 to 25000".to_owned());
        }
        if !(1..=86_400).contains(&self.pending_seconds)
            || u64::from(self.pending_seconds) * 1000 < 2 * u64::from(self.provider_timeout_ms)
        {
            wrong.push(
                "pending_seconds: must be at most 86400 and at least twice provider_timeout_ms"
                    .to_owned(),
            );
        }
        if !(1..=3600).contains(&self.reconcile_seconds) {
            wrong.push("reconcile_seconds: must be from 1 to 3600".to_owned());
        }
        wrong
    }

    fn provider_timeout(&self) -> Duration {
        Duration::from_millis(self.provider_timeout_ms.into())
    }

    fn pending(&self) -> Duration {
        Duration::from_secs(self.pending_seconds.into())
    }
}

/// What every handler has.
#[derive(Clone)]
struct Payments {
    db: Db,
    outbox: Outbox,
    clock: Clock,
    config: Arc<Config>,
    provider: Arc<dyn Provider>,
    /// Knows gift cards' codes and tokens.
    seal: Arc<Seal>,
}

impl Payments {
    /// Who keeps a payment: nobody where no card pays.
    fn provider_of(&self, kept: &Kept) -> &dyn Provider {
        if kept.by_card().is_zero() { &NoProvider } else { &*self.provider }
    }
}

/// Starts the service with the test provider.
pub async fn service(config: &Config, host: &Host) -> anyhow::Result<Service> {
    service_with(config, host, |db| Arc::new(TestProvider::new(db))).await
}

/// Starts the service with another provider, which may keep what it needs in the service's database.
pub async fn service_with(
    config: &Config,
    host: &Host,
    provider: impl FnOnce(Db) -> Arc<dyn Provider>,
) -> anyhow::Result<Service> {
    let db = host.open("payments", MIGRATIONS).await?;
    let seal = Arc::new(Seal::new(&store::gift_cards::secret(&db).await?));
    let payments = Payments {
        db: db.clone(),
        outbox: host.outbox("payments", &db),
        clock: host.clock.clone(),
        config: Arc::new(config.clone()),
        provider: provider(db.clone()),
        seal,
    };
    host.tasks.spawn("payments reconciliation", jobs::reconcile(payments.clone()));
    Ok(Service::new("payments", &host.metrics, routes::routes(payments)).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
