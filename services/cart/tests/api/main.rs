//! `cart` through its API, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod carts;
mod lines;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Query, State};
use emart_cart::{Clients, Config};
use emart_catalog_api::{Catalog, ProductId, VariantId, VariantInfo};
use emart_events::Host;
use emart_http::{Json, Service};
use emart_inventory_api::StockItemId;
use emart_mesh::Mesh;
use emart_telemetry::Metrics;
use emart_testkit::{Api, TestStore, stores};
use emart_types::{Clock, Currency, Money};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

/// A catalogue that knows what a test puts into it.
type Shelf = Arc<Mutex<Vec<VariantInfo>>>;

/// A running `cart` with a shelf to buy from.
pub(crate) struct Shop {
    pub(crate) api: Api,
    shelf: Shelf,
    _host: Host,
    _store: TestStore,
}

impl Shop {
    /// One on each engine.
    pub(crate) async fn both() -> Vec<Self> {
        let mut shops = Vec::new();
        for store in stores().await {
            let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
            let host = Host::new(clock, Metrics::new(), store.settings().clone());
            let shelf = Shelf::default();
            let clients = Clients { catalog: catalog(shelf.clone()) };
            let service = emart_cart::service(&Config::default(), &host, clients).await.unwrap();
            shops.push(Self { api: Api::new(&service), shelf, _host: host, _store: store });
        }
        shops
    }

    /// Puts so many pieces of something on the shelf.
    pub(crate) fn stock(&self, title: &str, price_minor: i64, available: Option<i64>) -> VariantId {
        let id = VariantId::new();
        self.shelf.lock().unwrap().push(VariantInfo {
            id: id.clone(),
            product_id: ProductId::new(),
            handle: title.to_lowercase(),
            title: title.to_owned(),
            variant_title: String::new(),
            sku: None,
            price: Money::new(price_minor, Currency::EUR),
            weight_grams: 1,
            taxable: true,
            requires_shipping: true,
            stock_item_id: StockItemId::new(),
            for_sale: true,
            in_stock: available != Some(0),
            available,
            image: None,
            category_ids: Vec::new(),
        });
        id
    }

    /// Changes something on the shelf.
    pub(crate) fn change(&self, id: &VariantId, change: impl FnOnce(&mut VariantInfo)) {
        let mut shelf = self.shelf.lock().unwrap();
        change(shelf.iter_mut().find(|variant| variant.id == *id).unwrap());
    }

    /// Takes something off the shelf for good.
    pub(crate) fn forget(&self, id: &VariantId) {
        self.shelf.lock().unwrap().retain(|variant| variant.id != *id);
    }
}

/// A cart that a test holds: who may open it, and where it is.
pub(crate) struct Held {
    pub(crate) api: Api,
    pub(crate) path: String,
}

impl Held {
    /// A guest's cart with these lines.
    pub(crate) async fn guest(shop: &Shop, lines: &[(&VariantId, u32)]) -> Self {
        let made = shop.api.post("/api/v1/carts", json!({"lines": rows(lines)})).await.expect(201);
        Self::of(&shop.api, &made)
    }

    /// A cart that was answered.
    pub(crate) fn of(api: &Api, cart: &Value) -> Self {
        let token = cart["token"].as_str().unwrap_or_default();
        let path = format!("/api/v1/carts/{}", cart["id"].as_str().unwrap());
        Self { api: api.header("cart-token", token), path }
    }

    pub(crate) async fn see(&self) -> Value {
        self.api.get(&self.path).await.expect(200)
    }

    pub(crate) fn lines(&self) -> String {
        format!("{}/lines", self.path)
    }

    pub(crate) fn line(&self, cart: &Value, at: usize) -> String {
        format!("{}/lines/{}", self.path, cart["lines"][at]["id"].as_str().unwrap())
    }
}

pub(crate) fn rows(lines: &[(&VariantId, u32)]) -> Value {
    let rows = lines.iter().map(|(id, n)| json!({"variant_id": id, "quantity": n}));
    Value::Array(rows.collect())
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
