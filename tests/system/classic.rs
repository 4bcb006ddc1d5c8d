//! A client that does what the original's screens do, in their order, through the gateway; and both contracts at once
//! on the same stock and the same days.

use std::time::{Duration, Instant};

use emart_tests::{Answer, Client, ENGINES, Engine, Store, checkout};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};

use crate::GOOD_CARD;
use crate::audit::{check_the_books, settle};

const PATIENCE: Duration = Duration::from_secs(60);
const PASSWORD: &str = "a very long secret";
/// Shoppers of each contract in a race.
const EACH: usize = 50;
/// A picture of one red dot.
pub(crate) const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 8,
    0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// The original's client: whatever it asks, it sends the token it has, `null` before there is one.
struct Screens {
    client: Client,
    token: String,
    user: Value,
}

impl Screens {
    async fn open(store: &Store) -> Self {
        let client = store.client().await.unwrap();
        Self { client, token: "null".to_owned(), user: Value::Null }
    }

    async fn send(&mut self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        self.client.send(method, path, &headers, body).await.unwrap()
    }

    /// Asks, and expects what the original answers where all is well.
    async fn ask(&mut self, method: &str, path: &str, body: Value) -> Value {
        let text = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let answer = self.send(method, path, "application/json", text).await;
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 200, "{method} {path}: {said}");
        answer.json()
    }

    /// The same again until the answer is as it should be: copies of a service hear of each other's news a moment later.
    async fn ask_until(&mut self, path: &str, is_right: impl Fn(&Value) -> bool) -> Value {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let answer = self.ask("GET", path, Value::Null).await;
            if is_right(&answer) {
                return answer;
            }
            assert!(Instant::now() < give_up, "{path}: {answer}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The five PUTs that send the bare id as text.
    async fn put_plain(&mut self, path: &str) {
        let id = self.id();
        let answer = self.send("PUT", path, "text/plain", id.into_bytes()).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        self.user = answer.json()["user"].clone();
    }

    fn id(&self) -> String {
        self.user["_id"].as_str().unwrap().to_owned()
    }

    async fn register(&mut self, name: &str, card_id: &str) -> Answer {
        let form = json!({
            "email": format!("{name}@example.com"), "password": PASSWORD, "password2": PASSWORD,
            "cardId": card_id, "fname": name, "lname": "Lee", "city": "Pune", "street": "MG Road 1",
        });
        let text = form.to_string().into_bytes();
        self.send("POST", "/api/user/register", "application/json", text).await
    }

    async fn sign_in(&mut self, name: &str) {
        let login = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        let answer = self.ask("POST", "/api/user/login", login).await;
        self.token = answer["token"].as_str().unwrap().to_owned();
        self.user = self.ask("GET", "/api/shop/current", Value::Null).await["user"].clone();
    }

    /// Orders what is in the cart; again where the store says that it cannot right now.
    async fn order(&mut self, store: &Store, form: &Value) -> u16 {
        // The connection may have been idle for too long.
        self.client = store.client().await.unwrap();
        let path = format!("/api/shop/orders/{}", self.id());
        let give_up = Instant::now() + PATIENCE;
        loop {
            let body = form.to_string().into_bytes();
            let answer = self.send("POST", &path, "application/json", body).await;
            if answer.status != 503 || Instant::now() > give_up {
                return answer.status;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn add(&mut self, product: &Value, quantity: u32) {
        let path = format!("/api/shop/cart/{}/{}", self.id(), product["_id"].as_str().unwrap());
        let answer = self.ask("PUT", &path, json!({"quantity": quantity})).await;
        self.user = answer["user"].clone();
    }

    /// The product form, with a file where there is one.
    async fn form(&mut self, method: &str, path: &str, fields: &[(&str, &str)]) -> Value {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
        }
        let head = "--b\r\nContent-Disposition: form-data; name=\"imageUrl\"; filename=\"x.png\"\r\n\
                    Content-Type: image/png\r\n\r\n";
        body.extend([head.as_bytes(), PNG, b"\r\n--b--\r\n"].concat());
        let answer = self.send(method, path, "multipart/form-data; boundary=b", body).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        answer.json()
    }
}

/// Makes the administrator by the store's one-time link.
async fn make_admin(store: &Store) {
    let token = store.books().column("identity", "SELECT token FROM setup").await.unwrap();
    let setup = json!({"token": token[0], "email": "boss@example.com", "password": PASSWORD});
    let made = store.client().await.unwrap().post("/api/v1/identity/setup", &[], &setup).await;
    assert_eq!(made.unwrap().status, 201);
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|product| product["prod_name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_the_original_runs_unchanged_from_registration_to_receipt() {
    for engine in ENGINES {
        let store = Store::on(engine, 5, &[]).await.unwrap();
        make_admin(&store).await;

        // Home, signed out: the totals; who is calling is a 401 that is swallowed.
        let mut ann = Screens::open(&store).await;
        let info = ann.ask("GET", "/api/shop/info", Value::Null).await;
        assert!(info["productsTotal"].is_u64() && info["ordersTotal"] == 0, "{info}");
        let current = ann.send("GET", "/api/shop/current", "", Vec::new()).await;
        assert_eq!(
            (current.status, &current.json()["message"]),
            (401, &json!("Unauthorized request"))
        );

        // Registration, in two forms: what the first has wrong is told when the second is sent.
        assert_eq!(ann.register("Ann", "12345").await.status, 400);
        assert_eq!(ann.register("Ann", "123456789").await.status, 200);
        ann.sign_in("Ann").await;
        assert_eq!((&ann.user["role"], &ann.user["cart"]["status"]), (&json!(0), &json!("new")));

        // The administrator's panel: a product with its picture, an edit, a category, a product deleted.
        let mut boss = Screens::open(&store).await;
        boss.sign_in("boss").await;
        assert_eq!(boss.user["role"], 1);
        let pen = [("prod_name", "Pen"), ("price", "10.5"), ("category", "Office")];
        let pen = boss.form("POST", "/api/shop", &pen).await["product"].clone();
        let ink = [("prod_name", "Ink"), ("price", "3"), ("category", "Office")];
        let ink = boss.form("POST", "/api/shop", &ink).await["product"].clone();
        let path = format!("/api/shop/{}", pen["_id"].as_str().unwrap());
        boss.form("PUT", &path, &[("prod_name", "Blue pen"), ("category", "Office")]).await;
        boss.ask("POST", "/api/shop/category", json!({"cat_name": "Gifts"})).await;
        let junk = [("prod_name", "Junk"), ("price", "1"), ("category", "Gifts")];
        let junk = boss.form("POST", "/api/shop", &junk).await["product"].clone();
        let junk = format!("/api/shop/{}", junk["_id"].as_str().unwrap());
        let deleted = boss.ask("DELETE", &junk, Value::Null).await;
        assert_eq!(deleted["message"], "Junk was deleted");

        // The grid: products and categories, a search, a filter; the pictures.
        let settled = |list: &Value| names(&list["products"]).starts_with(&["Blue pen", "Ink"]);
        let list = ann.ask_until("/api/shop/products", settled).await["products"].clone();
        assert!(
            list.as_array()
                .unwrap()
                .iter()
                .all(|product| product["category"]["cat_name"].is_string())
        );
        let pens = |found: &Value| names(&found["products"]).contains(&"Blue pen");
        ann.ask_until("/api/shop/search/PEN", pens).await;
        let both = |office: &Value| names(&office["products"]) == ["Blue pen", "Ink"];
        ann.ask_until("/api/shop/category/Office", both).await;
        let picture = ann.client.get(list[0]["imageUrl"].as_str().unwrap()).await.unwrap();
        assert_eq!(
            (picture.status, &picture.headers["x-content-type-options"]),
            (200, &"nosniff".parse().unwrap())
        );

        // The cart: in, more of it, out.
        ann.add(&pen, 1).await;
        ann.add(&pen, 1).await;
        ann.add(&ink, 1).await;
        let (id, ink) = (ann.id(), ink["_id"].as_str().unwrap().to_owned());
        ann.put_plain(&format!("/api/shop/cart/delete/{id}/{ink}")).await;
        assert_eq!(ann.user["cart"]["items"][0]["quantity"], 2);
        assert_eq!(ann.user["cart"]["items"][0]["prod_total"], 21);

        // The order: begun, revoked, begun; the days that are full; the form; the receipt.
        ann.put_plain(&format!("/api/shop/orders/{id}")).await;
        ann.put_plain(&format!("/api/shop/open-cart/{id}")).await;
        ann.put_plain(&format!("/api/shop/orders/{id}")).await;
        assert_eq!(ann.user["cart"]["status"], "pending");
        let full = ann.ask("GET", "/api/shop/orders", Value::Null).await;
        assert_eq!(full["orders"], json!([]));
        let form = json!({"city": "Pune", "street": "MG Road 1", "credit": GOOD_CARD, "ship": "2999-12-31"});
        let placed = ann.ask("POST", &format!("/api/shop/orders/{id}"), form).await;
        assert_eq!(placed["user"]["cart"]["status"], "closed");
        let current = ann.ask("GET", "/api/shop/current", Value::Null).await;
        let order = &current["orders"][0];
        assert_eq!(order, &placed["order"]);
        assert_eq!(
            (&order["total"], &order["user"]["ship"]),
            (&json!(21), &json!("2999-12-31T00:00:00.000Z"))
        );
        assert!(order["user"]["credit"].as_str().unwrap().ends_with("4242"));
        assert!(!current.to_string().contains(GOOD_CARD));
        assert_eq!(current["user"]["cardId"], "123456789");

        // The three e-mails of the original: on registration, signing in and an order.
        for subject in
            ["Welcome to E-Mart", "New sign-in to your account", "Your order 1001 at E-Mart"]
        {
            mailed(&store, "ann@example.com", subject).await;
        }

        // The books, and what a customer may not.
        let books = ann.send("GET", "/webapi/books", "", Vec::new()).await;
        assert!(matches!(books.status, 200 | 204), "{}", books.status);
        assert_eq!(ann.send("DELETE", &path, "", Vec::new()).await.status, 403);
        // A token that is over does not keep anybody from signing in again.
        ann.token = "eyJhbGciOiJIUzI1NiJ9.e30.x".to_owned();
        assert_eq!(ann.send("GET", "/api/shop/current", "", Vec::new()).await.status, 401);
        ann.sign_in("Ann").await;
    }
}

/// Waits for an e-mail.
async fn mailed(store: &Store, to: &str, subject: &str) {
    let give_up = Instant::now() + PATIENCE;
    let (to, subject) = (format!("To: {to}"), format!("Subject: {subject}"));
    while !store.mails().iter().any(|mail| mail.contains(&to) && mail.contains(&subject)) {
        assert!(Instant::now() < give_up, "{subject}: {}", store.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Fifty shoppers of each contract want the same ten pieces and the same three places of each of four days.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_contracts_sell_the_same_stock_and_the_same_days() {
    for engine in [Engine::Sqlite, Engine::Split] {
        let three = [("EMART_PRICING__ORDERS_PER_DAY", "3")];
        let store = Store::on(engine, 10, &three).await.unwrap();
        let tea = store.tea().await.unwrap();
        let mut client = store.client().await.unwrap();
        let slots = client.get("/api/v1/pricing/delivery-slots").await.unwrap().json();
        let day = |n: usize| slots["items"][n % 4]["date"].clone();
        // A few at a time: each signs in, and a store that checks too many passwords at once says so.
        let classic: Vec<_> =
            stream::iter(0..EACH).map(|n| filled(&store, n)).buffered(4).collect().await;
        let modern: Vec<_> = stream::iter(0..EACH)
            .map(|_| async {
                let mut client = store.client().await.unwrap();
                let cart = client.cart_patiently(&tea, 1).await.unwrap();
                let card = client.card(GOOD_CARD).await.unwrap();
                checkout(&cart, &card)
            })
            .buffered(8)
            .collect()
            .await;
        let classic = join_all(classic.into_iter().enumerate().map(|(n, mut person)| {
            let form = json!({"credit": GOOD_CARD, "ship": day(n)});
            let store = &store;
            async move { person.order(store, &form).await }
        }));
        let modern = join_all(modern.into_iter().enumerate().map(|(n, mut body)| {
            body["delivery_date"] = day(n);
            let store = &store;
            async move {
                let mut client = store.client().await.unwrap();
                let key = format!("k{n}");
                let headers = [("idempotency-key", key.as_str())];
                client.post_patiently("/api/v1/checkouts", &headers, &body).await.unwrap().status
            }
        }));
        let (classic, modern) = tokio::join!(classic, modern);
        let known = |status: &u16| matches!(status, 200 | 404);
        assert!(classic.iter().all(known), "{engine:?}: {classic:?}");
        assert!(modern.iter().all(|status| matches!(status, 201 | 409)), "{engine:?}: {modern:?}");
        settle(&store).await;
        let sold = check_the_books(&store, 10).await.unwrap().len();
        let said = classic.iter().filter(|status| **status == 200).count()
            + modern.iter().filter(|status| **status == 201).count();
        assert!((1..=10).contains(&sold), "{engine:?}: {sold}");
        assert!(said <= sold, "{engine:?}: {sold} {classic:?} {modern:?}");
        let fullest = "(SELECT COALESCE(MAX(booked), 0) FROM delivery_days)";
        let fullest = store.books().number("pricing", fullest).await.unwrap();
        assert!(fullest <= 3, "{engine:?}: {fullest} on one day");
    }
}

/// A shopper of the original's client with one piece in the cart.
async fn filled(store: &Store, n: usize) -> Screens {
    let mut person = Screens::open(store).await;
    let name = format!("p{n}n");
    // A hundred people at the door: passwords are hashed a few at a time, and those who are told to come back do.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let mut registered = person.register(&name, &format!("1234567{n:02}")).await.status;
    while registered == 503 && std::time::Instant::now() < until {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        registered = person.register(&name, &format!("1234567{n:02}")).await.status;
    }
    assert_eq!(registered, 200);
    person.sign_in(&name).await;
    let list = person.ask("GET", "/api/shop/products", Value::Null).await["products"].clone();
    person.add(&list[0], 1).await;
    person
}
