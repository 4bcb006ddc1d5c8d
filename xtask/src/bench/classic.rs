//! The original's contract beside `/api/v1`: the same people do the same on the same store, and what it costs the server
//! is compared.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use emart_load::Client;
use serde_json::{Value, json};

use super::load::{AsyncWork, Outcome, drive};
use super::report::Figure;
use super::shop::{self, Shop};
use super::work::figure;
use super::{books, catalogue, process};

/// As the goal says.
const PRODUCTS: usize = 1000;
const PEOPLE: usize = 8;
const PASSWORD: &str = "a password of the bench";
const CARD: &str = "4242424242424242";
/// Things that are put into carts.
const THINGS: usize = 8;

/// Measures it all.
pub(crate) async fn measure(dir: &Path, duration: Duration) -> anyhow::Result<Vec<Figure>> {
    let (csv, _) = catalogue::csv(PRODUCTS);
    let products = dir.join("products.csv");
    std::fs::write(&products, csv)?;
    let data = dir.join("data");
    shop::import(&data, &products)?;
    let mut figures = vec![books::import(dir, &data)?];
    let shop = Shop::start(&data, false).await?;
    figures.push(books::read(&shop, duration).await?);
    let things = Arc::new(Things::find(shop.addr).await?);
    for (name, old, new) in [
        ("list of 1,000 products", Step::OldList, Step::NewList),
        ("sign in", Step::OldSignIn, Step::NewSignIn),
        ("add to cart", Step::OldAdd, Step::NewAdd),
        ("place an order", Step::OldOrder, Step::NewOrder),
    ] {
        let (_, new) = measured(&shop, duration, new, &things).await?;
        let (outcome, old) = measured(&shop, duration, old, &things).await?;
        let times = old.as_secs_f64() / new.as_secs_f64();
        figures.push(Figure {
            reached: format!("{times:.2} × {} µs", new.as_micros()),
            holds: Some(times <= 1.5),
            ..figure(&format!("classic: {name}"), &outcome, old, "≤ 1.5 × /api/v1")
        });
    }
    shop.stop()?;
    Ok(figures)
}

async fn measured(
    shop: &Shop,
    duration: Duration,
    step: Step,
    things: &Arc<Things>,
) -> anyhow::Result<(Outcome, Duration)> {
    let work = Work { step, things: Arc::clone(things) };
    // Whoever comes has been here before: making accounts and carts is no part of it.
    let people = async |n| Person::come(shop.addr, step, n, things).await;
    let mut prepared = Vec::new();
    for n in 0..PEOPLE {
        prepared.push(people(n).await?);
    }
    let prepared = std::sync::Mutex::new(prepared);
    let before = process::cpu_time(shop.pid())?;
    let next = |_| {
        let person = prepared.lock().ok().and_then(|mut people| people.pop());
        async move { person.context("a person") }
    };
    let outcome = drive(PEOPLE, duration, next, work).await?;
    let used = process::cpu_time(shop.pid())?.saturating_sub(before);
    let each = used.div_f64(outcome.done as f64);
    Ok((outcome, each))
}

/// What is done again and again.
#[derive(Debug, Clone, Copy)]
enum Step {
    OldList,
    NewList,
    OldSignIn,
    NewSignIn,
    OldAdd,
    NewAdd,
    OldOrder,
    NewOrder,
}

/// What is bought, by the ids of either contract.
struct Things {
    old: Vec<String>,
    new: Vec<String>,
}

impl Things {
    async fn find(addr: SocketAddr) -> anyhow::Result<Self> {
        let mut client = Client::connect(addr).await?;
        let mut new = Vec::new();
        for n in 0..THINGS {
            let path = format!("/api/v1/catalog/products/product-{}", 1 + n * 3);
            let product: Value = serde_json::from_slice(client.get(&path).await?.body())?;
            let id = product["variants"][0]["id"].as_str().context("a variant")?;
            new.push(id.to_owned());
        }
        let none = Self { old: Vec::new(), new: Vec::new() };
        let mut person = Person::come(addr, Step::OldList, PEOPLE, &none).await?;
        let list = person.get("/api/shop/products").await?;
        let old = list["products"].as_array().context("products")?.iter().take(THINGS);
        let old = old.filter_map(|product| product["_id"].as_str().map(ToOwned::to_owned));
        Ok(Self { old: old.collect(), new })
    }
}

/// Somebody with an account, signed in.
struct Person {
    client: Client,
    email: String,
    bearer: String,
    /// As the original knows them.
    id: String,
    cart: String,
    turn: usize,
}

