//! The work is done and its reply is lost, once for every kind of call: who asks again finds the first effect, near and
//! far.

use std::time::{Duration, Instant};

use emart_tests::{Answer, Client, Engine, Store, checkout};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::audit::{check_the_books, settle};
use crate::steps::told;
use crate::{DECLINED_CARD, GOOD_CARD, SHORT_LEASES};

/// Enough for those who buy, and for what those who do not buy hold until it is given back.
const PIECES: u32 = 5;
/// The bank asks the card's holder, who says yes; and no.
const CONFIRMED_CARD: &str = "4000002500003155";
const UNCONFIRMED_CARD: &str = "4000008400001629";
/// How long a shopper asks again.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the test has to have lost, or it shows nothing.
const LOST: [&str; 14] = [
    "cart POST /api/v1/carts",
    "cart POST /internal/cart/carts/*/consume",
    "inventory POST /internal/inventory/reservations",
    "inventory POST /internal/inventory/reservations/*/commit",
    "inventory POST /internal/inventory/reservations/*/release",
    "orders POST /api/v1/checkouts",
    "orders POST /api/v1/checkouts/*/continue",
    "payments POST /api/v1/payments/*/authentication",
    "payments POST /api/v1/payments/card-tokens",
    "payments POST /internal/payments/payments",
    "payments POST /internal/payments/payments/*/capture",
    "payments POST /internal/payments/references/*/cancel",
    "pricing DELETE /internal/pricing/slot-bookings/*",
    "pricing POST /internal/pricing/slot-bookings",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_again_after_a_lost_reply_finds_the_first_effect() {
    asked_again(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_again_after_a_lost_reply_finds_the_first_effect_on_postgresql() {
    asked_again(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_again_after_a_connection_was_cut_finds_the_first_effect() {
    asked_again(Engine::Split).await;
}

async fn asked_again(engine: Engine) {
    let lost = TempDir::new().unwrap();
    let noted_in = lost.path().to_str().unwrap();
    let lossy = [SHORT_LEASES, &[("EMART_MESH__DROP_REPLIES", noted_in)]].concat();
    let store = Store::on(engine, PIECES, &lossy).await.unwrap();
    let tea = store.tea().await.unwrap();
    let mut shopper = Shopper(store.client().await.unwrap());
    // All carts are filled while there is stock for each.
    let (plain, declined) = (shopper.cart(&tea, 1).await, shopper.cart(&tea, 1).await);
    let (confirmed, unconfirmed) = (shopper.cart(&tea, 1).await, shopper.cart(&tea, 1).await);
    let late = shopper.cart(&tea, 4).await;
    let mut told_first = Vec::new();
    for (key, cart, card, status) in [
        ("plain", &plain, GOOD_CARD, 201),
        ("declined", &declined, DECLINED_CARD, 402),
        ("unconfirmed", &unconfirmed, UNCONFIRMED_CARD, 402),
        ("confirmed", &confirmed, CONFIRMED_CARD, 201),
        ("late", &late, GOOD_CARD, 409),
    ] {
        let body = checkout(cart, &shopper.card(card).await);
        let answer = shopper.buy(key, &body).await;
        assert_eq!(answer.status, status, "{engine:?} {key}: {answer:?}\n{}", store.log());
        told_first.push((key, body, answer));
    }
    settle(&store).await;
    for (key, body, first) in &told_first {
        let again = shopper.ask("/api/v1/checkouts", &[("idempotency-key", key)], body).await;
        assert_eq!(told(&again), told(first), "{engine:?} {key}");
    }
    assert_eq!(check_the_books(&store, PIECES).await.unwrap().len(), 2, "{engine:?}");
    for (cart, left) in
        [(&plain, 0), (&declined, 1), (&unconfirmed, 1), (&confirmed, 0), (&late, 1)]
    {
        let cart = shopper.0.cart_again(cart).await.unwrap();
        assert_eq!(cart["lines"].as_array().unwrap().len(), left, "{engine:?} {cart}");
    }
    for kind in LOST {
        let note = lost.path().join(kind.replace('/', "|"));
        assert!(note.is_file(), "{engine:?}: never lost: {kind}");
    }
}

/// A shopper who asks again when there is no answer.
struct Shopper(Client);

impl Shopper {
    async fn ask(&mut self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.0.post(path, headers, body).await.unwrap();
            let under_way = answer.status == 202 && answer.json()["state"] != "requires_action";
            if !under_way && !(502..=504).contains(&answer.status) {
                return answer;
            }
            assert!(Instant::now() < until, "{path} is not answered: {answer:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn cart(&mut self, variant: &str, quantity: u32) -> Value {
        let body = json!({"lines": [{"variant_id": variant, "quantity": quantity}]});
        self.ask("/api/v1/carts", &[], &body).await.json()
    }

    async fn card(&mut self, number: &str) -> Value {
        let card = json!({"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"});
        self.ask("/api/v1/payments/card-tokens", &[], &card).await.json()["token"].clone()
    }

    /// Buys; where the bank asks, the card's holder answers as the card says.
    async fn buy(&mut self, key: &str, body: &Value) -> Answer {
        let answer = self.ask("/api/v1/checkouts", &[("idempotency-key", key)], body).await;
        if answer.status != 202 {
            return answer;
        }
        let checkout = answer.json();
        let text = |field: &str| checkout[field].as_str().unwrap_or_default().to_owned();
        let path = format!("/api/v1/payments/{}/authentication", text("payment_id"));
        self.ask(&path, &[], &json!({"outcome": "approved"})).await;
        let path = format!("/api/v1/checkouts/{}/continue", text("id"));
        self.ask(&path, &[], &json!({})).await
    }
}
