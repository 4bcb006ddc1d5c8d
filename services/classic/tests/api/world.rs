//! A whole store in one process, and people who use it through the original's contract.

use std::time::Duration;

use axum::body::Body;
use emart_cart_api::Cart;
use emart_catalog_api::Catalog;
use emart_events::Host;
use emart_http::{Caller, Role, Service};
use emart_identity_api::Identity;
use emart_inventory_api::Inventory;
use emart_mesh::Mesh;
use emart_orders_api::Orders;
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;
use emart_telemetry::Metrics;
use emart_testkit::{Answer, Api, TestStore, stores};
use emart_types::Clock;
use http::Method;
use serde_json::{Value, json};

/// A picture of one red dot.
pub(crate) const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 8,
    0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// A running store.
pub(crate) struct World {
    pub(crate) mesh: Mesh,
    /// The original's contract, as a guest.
    pub(crate) api: Api,
    pub(crate) clock: Clock,
    pub(crate) host: Host,
    _store: TestStore,
    _media: tempfile::TempDir,
}

/// Somebody who is signed in.
pub(crate) struct Person {
    pub(crate) api: Api,
    /// As the original knows them.
    pub(crate) hex: String,
    pub(crate) id: String,
    pub(crate) token: String,
}

impl World {
    /// One on SQLite.
    pub(crate) async fn one() -> Self {
        Self::open(TestStore::sqlite(), emart_classic::Config::default()).await
    }

    /// One on each engine.
    pub(crate) async fn both() -> Vec<Self> {
        let mut worlds = Vec::new();
        for store in stores().await {
            worlds.push(Self::open(store, emart_classic::Config::default()).await);
        }
        worlds
    }

    pub(crate) async fn open(store: TestStore, config: emart_classic::Config) -> Self {
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
        let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
        let media = tempfile::tempdir().unwrap();
        let mut mesh = Mesh::new(Duration::from_secs(60));
        let identity = emart_identity::Config::default();
        mesh.add(emart_identity::service(&identity, &host).await.unwrap());
        mesh.add(emart_inventory::service(&Default::default(), &host).await.unwrap());
        let inventory = Inventory(mesh.peer("inventory").unwrap());
        let settings = emart_catalog::Config {
            media_dir: media.path().join("media"),
            index_dir: media.path().join("search"),
            ..Default::default()
        };
        let clients = emart_catalog::Clients { inventory: inventory.clone() };
        mesh.add(emart_catalog::service(&settings, &host, clients).await.unwrap());
        let catalog = Catalog(mesh.peer("catalog").unwrap());
        let clients = emart_pricing::Clients { catalog: catalog.clone() };
        mesh.add(emart_pricing::service(&Default::default(), &host, clients).await.unwrap());
        let clients = emart_cart::Clients { catalog: catalog.clone() };
        mesh.add(emart_cart::service(&Default::default(), &host, clients).await.unwrap());
        mesh.add(emart_payments::service(&Default::default(), &host).await.unwrap());
        let clients = emart_orders::Clients {
            cart: Cart(mesh.peer("cart").unwrap()),
            catalog: catalog.clone(),
            inventory,
            payments: Payments(mesh.peer("payments").unwrap()),
            pricing: Pricing(mesh.peer("pricing").unwrap()),
        };
        mesh.add(emart_orders::service(&Default::default(), &host, clients).await.unwrap());
        let clients = emart_classic::Clients {
            cart: Cart(mesh.peer("cart").unwrap()),
            catalog,
            identity: Identity(mesh.peer("identity").unwrap()),
            orders: Orders(mesh.peer("orders").unwrap()),
            payments: Payments(mesh.peer("payments").unwrap()),
            pricing: Pricing(mesh.peer("pricing").unwrap()),
        };
        let classic = emart_classic::service(&config, &host, clients).await.unwrap();
        let api = Api::new(&classic);
        mesh.add(classic);
        Self { mesh, api, clock, host, _store: store, _media: media }
    }

    /// Another service of the store, as a guest.
    pub(crate) fn service(&self, name: &str) -> Api {
        let found = |service: &&Service| service.name == name;
        Api::new(self.mesh.services().find(found).unwrap())
    }

