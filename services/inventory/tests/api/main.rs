//! The inventory service through its router, on both engines. The tests have
//! threads of their own, so that the service's job comes to its end while a test's database is taken away.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as the test itself does")]

mod adjustments;
mod back_office;
mod events;
mod incoming;
mod items;
mod ledger;
mod properties;
mod races;
mod reservations;
mod restocks;
mod stock_takes;

use std::time::Duration;

use emart_events::Host;
use emart_inventory::Config;
use emart_inventory_api::{
    Inventory, Movement, NewReservation, PutStockItem, ReservationLine, StockItemId, StockLevel,
    WhenOut,
};
use emart_mesh::{CallError, Mesh};
use emart_telemetry::Metrics;
use emart_testkit::{Api, TestStore, stores};
use emart_types::{Clock, Timestamp};
use serde_json::Value;

/// A store with an inventory and nothing else.
struct House {
    clock: Clock,
    host: Host,
    inventory: Inventory,
    api: Api,
    _mesh: Mesh,
    store: TestStore,
}

impl House {
    async fn open(store: TestStore) -> Self {
        Self::with(store, Config { expiry_seconds: 3600, ..Config::default() }).await
    }

    async fn with(store: TestStore, config: Config) -> Self {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
        let service = emart_inventory::service(&config, &host).await.unwrap();
        let mut mesh = Mesh::new(Duration::from_secs(60));
        let api = Api::new(&service);
        mesh.add(service);
        let inventory = Inventory(mesh.peer("inventory").unwrap());
        Self { clock, host, inventory, api, _mesh: mesh, store }
    }

    /// An item with so many pieces that cannot be bought beyond them.
    async fn item(&self, on_hand: i64) -> StockItemId {
        self.item_with(Some(on_hand), true, WhenOut::Deny).await
    }

    async fn item_with(
        &self,
        on_hand: Option<i64>,
        tracked: bool,
        when_out: WhenOut,
    ) -> StockItemId {
        let id = StockItemId::new();
        let put = PutStockItem { id: id.clone(), sku: None, tracked, when_out, on_hand };
        self.inventory.put_items(&[put]).await.unwrap();
        id
    }

    async fn level(&self, id: &StockItemId) -> StockLevel {
        self.inventory.levels(std::slice::from_ref(id)).await.unwrap().remove(0)
    }

    /// On hand, reserved.
    async fn counts(&self, id: &StockItemId) -> (i64, i64) {
        let level = self.level(id).await;
        assert_eq!(level.available, level.on_hand - level.reserved);
        (level.on_hand, level.reserved)
    }

    async fn adjust(&self, id: &StockItemId, key: &str, body: Value) -> emart_testkit::Answer {
        let path = format!("/api/v1/inventory/items/{id}/adjustments");
        self.api.staff().header("idempotency-key", key).post(&path, body).await
    }

    /// The whole ledger of an item, oldest first, read a page at a time.
    async fn movements(&self, id: &StockItemId) -> Vec<Movement> {
        let (mut movements, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/inventory/items/{id}/movements?limit=7&cursor={cursor}");
            let page = self.api.staff().get(&path).await.expect(200);
            let items: Vec<Movement> = serde_json::from_value(page["items"].clone()).unwrap();
            movements.extend(items);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        movements.reverse();
        movements
    }
}

/// A house on each engine.
async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    for store in stores().await {
        houses.push(House::open(store).await);
    }
    houses
}

fn reservation(reference: &str, lines: &[(&StockItemId, u32)]) -> NewReservation {
    let line = |(item_id, quantity): &(&StockItemId, u32)| ReservationLine {
        item_id: (*item_id).clone(),
        quantity: *quantity,
    };
    let lines = lines.iter().map(line).collect();
    NewReservation { reference: reference.to_owned(), lines, ttl_seconds: 900 }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, CallError>, slug: &str) -> emart_http::Problem {
    let error = result.unwrap_err();
    assert!(error.is(slug), "expected {slug}: {error:?}");
    error.problem().unwrap().clone()
}
