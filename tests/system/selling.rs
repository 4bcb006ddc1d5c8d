//! Coupons and gift cards, from the back office to the receipt, on every engine: what they give is given once.

use emart_tests::{Answer, Client, ENGINES, Store, checkout};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::GOOD_CARD;
use crate::audit::{check_the_books, settle};

const PASSWORD: &str = "correct horse battery";

/// Somebody who runs the shop.
struct Boss {
    client: Client,
    bearer: String,
}

impl Boss {
    async fn of(store: &Store) -> Self {
        let token = store.books().column("identity", "SELECT token FROM setup").await.unwrap();
        let mut client = store.client().await.unwrap();
        let setup = json!({"token": token[0], "email": "boss@example.com", "password": PASSWORD});
        let made = client.post("/api/v1/identity/setup", &[], &setup).await.unwrap();
        assert_eq!(made.status, 201);
        let credentials = json!({"email": "boss@example.com", "password": PASSWORD});
        let answer = client.post("/api/v1/identity/tokens", &[], &credentials).await.unwrap();
        let bearer = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
        Self { client, bearer }
    }

    async fn post(&mut self, path: &str, key: &str, body: &Value) -> Value {
        let headers = [("authorization", self.bearer.as_str()), ("idempotency-key", key)];
        let answer = self.client.post(path, &headers, body).await.unwrap();
        assert_eq!(answer.status, 201, "{path}: {}", answer.json());
        answer.json()
    }

    async fn get(&mut self, path: &str) -> Value {
        let headers = [("authorization", self.bearer.as_str())];
        self.client.send("GET", path, &headers, "").await.unwrap().json()
    }
}

/// A code that takes a share off everything.
fn coupon(code: &str, rate: u32, uses: Option<u32>) -> Value {
    json!({
        "title": code, "code": code, "active": true,
        "benefit": {"kind": "percent", "rate": rate}, "limits": {"uses": uses},
    })
}

async fn put_in(client: &mut Client, cart: &Value, code: &str) -> Answer {
    let path = format!("/api/v1/carts/{}/coupons", cart["id"].as_str().unwrap());
    let token = [("cart-token", cart["token"].as_str().unwrap())];
    client.post(&path, &token, &json!({"code": code})).await.unwrap()
}

async fn order(client: &mut Client, bought: &Answer) -> Value {
    assert_eq!(bought.status, 201, "{}", bought.json());
    let bought = bought.json();
    let path = format!("/api/v1/orders/{}", bought["order_id"].as_str().unwrap());
    let token = [("order-token", bought["order_token"].as_str().unwrap())];
    client.send("GET", &path, &token, "").await.unwrap().json()
}

/// Thirty carts with the same code, which counts three times: three pay less, and no other pays at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_voucher_race_of_acidrain_ends_with_as_many_discounts_as_there_are() {
    for engine in ENGINES {
        let store =
            Store::on(engine, 100, &[("EMART_PRICING__ORDERS_PER_DAY", "1000")]).await.unwrap();
        let tea = store.tea().await.unwrap();
        let mut boss = Boss::of(&store).await;
        let made =
            boss.post("/api/v1/pricing/promotions", "p", &coupon("THREE", 500_000, Some(3))).await;
        let carts = join_all((0..30).map(|_| async {
            let mut client = store.client().await.unwrap();
            let cart = client.cart_patiently(&tea, 1).await.unwrap();
            assert_eq!(put_in(&mut client, &cart, "three").await.status, 201);
            (client, cart)
        }));
        let buys = carts.await.into_iter().enumerate().map(|(n, (mut client, cart))| async move {
            client.buy_patiently(&cart, GOOD_CARD, &format!("k{n}")).await.unwrap()
        });
        let answers = join_all(buys).await;
        let bought = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(bought, 3, "{engine:?}");
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            let slug = answer.json()["type"].clone();
            let known = ["/problems/coupon-used-up", "/problems/coupon-refused"];
            assert!(known.iter().any(|known| slug == *known), "{engine:?}: {slug}");
        }
        settle(&store).await;
        check_the_books(&store, 100).await.unwrap();
        let path = format!("/api/v1/pricing/promotions/{}", made["id"].as_str().unwrap());
        assert_eq!(boss.get(&path).await["uses"], 3);
    }
}