impl Person {
    async fn come(addr: SocketAddr, step: Step, n: usize, things: &Things) -> anyhow::Result<Self> {
        let email = format!("{step:?}{n}@example.com").to_lowercase();
        let card_id = format!("{:02}{:07}", step as u32 + 10, n);
        let form = json!({"email": email, "password": PASSWORD, "password2": PASSWORD, "cardId": card_id,
            "fname": "Ada", "lname": "Byron", "city": "Berlin", "street": "Analytical Way 1"});
        let mut client = Client::connect(addr).await?;
        expect(&client.post("/api/user/register", &[], form.to_string()).await?, 200)?;
        let (bearer, id) = (String::new(), String::new());
        let mut person = Self { client, email, bearer, id, cart: String::new(), turn: n };
        let signed_in = person.sign_in("/api/user/login", 200).await?;
        let token = signed_in["token"].as_str().context("a token")?;
        person.bearer = format!("Bearer {token}");
        signed_in["user"]["_id"].as_str().context("an id")?.clone_into(&mut person.id);
        if let Some(thing) = things.new.first() {
            let lines = json!({"lines": [{"variant_id": thing, "quantity": 1}]});
            let cart = person.send("POST", "/api/v1/carts", &lines, &[]).await?;
            cart["id"].as_str().context("a cart")?.clone_into(&mut person.cart);
        }
        Ok(person)
    }

    async fn sign_in(&mut self, path: &str, status: u16) -> anyhow::Result<Value> {
        let body = json!({"email": self.email, "password": PASSWORD}).to_string();
        expect(&self.client.post(path, &[], body).await?, status)
    }

    async fn get(&mut self, path: &str) -> anyhow::Result<Value> {
        self.send("GET", path, &Value::Null, &[]).await
    }

    async fn read(&mut self, path: &str) -> anyhow::Result<()> {
        let headers = [("authorization", self.bearer.as_str())];
        let answer = self.client.request("GET", path, &headers, String::new()).await?;
        ensure!(answer.status() == 200, "{path}: {:?}", answer.body());
        Ok(())
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
        more: &[(&str, &str)],
    ) -> anyhow::Result<Value> {
        let mut headers = vec![("authorization", self.bearer.as_str())];
        headers.extend(more);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.client.request(method, path, &headers, body).await?;
        ensure!(answer.status().is_success(), "{method} {path}: {:?}", answer.body());
        Ok(serde_json::from_slice(answer.body())?)
    }

    async fn add_old(&mut self, things: &Things) -> anyhow::Result<()> {
        self.turn += 1;
        let thing = &things.old[self.turn % things.old.len()];
        let path = format!("/api/shop/cart/{}/{thing}", self.id);
        self.send("PUT", &path, &json!({"quantity": 1}), &[]).await.map(drop)
    }

    async fn add_new(&mut self, things: &Things) -> anyhow::Result<()> {
        self.turn += 1;
        let thing = &things.new[self.turn % things.new.len()];
        let path = format!("/api/v1/carts/{}/lines", self.cart);
        self.send("POST", &path, &json!({"variant_id": thing, "quantity": 1}), &[]).await.map(drop)
    }

    async fn order_old(&mut self) -> anyhow::Result<()> {
        let form = json!({"credit": CARD, "ship": "2999-12-31"});
        let path = format!("/api/shop/orders/{}", self.id);
        self.send("POST", &path, &form, &[]).await.map(drop)
    }

    async fn order_new(&mut self) -> anyhow::Result<()> {
        let card = json!({"number": CARD, "exp_month": 12, "exp_year": 2040, "cvc": "123"});
        let card = self.send("POST", "/api/v1/payments/card-tokens", &card, &[]).await?;
        let key = format!("{:032x}", rand::random::<u128>());
        let checkout = json!({
            "cart_id": self.cart,
            "email": self.email,
            "shipping_address": {
                "name": "Ada Byron", "line1": "Analytical Way 1", "city": "Berlin",
                "postal_code": "10115", "country": "DE",
            },
            "card_token": card["token"],
        });
        self.send("POST", "/api/v1/checkouts", &checkout, &[("idempotency-key", &key)])
            .await
            .map(drop)
    }
}

struct Work {
    step: Step,
    things: Arc<Things>,
}

impl AsyncWork<Person> for Work {
    async fn once(&self, person: &mut Person) -> anyhow::Result<()> {
        let things = &self.things;
        match self.step {
            Step::OldList => person.read("/api/shop/products").await,
            Step::NewList => {
                let list = "/api/v1/catalog/products?limit=100";
                let mut path = list.to_owned();
                for _ in 0..PRODUCTS / 100 {
                    let page = person.get(&path).await?;
                    let Some(cursor) = page["next_cursor"].as_str() else { break };
                    path = format!("{list}&cursor={cursor}");
                }
                Ok(())
            }
            Step::OldSignIn => person.sign_in("/api/user/login", 200).await.map(drop),
            Step::NewSignIn => person.sign_in("/api/v1/identity/tokens", 201).await.map(drop),
            Step::OldAdd => person.add_old(things).await,
            Step::NewAdd => person.add_new(things).await,
            Step::OldOrder => {
                person.add_old(things).await?;
                person.order_old().await
            }
            Step::NewOrder => {
                person.add_new(things).await?;
                person.order_new().await
            }
        }
    }
}

fn expect(answer: &hyper::Response<bytes::Bytes>, status: u16) -> anyhow::Result<Value> {
    ensure!(
        answer.status() == status,
        "{} instead of {status}: {:?}",
        answer.status(),
        answer.body()
    );
    Ok(serde_json::from_slice(answer.body())?)
}
