//! `pricing` through its API, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod promotions;
mod quotes;
mod settings;
mod slots;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Query, State};
use emart_catalog_api::{Catalog, ProductId, VariantId, VariantInfo};
use emart_events::{Host, Outbox, Payload};
use emart_http::{Json, Service};
use emart_inventory_api::StockItemId;
use emart_mesh::Mesh;
use emart_pricing::{Clients, Config};
use emart_store::Db;
use emart_telemetry::Metrics;
use emart_testkit::{Api, TestStore, stores};
use emart_types::{Clock, Currency, Money};
use utoipa_axum::router::OpenApiRouter;

/// A catalogue that knows what a test puts into it.
type Shelf = Arc<Mutex<Vec<VariantInfo>>>;

/// A running `pricing` with a shelf to price.
pub(crate) struct Shop {
    pub(crate) api: Api,
    pub(crate) clock: Clock,
    shelf: Shelf,
    host: Host,
    outbox: Outbox,
    elsewhere: Db,
    _store: TestStore,
}

impl Shop {
    /// One on each engine. The clock stands on a Monday.
    pub(crate) async fn both(config: Config) -> Vec<Self> {
        let mut shops = Vec::new();
        for store in stores().await {
            let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
            let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
            let shelf = Shelf::default();
            let clients = Clients { catalog: catalog(shelf.clone()) };
            let service = emart_pricing::service(&config, &host, clients).await.unwrap();
            let elsewhere = host.open("orders", &[]).await.unwrap();
            let outbox = host.outbox("orders", &elsewhere);
            host.start();
            let api = Api::new(&service);
            shops.push(Self { api, clock, shelf, host, outbox, elsewhere, _store: store });
        }
        shops
    }

    /// Something happens at `orders`, and is heard.
    pub(crate) async fn tell<P: Payload>(&self, payload: P) {
        let outbox = self.outbox.clone();
        let told = self.elsewhere.write(move |tx| async move { outbox.emit(&tx, &payload).await });
        told.await.map_err(|error: emart_store::Error| error).unwrap();
        self.host.settle().await.unwrap();
    }

    /// Puts something on the shelf.
    pub(crate) fn stock(&self, price_minor: i64, weight_grams: u32) -> VariantId {
        self.stock_with(price_minor, weight_grams, |_| {})
    }

    /// Puts something unusual on the shelf.
    pub(crate) fn stock_with(
        &self,
        price_minor: i64,
        weight_grams: u32,
        change: impl FnOnce(&mut VariantInfo),
    ) -> VariantId {
        let mut variant = VariantInfo {
            id: VariantId::new(),
            product_id: ProductId::new(),
            handle: "tea".to_owned(),
            title: "Tea".to_owned(),
            variant_title: String::new(),
            sku: None,
            price: Money::new(price_minor, Currency::EUR),
            weight_grams,
            taxable: true,
            requires_shipping: true,
            stock_item_id: StockItemId::new(),
            for_sale: true,
            in_stock: true,
            available: None,
            image: None,
            category_ids: Vec::new(),
        };
        change(&mut variant);
        let id = variant.id.clone();
        self.shelf.lock().unwrap().push(variant);
        id
    }
}

#[derive(serde::Deserialize)]
struct Ids {
    ids: String,
}

async fn variants(State(shelf): State<Shelf>, Query(query): Query<Ids>) -> Json<Vec<VariantInfo>> {
    let shelf = shelf.lock().unwrap();
    let wanted = |variant: &&VariantInfo| query.ids.split(',').any(|id| id == variant.id.as_str());
    Json(shelf.iter().filter(wanted).cloned().collect())
}

fn catalog(shelf: Shelf) -> Catalog {
    let routes = OpenApiRouter::new()
        .route("/internal/catalog/variants", axum::routing::get(variants))
        .with_state(shelf);
    let mut mesh = Mesh::new(Duration::from_secs(5));
    mesh.add(Service::new("catalog", &Metrics::new(), routes));
    Catalog(mesh.peer("catalog").unwrap())
}