    /// Registers somebody through the original's form and signs them in.
    pub(crate) async fn customer(&self, name: &str, card_id: &str) -> Person {
        let form = form(name, card_id);
        self.api.post("/api/user/register", &form).await.expect(200);
        self.sign_in(form["email"].as_str().unwrap(), "secret").await
    }

    /// Somebody who runs the store, made as an operator makes them.
    pub(crate) async fn admin(&self) -> Person {
        let new =
            json!({"email": "boss@example.com", "password": "a very long secret", "role": "admin"});
        let operator = self.service("identity").by(Caller::service("cli"));
        operator.post("/internal/identity/users", new).await.expect(201);
        self.sign_in("boss@example.com", "a very long secret").await
    }

    /// Signs in, and is who the token says: what the gateway does.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Person {
        let login = json!({"email": email, "password": password});
        let answer = self.api.post("/api/user/login", login).await.expect(200);
        let token = answer["token"].as_str().unwrap().to_owned();
        let principal = self.principal(&token).await.unwrap();
        let (id, role) = (principal["user_id"].as_str().unwrap(), &principal["role"]);
        let role: Role = role.as_str().unwrap().parse().unwrap();
        let api = self.api.by(Caller::person(role, id));
        let api = api.header("emart-bearer", &token);
        let hex = answer["user"]["_id"].as_str().unwrap().to_owned();
        Person { api, hex, id: id.to_owned(), token }
    }

    /// Whose token it is, if it is good.
    pub(crate) async fn principal(&self, token: &str) -> Option<Value> {
        let asked = self.service("identity").header("authorization", &format!("Bearer {token}"));
        let answer = asked.get("/internal/identity/principal").await;
        (answer.status == 200).then(|| answer.expect(200))
    }
}

impl Person {
    /// Sends a form with fields and perhaps a file.
    pub(crate) async fn send_form(
        &self,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<&[u8]>,
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        if let Some(file) = file {
            body.extend_from_slice(
                b"--XyZ\r\nContent-Disposition: form-data; name=\"imageUrl\"; filename=\"a b.png\"\r\n\
                  Content-Type: image/png\r\n\r\n",
            );
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XyZ--\r\n");
        let kind = "multipart/form-data; boundary=XyZ";
        self.api.raw(method, path, Some(kind), Body::from(body)).await
    }

    /// Makes a product; answers it.
    pub(crate) async fn product(&self, name: &str, price: &str, category: &str) -> Value {
        let fields = [("prod_name", name), ("price", price), ("category", category)];
        let answer = self.send_form(Method::POST, "/api/shop", &fields, Some(PNG)).await;
        answer.expect(200)["product"].clone()
    }

    /// Sends what the original's client sends on these PUTs: the bare id, as plain text.
    pub(crate) async fn put_plain(&self, path: &str) -> Answer {
        let body = Body::from(self.hex.clone());
        self.api.raw(Method::PUT, path, Some("text/plain"), body).await
    }

    /// Puts so many of a product into their cart.
    pub(crate) async fn add(&self, product: &Value, quantity: impl Into<Value>) -> Answer {
        let id = product["_id"].as_str().unwrap();
        let path = format!("/api/shop/cart/{}/{id}", self.hex);
        self.api.put(&path, json!({"quantity": quantity.into()})).await
    }

    /// Orders what is in their cart.
    pub(crate) async fn order(&self, day: &str) -> Answer {
        let order = json!({"credit": "4242424242424242", "ship": day});
        self.api.post(&format!("/api/shop/orders/{}", self.hex), order).await
    }
}

/// A registration that is in order.
pub(crate) fn form(name: &str, card_id: &str) -> Value {
    json!({
        "email": format!("{}@example.com", name.to_lowercase()), "password": "secret",
        "password2": "secret", "cardId": card_id, "fname": name, "lname": "Lee", "city": "Pune",
        "street": "MG Road 1",
    })
}

/// The message of a failure, which has this status.
#[track_caller]
pub(crate) fn failure(answer: &Answer, status: u16) -> Value {
    let body = answer.expect(status);
    assert_eq!(body["success"], false, "{body}");
    body["message"].clone()
}
