//! `catalog` through its API, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod categories;
mod collections;
mod copies;
mod copies_racing;
mod desk;
mod exports;
mod import_runs;
mod imports;
mod listing;
mod media;
mod products;
mod search;
mod stock;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::routing::{post, put};
use emart_catalog::{Clients, Config};
use emart_catalog_api::Catalog;
use emart_events::{Host, Outbox};
use emart_http::{Caller, Json, Service};
use emart_inventory_api::{
    Inventory, PutStockItem, StockChanged, StockItemId, StockLevel, WhenOut,
};
use emart_mesh::Mesh;
use emart_store::Db;
use emart_telemetry::Metrics;
use emart_testkit::{Api, TestStore, stores};
use emart_types::Clock;
use http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

/// A warehouse that knows what it was told, unless it is closed.
#[derive(Default)]
pub(crate) struct Warehouse {
    pub(crate) items: HashMap<StockItemId, PutStockItem>,
    pub(crate) told: usize,
    pub(crate) closed: bool,
}

type Shared = Arc<Mutex<Warehouse>>;

/// A running `catalog` beside a warehouse.
pub(crate) struct Shop {
    pub(crate) guest: Api,
    pub(crate) staff: Api,
    pub(crate) catalog: Catalog,
    pub(crate) warehouse: Shared,
    pub(crate) media: tempfile::TempDir,
    host: Host,
    mesh: Mesh,
    events: (Outbox, Db),
    pub(crate) clock: Clock,
    store: Arc<TestStore>,
}

impl Shop {
    /// One on each engine.
    pub(crate) async fn both() -> Vec<Self> {
        let mut shops = Vec::new();
        for store in stores().await {
            let media = tempfile::tempdir().unwrap();
            shops.push(Self::open(Arc::new(store), media, Shared::default(), false).await);
        }
        shops
    }

    /// Two copies of one shop, each with a directory of its own.
    pub(crate) async fn twice() -> [Self; 2] {
        let (store, warehouse) = (Arc::new(TestStore::postgres().await), Shared::default());
        let open = async || {
            let media = tempfile::tempdir().unwrap();
            Self::open(store.clone(), media, warehouse.clone(), false).await
        };
        [open().await, open().await]
    }

    /// One on SQLite, for what has nothing to do with the engine.
    pub(crate) async fn one() -> Self {
        Self::with_private_addresses(false).await
    }

    /// One that may or may not fetch pictures from this machine.
    pub(crate) async fn with_private_addresses(allowed: bool) -> Self {
        let media = tempfile::tempdir().unwrap();
        Self::open(Arc::new(TestStore::sqlite()), media, Shared::default(), allowed).await
    }

    /// The same shop after its process was stopped and started.
    pub(crate) async fn restarted(self) -> Self {
        self.mesh.drain().await;
        self.host.stop().await;
        Self::open(self.store, self.media, self.warehouse, false).await
    }

    async fn open(
        store: Arc<TestStore>,
        media: tempfile::TempDir,
        warehouse: Shared,
        fetch_private_addresses: bool,
    ) -> Self {
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
        let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
        let events_db = host.open("inventory", &[]).await.unwrap();
        let outbox = host.outbox("inventory", &events_db);
        let mut mesh = Mesh::new(Duration::from_secs(60));
        mesh.add(inventory(warehouse.clone()));
        let clients = Clients { inventory: Inventory(mesh.peer("inventory").unwrap()) };
        let config = Config {
            media_dir: media.path().join("media"),
            index_dir: media.path().join("search"),
            picture_mib: 1,
            picture_megapixels: 2,
            import_mib: 1,
            fetch_private_addresses,
            ..Config::default()
        };
        let service = emart_catalog::service(&config, &host, clients).await.unwrap();
        let guest = Api::new(&service);
        mesh.add(service);
        let catalog = Catalog(mesh.peer("catalog").unwrap());
        let (staff, events) = (guest.staff(), (outbox, events_db));
        Self { guest, staff, catalog, warehouse, media, host, mesh, events, clock, store }
    }

    /// Stops what it does by itself: it answers, but follows nobody.
    pub(crate) async fn doze(&self) {
        self.host.tasks.stop().await;
    }