/// A coupon, then a gift card, then the card; and then an order that costs nothing, and one that the gift card pays whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_are_paid_by_coupon_gift_card_and_card_in_this_order_or_by_no_card_at_all() {
    for engine in ENGINES {
        let store = Store::on(engine, 100, &[]).await.unwrap();
        let tea = store.tea().await.unwrap();
        let mut boss = Boss::of(&store).await;
        for (code, rate) in [("HALF", 500_000), ("ALL", 1_000_000)] {
            let mut body = coupon(code, rate, None);
            body["combinable"] = json!(true);
            boss.post("/api/v1/pricing/promotions", code, &body).await;
        }
        let free = json!({
            "title": "Free delivery", "code": "POST", "active": true, "combinable": true,
            "benefit": {"kind": "free_shipping"},
        });
        boss.post("/api/v1/pricing/promotions", "post", &free).await;
        let card = json!({"amount": {"amount_minor": 300, "currency": "EUR"}});
        let small = boss.post("/api/v1/payments/gift-cards", "small", &card).await;
        let card = json!({"amount": {"amount_minor": 100_000, "currency": "EUR"}});
        let large = boss.post("/api/v1/payments/gift-cards", "large", &card).await;

        let mut client = store.client().await.unwrap();
        let token = async |client: &mut Client, card: &Value| {
            let code = json!({"code": card["code"]});
            client.post("/api/v1/payments/gift-card-tokens", &[], &code).await.unwrap().json()["token"].clone()
        };
        // All three.
        let cart = client.cart(&tea, 1).await.unwrap();
        put_in(&mut client, &cart, "HALF").await;
        let mut body = checkout(&cart, &client.card(GOOD_CARD).await.unwrap());
        body["gift_cards"] = json!([token(&mut client, &small).await]);
        let bought =
            client.post("/api/v1/checkouts", &[("idempotency-key", "1")], &body).await.unwrap();
        let first = order(&mut client, &bought).await;
        assert_eq!(first["payment"]["gift_card_amount"]["amount_minor"], 300, "{first}");
        assert_eq!(first["payment"]["last4"], "4242");
        let off = first["discount_total"]["amount_minor"].as_i64().unwrap();
        assert_eq!((first["subtotal"]["amount_minor"].as_i64().unwrap() + 1) / 2, off);
        // Nothing to pay, and no card.
        let cart = client.cart(&tea, 1).await.unwrap();
        put_in(&mut client, &cart, "ALL").await;
        put_in(&mut client, &cart, "POST").await;
        let bought = client
            .post("/api/v1/checkouts", &[("idempotency-key", "2")], &checkout(&cart, &Value::Null))
            .await
            .unwrap();
        let second = order(&mut client, &bought).await;
        assert_eq!(
            (&second["total"]["amount_minor"], &second["payment"]["brand"]),
            (&json!(0), &json!("none"))
        );
        // All by gift card.
        let cart = client.cart(&tea, 1).await.unwrap();
        let mut body = checkout(&cart, &Value::Null);
        let refused =
            client.post("/api/v1/checkouts", &[("idempotency-key", "3")], &body).await.unwrap();
        assert_eq!(refused.json()["type"], "/problems/card-required", "{}", refused.json());
        body["gift_cards"] = json!([token(&mut client, &large).await]);
        let bought =
            client.post("/api/v1/checkouts", &[("idempotency-key", "4")], &body).await.unwrap();
        let third = order(&mut client, &bought).await;
        assert_eq!(third["payment"]["brand"], "gift_card");
        settle(&store).await;
        check_the_books(&store, 100).await.unwrap();
        let path = format!("/api/v1/payments/gift-cards/{}", large["id"].as_str().unwrap());
        let left = boss.get(&path).await["balance"]["amount_minor"].as_i64().unwrap();
        assert_eq!(left, 100_000 - third["total"]["amount_minor"].as_i64().unwrap());
    }
}
