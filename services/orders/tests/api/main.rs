//! `orders` through its API, on both engines, with neighbours that fail when they are told to.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod acidrain;
mod checkouts;
mod drafts;
mod failed;
mod fulfilments;
mod lists;
mod neighbours;
mod orders;
mod personal;
mod refunds;
mod saga;
mod sagas;
mod schedules;

use std::sync::Arc;
use std::time::Duration;

use emart_events::Host;
use emart_orders::Config;
use emart_store::Db;
use emart_telemetry::Metrics;
use emart_testkit::{Answer, Api, TestStore, stores};
use emart_types::Clock;
use serde_json::{Value, json};

use crate::neighbours::Neighbours;

/// A running `orders` among its neighbours.
pub(crate) struct Shop {
    pub(crate) api: Api,
    pub(crate) near: Arc<Neighbours>,
    pub(crate) clock: Clock,
    pub(crate) host: Host,
    store: TestStore,
}

impl Shop {
    /// One on SQLite.
    pub(crate) async fn one() -> Self {
        Self::both().await.swap_remove(0)
    }

    /// One on each engine.
    pub(crate) async fn both() -> Vec<Self> {
        let mut shops = Vec::new();
        for store in stores().await {
            let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
            shops.push(Self::open(store, Arc::new(Neighbours::default()), clock).await);
        }
        shops
    }

    async fn open(store: TestStore, near: Arc<Neighbours>, clock: Clock) -> Self {
        let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
        let service =
            emart_orders::service(&Config::default(), &host, near.clients()).await.unwrap();
        Self { api: Api::new(&service), near, clock, host, store }
    }

    /// Another copy of the service on the same database. It must outlive its use.
    pub(crate) async fn copy(&self) -> (Api, Host) {
        let host = Host::new(self.clock.clone(), Metrics::new(), self.store.settings().clone());
        let service =
            emart_orders::service(&Config::default(), &host, self.near.clients()).await.unwrap();
        (Api::new(&service), host)
    }

    /// The process ends, and another begins on the same database.
    pub(crate) async fn restart(self) -> Self {
        self.host.stop().await;
        Self::open(self.store, self.near, self.clock).await
    }

    pub(crate) fn body(&self) -> Value {
        json!({
            "cart_id": self.near.cart_id(),
            "email": "ada@example.com",
            "shipping_address": {
                "name": "Ada Lovelace", "line1": "1 Analytical Way", "city": "Berlin",
                "postal_code": "10115", "country": "DE",
            },
            "card_token": emart_payments_api::CardToken::new(),
        })
    }

    pub(crate) async fn buy(&self, key: &str) -> Answer {
        self.buy_with(key, self.body()).await
    }

    pub(crate) async fn buy_with(&self, key: &str, body: Value) -> Answer {
        self.api.header("idempotency-key", key).post("/api/v1/checkouts", body).await
    }

    /// Lets time pass until the checkout has ended; returns how it stands then.
    pub(crate) async fn ended(&self, key: &str) -> Answer {
        for _ in 0..400 {
            let answer = self.buy(key).await;
            let order = self.newest_order().await;
            let settled = order.is_none_or(|order| order["state"] != "placed");
            if answer.status != 202 && settled && !self.near.is_holding() {
                return answer;
            }
            self.clock.advance(Duration::from_secs(5));
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the checkout did not end: {:?}", self.near);
    }

    pub(crate) async fn newest_order(&self) -> Option<Value> {
        let list = self.api.staff().get("/api/v1/orders").await.expect(200);
        let id = list["items"][0]["id"].as_str()?.to_owned();
        Some(self.api.staff().get(&format!("/api/v1/orders/{id}")).await.expect(200))
    }

    /// Buys; returns the order's path.
    pub(crate) async fn order(&self, key: &str) -> String {
        let done = self.buy(key).await.expect(201);
        format!("/api/v1/orders/{}", done["order_id"].as_str().unwrap())
    }

    /// The service's own database.
    pub(crate) fn db(&self) -> Db {
        let databases = self.host.databases();
        databases.into_iter().find(|(name, _)| *name == "orders").unwrap().1
    }

    /// Staff ask for something once.
    pub(crate) async fn ask(&self, key: &str, path: &str, body: Value) -> Answer {
        self.api.staff().header("idempotency-key", key).post(path, body).await
    }

    /// What staff know of an order.
    pub(crate) async fn details(&self, order: &str) -> Value {
        self.api.staff().get(&format!("{order}/details")).await.expect(200)
    }

    pub(crate) async fn order_count(&self) -> usize {
        let list = self.api.staff().get("/api/v1/orders?limit=100").await.expect(200);
        list["items"].as_array().unwrap().len()
    }
}