    /// A connection of its own to the shop's database.
    pub(crate) async fn postgres(&self) -> tokio_postgres::Client {
        let url = emart_testkit::postgres_url();
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        self.host.tasks.spawn("connection", async {
            // It ends with the test, one way or the other.
            let _ = connection.await;
        });
        let namespace = self.store.settings().namespace.clone().unwrap();
        // Also goes by the test's name, so that it is ended with the test.
        let sql = format!(
            "SET search_path TO \"{namespace}_catalog\"; SET application_name TO '{namespace}'"
        );
        client.batch_execute(&sql).await.unwrap();
        client
    }

    /// Makes a product; returns it.
    pub(crate) async fn product(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut body = mug();
        change(&mut body);
        self.staff.post("/api/v1/catalog/products", body).await.expect(201)
    }

    /// Makes a category; returns it.
    pub(crate) async fn category(&self, name: &str, parent: Option<&Value>) -> Value {
        let body = json!({"name": name, "parent_id": parent.map(|parent| &parent["id"])});
        self.staff.post("/api/v1/catalog/categories", body).await.expect(201)
    }

    /// Says what there is of an item, as `inventory` does.
    pub(crate) async fn stock(&self, item: &Value, available: i64) {
        let changed = StockChanged {
            item_id: item.as_str().unwrap().parse().unwrap(),
            tracked: true,
            when_out: WhenOut::Deny,
            available,
        };
        let (outbox, db) = self.events.clone();
        db.write(move |tx| async move { outbox.emit(&tx, &changed).await }).await.unwrap();
        self.host.settle().await.unwrap();
    }

    /// Does something as staff through the typed client.
    pub(crate) async fn as_staff<T>(&self, work: impl Future<Output = T>) -> T {
        emart_http::Context::new(Caller::service("test")).scope(work).await
    }

    /// The handles of a list, first page.
    pub(crate) async fn handles(&self, query: &str) -> Vec<String> {
        let page = self.guest.get(&format!("/api/v1/catalog/products?{query}")).await.expect(200);
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["handle"].as_str().unwrap().to_owned()).collect()
    }
}

/// A product that will do.
pub(crate) fn mug() -> Value {
    json!({
        "title": "Tide Mug",
        "description_html": "<p>Holds <b>tea</b>.</p><script>x()</script>",
        "status": "active",
        "vendor": "Halde",
        "tags": ["clay"],
        "options": ["Size"],
        "variants": [
            {"option_values": ["S"], "price": eur(1490), "sku": "M-S", "on_hand": 3},
            {"option_values": ["L"], "price": eur(1990), "compare_at_price": eur(2490), "on_hand": 0},
        ],
    })
}

pub(crate) fn eur(minor: i64) -> Value {
    json!({"amount_minor": minor, "currency": "EUR"})
}

async fn put_items(
    State(warehouse): State<Shared>,
    Json(items): Json<Vec<PutStockItem>>,
) -> StatusCode {
    let mut warehouse = warehouse.lock().unwrap();
    if warehouse.closed {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    for item in items {
        warehouse.told += 1;
        let before = warehouse.items.get(&item.id).and_then(|before| before.on_hand);
        let on_hand = item.on_hand.or(before);
        warehouse.items.insert(item.id.clone(), PutStockItem { on_hand, ..item });
    }
    StatusCode::NO_CONTENT
}

async fn levels(
    State(warehouse): State<Shared>,
    Json(ids): Json<Vec<StockItemId>>,
) -> Json<Vec<StockLevel>> {
    let warehouse = warehouse.lock().unwrap();
    let level = |id: &StockItemId| {
        let item = warehouse.items.get(id)?;
        let on_hand = item.on_hand.unwrap_or(0);
        Some(StockLevel {
            id: id.clone(),
            sku: item.sku.clone(),
            tracked: item.tracked,
            when_out: item.when_out,
            on_hand,
            reserved: 0,
            available: on_hand,
            updated_at: Default::default(),
        })
    };
    Json(ids.iter().filter_map(level).collect())
}

fn inventory(warehouse: Shared) -> Service {
    let routes = OpenApiRouter::new()
        .route("/internal/inventory/items", put(put_items))
        .route("/internal/inventory/levels", post(levels))
        .with_state(warehouse);
    Service::new("inventory", &Metrics::new(), routes)
}
