//! Degrade, do not fall: each service is taken away in turn, and what a shopper then gets is what
//! `docs/operations.md` says.

use std::time::Duration;

use emart_tests::{Answer, Client, Engine, Store};
use serde_json::Value;

use crate::audit::{check_the_books, settle};
use crate::{GOOD_CARD, SHORT_LEASES};

const PIECES: u32 = 1000;
const PAGE: &[(&str, &str)] = &[("accept", "text/html")];
/// All that can be taken away while the door stands.
const SERVICES: [&str; 13] = [
    "identity",
    "inventory",
    "catalog",
    "pricing",
    "cart",
    "payments",
    "orders",
    "notifications",
    "books",
    "content",
    "classic",
    "storefront",
    "admin",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_works_without_each_service_is_what_the_manual_says() {
    let manual = include_str!("../../docs/operations.md");
    let mut store = Store::on(Engine::Split, PIECES, SHORT_LEASES).await.unwrap();
    let tea = store.tea().await.unwrap();
    let mut wrong = Vec::new();
    for service in SERVICES {
        let mut shopper = Shopper::at(&store, &tea).await;
        let mut copies = store.processes();
        copies.retain(|name| name.starts_with(&format!("{service}-")));
        for copy in &copies {
            store.kill_one(copy).unwrap();
        }
        let row = format!("| `{service}` | {} |", shopper.row().await.join(" | "));
        if !manual.contains(&row) {
            wrong.push(row);
        }
        if service == "catalog" {
            shopper.is_told_that_it_is_stale().await;
        }
        for copy in &copies {
            store.start_one(copy, SHORT_LEASES).unwrap();
        }
        store.ready().await.unwrap();
        shopper.gets_what_was_ordered(service).await;
    }
    assert!(wrong.is_empty(), "docs/operations.md does not say:\n{}", wrong.join("\n"));
    settle(&store).await;
    check_the_books(&store, PIECES).await.unwrap();
}

/// Someone who was in the shop before.
struct Shopper {
    client: Client,
    cart: Value,
    other_cart: Value,
    card: Value,
    tea: String,
    key: String,
}

impl Shopper {
    async fn at(store: &Store, tea: &str) -> Self {
        let mut client = store.client().await.unwrap();
        for page in ["/", "/p/tea", "/search?q=tea"] {
            assert_eq!(client.send("GET", page, PAGE, "").await.unwrap().status, 200, "{page}");
        }
        assert_eq!(client.get("/api/v1/catalog/products/tea").await.unwrap().status, 200);
        let cart = client.cart(tea, 1).await.unwrap();
        let other_cart = client.cart(tea, 1).await.unwrap();
        let card = client.card(GOOD_CARD).await.unwrap();
        let key = format!("key-{:016x}", rand::random::<u64>());
        Self { client, cart, other_cart, card, tea: tea.to_owned(), key }
    }

    /// A line of the manual's table: pages, the API's product, the cart, adding to it, signing in, buying.
    async fn row(&mut self) -> [String; 6] {
        let mut pages = Vec::new();
        for page in ["/", "/p/tea", "/search?q=tea"] {
            pages.push(self.page(page).await);
        }
        pages.dedup();
        let product = self.ask("GET", "/api/v1/catalog/products/tea", &[], "").await;
        let cart = format!("/api/v1/carts/{}", self.other_cart["id"].as_str().unwrap());
        let token = self.other_cart["token"].as_str().unwrap().to_owned();
        let token = [("cart-token", token.as_str())];
        let seen = self.ask("GET", &cart, &token, "").await;
        let line = format!(r#"{{"variant_id": "{}", "quantity": 1}}"#, self.tea);
        let headers = [token[0], ("content-type", "application/json")];
        let added = self.ask("POST", &format!("{cart}/lines"), &headers, &line).await;
        let signing_in = self.page("/sign-in").await;
        let bought = self.client.pay(&self.cart, &self.card, &self.key).await.unwrap();
        let bought = match bought.status {
            201 => "works".to_owned(),
            202 => "when it is back".to_owned(),
            _ => told(&bought),
        };
        [pages.join(", "), product, seen, added, signing_in, bought]
    }

    async fn page(&mut self, path: &str) -> String {
        let answer = self.client.send("GET", path, PAGE, "").await.unwrap();
        let kind = answer.headers["content-type"].to_str().unwrap().to_owned();
        assert!(kind.starts_with("text/html"), "{path}: {kind}");
        told(&answer)
    }

    async fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> String {
        let answer = self.client.send(method, path, headers, body.to_owned()).await.unwrap();
        if answer.status >= 400 {
            assert_eq!(answer.headers["content-type"], "application/problem+json", "{path}");
            assert!(answer.json()["title"].is_string(), "{path}: {:?}", answer.body);
        }
        told(&answer)
    }

    /// The product goes on being shown, and soon as what it is: kept from before.
    async fn is_told_that_it_is_stale(&mut self) {
        for _ in 0..200 {
            let answer = self.client.get("/api/v1/catalog/products/tea").await.unwrap();
            assert_eq!(answer.status, 200, "{answer:?}");
            if is_stale(&answer) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("what is kept is not marked as stale");
    }

    /// A checkout that was on its way is finished, and one that was refused works under the same key.
    async fn gets_what_was_ordered(&mut self, service: &str) {
        for _ in 0..300 {
            let answer = self.client.pay(&self.cart, &self.card, &self.key).await.unwrap();
            if answer.status == 201 {
                return;
            }
            assert!(matches!(answer.status, 202 | 502 | 503), "{service}: {answer:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("without {service} a checkout began, and it did not end when it was back");
    }
}

fn is_stale(answer: &Answer) -> bool {
    let kept = answer.headers.get("cache-status").and_then(|value| value.to_str().ok());
    kept.is_some_and(|kept| kept.contains("stale"))
}

/// In the manual's words.
fn told(answer: &Answer) -> String {
    match answer.status {
        200..300 => "works".to_owned(),
        502 | 503 => "not now".to_owned(),
        504 => "not in time".to_owned(),
        other => format!("{other}"),
    }
}
