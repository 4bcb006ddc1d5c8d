//! `books` through its APIs, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod batches;
mod books;
mod classic;

use emart_books::Config;
use emart_events::Host;
use emart_telemetry::Metrics;
use emart_testkit::{Api, TestStore, stores};
use emart_types::Clock;

/// A running `books`.
pub(crate) struct Shop {
    pub(crate) api: Api,
    _host: Host,
    _store: TestStore,
}

impl Shop {
    /// One on each engine.
    pub(crate) async fn both() -> Vec<Self> {
        Self::both_with(Config::default()).await
    }

    /// The same with settings of its own.
    pub(crate) async fn both_with(config: Config) -> Vec<Self> {
        let mut shops = Vec::new();
        for store in stores().await {
            let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
            let host = Host::new(clock, Metrics::new(), store.settings().clone());
            let service = emart_books::service(&config, &host).await.unwrap();
            shops.push(Self { api: Api::new(&service), _host: host, _store: store });
        }
        shops
    }
}
