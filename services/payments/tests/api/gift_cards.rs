//! Gift cards: they pay first, get back what was not spent, and never give more than is on them.

use emart_payments_api::{NewPayment, Payment, PaymentState};
use emart_types::{Currency, Money};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{CAPTURE_FAILS_ONCE, DECLINED, Till, VISA, refused, tills};

const CARDS: &str = "/api/v1/payments/gift-cards";
const TOKENS: &str = "/api/v1/payments/gift-card-tokens";

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

impl Till {
    /// A card with so much on it: what staff see, once.
    async fn issue(&self, key: &str, minor: i64) -> Value {
        let body = json!({"amount": {"amount_minor": minor, "currency": "EUR"}});
        self.api.staff().header("idempotency-key", key).post(CARDS, body).await.expect(201)
    }

    async fn tender(&self, card: &Value) -> String {
        let made = self.api.post(TOKENS, json!({"code": card["code"]})).await.expect(201);
        made["token"].as_str().unwrap().to_owned()
    }

    async fn left(&self, card: &Value) -> i64 {
        let path = format!("{CARDS}/{}", card["id"].as_str().unwrap());
        let card = self.api.staff().get(&path).await.expect(200);
        card["balance"]["amount_minor"].as_i64().unwrap()
    }

    /// What is on every card is the sum of its ledger.
    async fn ledgers_add_up(&self) {
        let sql = "SELECT COUNT(*) FROM gift_cards c WHERE balance_minor <> \
                   (SELECT COALESCE(SUM(amount_minor), 0) FROM gift_card_entries e WHERE e.gift_card_id = c.id)";
        assert_eq!(self.db().one::<i64>(sql, &[]).await.unwrap(), 0);
    }

    async fn pay(
        &self,
        reference: &str,
        minor: i64,
        gifts: &[String],
        card: Option<&str>,
    ) -> Payment {
        let token = match card {
            Some(number) => Some(self.token(number).await),
            None => None,
        };
        let payment = NewPayment {
            reference: reference.to_owned(),
            amount: eur(minor),
            token,
            gift_cards: gifts.to_vec(),
            expected_rest: None,
        };
        self.payments.authorize(&payment).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gift_card_pays_first_and_the_card_pays_the_rest() {
    for till in tills().await {
        let card = till.issue("k", 500).await;
        let token = till.tender(&card).await;
        let paid = till.pay("chk_1", 1999, std::slice::from_ref(&token), Some(VISA)).await;
        assert_eq!((paid.state, paid.gift_card_amount), (PaymentState::Authorized, Some(eur(500))));
        assert_eq!(paid.gift_card_last4, [card["last4"].as_str().unwrap()]);
        assert_eq!(till.left(&card).await, 0);
        assert_eq!(till.payments.by_reference("chk_1").await.unwrap().unwrap().id, paid.id);
        let captured = till.payments.capture(&paid.id).await.unwrap();
        assert_eq!((captured.state, captured.amount), (PaymentState::Captured, eur(1999)));
        // The provider, and the ledger of cards, know of the rest only.
        let sql = "SELECT amount_minor FROM test_provider_charges WHERE reference = $1";
        let charged: i64 = till.db().one(sql, &[paid.id.as_str().into()]).await.unwrap();
        assert_eq!(charged, 1499);
        assert!(till.ledger(&paid).await.iter().all(|(_, minor)| *minor == 1499));
        till.payments.cancel("chk_1").await.unwrap();
        assert_eq!(till.left(&card).await, 500);
        till.ledgers_add_up().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_gift_cards_pay_whole_and_what_costs_nothing_needs_no_card() {
    for till in tills().await {
        let (one, two) = (till.issue("1", 700).await, till.issue("2", 2000).await);
        let tokens = [till.tender(&one).await, till.tender(&two).await];
        let paid = till.pay("chk_1", 1000, &tokens, None).await;
        assert_eq!(
            (paid.state, paid.provider.as_str(), paid.brand.as_str()),
            (PaymentState::Authorized, "none", "gift_card")
        );
        assert_eq!(till.left(&one).await + till.left(&two).await, 1700);
        for _ in 0..2 {
            assert_eq!(
                till.payments.capture(&paid.id).await.unwrap().state,
                PaymentState::Captured
            );
        }
        let free = till.pay("chk_2", 0, &[], None).await;
        assert_eq!((free.state, free.brand.as_str()), (PaymentState::Authorized, "none"));
        assert_eq!(till.payments.capture(&free.id).await.unwrap().state, PaymentState::Captured);
        assert_eq!(till.heard().await, ["captured chk_1 1000", "captured chk_2 0"]);
        let back = till.payments.cancel("chk_1").await.unwrap().unwrap();
        assert_eq!(back.state, PaymentState::Refunded);
        assert_eq!(till.left(&one).await + till.left(&two).await, 2700);
        till.ledgers_add_up().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_comes_to_nothing_gives_the_gift_card_back() {
    for till in tills().await {
        let card = till.issue("k", 500).await;
        let token = till.tender(&card).await;
        let failed = till.pay("chk_1", 1999, std::slice::from_ref(&token), Some(DECLINED)).await;
        assert_eq!(failed.state, PaymentState::Failed);
        assert_eq!(till.left(&card).await, 500);
        let held = till.pay("chk_2", 1999, std::slice::from_ref(&token), Some(VISA)).await;
        assert_eq!((held.state, till.left(&card).await), (PaymentState::Authorized, 0));
        for _ in 0..3 {
            till.payments.cancel("chk_2").await.unwrap();
        }
        assert_eq!(till.left(&card).await, 500);
        // What was cancelled before it began takes nothing.
        till.payments.cancel("chk_3").await.unwrap();
        let late = NewPayment {
            expected_rest: None,
            gift_cards: vec![token.clone()],
            ..NewPayment::by_card("chk_3", eur(400), till.token(VISA).await)
        };
        refused(till.payments.authorize(&late).await, "payment-cancelled");
        assert_eq!(till.left(&card).await, 500);
        till.ledgers_add_up().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_pays_another_amount_by_card_than_they_saw() {
    for till in tills().await {
        let card = till.issue("k", 500).await;
        let token = till.tender(&card).await;
        let new = NewPayment {
            gift_cards: vec![token.clone()],
            expected_rest: Some(eur(1400)),
            ..NewPayment::by_card("chk_1", eur(1999), till.token(VISA).await)
        };
        refused(till.payments.authorize(&new).await, "gift-card-changed");
        assert_eq!(till.left(&card).await, 500);
        let bare = NewPayment { token: None, expected_rest: None, ..new.clone() };
        refused(till.payments.authorize(&bare).await, "card-required");
        let forged = NewPayment { gift_cards: vec![format!("{token}x")], ..bare };
        refused(till.payments.authorize(&forged).await, "gift-card-unknown");
        let right = NewPayment { expected_rest: Some(eur(1499)), ..new };
        assert_eq!(till.payments.authorize(&right).await.unwrap().state, PaymentState::Authorized);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_tills_at_once_take_no_more_off_a_gift_card_than_is_on_it() {
    for till in tills().await {
        let card = till.issue("k", 1000).await;
        let token = till.tender(&card).await;
        let pays = (0..20).map(|n| {
            let (till, token) = (&till, token.clone());
            let number = if n % 5 == 0 { CAPTURE_FAILS_ONCE } else { VISA };
            async move { till.pay(&format!("chk_{n}"), 300, &[token], Some(number)).await }
        });
        let mut given = 0;
        for paid in join_all(pays).await {
            assert_eq!(paid.state, PaymentState::Authorized);
            given += paid.gift_card_amount.map_or(0, |amount| amount.amount_minor);
        }
        assert_eq!((given, till.left(&card).await), (1000, 0));
        till.ledgers_add_up().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_shown_once_a_key_and_kept_nowhere() {
    for till in tills().await {
        let first = till.issue("k", 500).await;
        assert_eq!(till.issue("k", 500).await, first);
        let other = json!({"amount": {"amount_minor": 501, "currency": "EUR"}});
        let clerk = till.api.staff().header("idempotency-key", "k");
        clerk.post(CARDS, other).await.expect_problem(409, "idempotency-key-reused");
        let list = till.api.staff().get(CARDS).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let plain = first["code"].as_str().unwrap().replace('-', "");
        assert!(!list.to_string().contains(&plain));
        let sql = "SELECT code_hash || issued_under || fingerprint FROM gift_cards";
        let kept: String = till.db().one(sql, &[]).await.unwrap();
        assert!(!kept.contains(&plain));
        for code in ["", "ABCD", "2222-2222-2222-2222"] {
            let answer = till.api.post(TOKENS, json!({"code": code})).await;
            answer.expect_problem(422, "gift-card-unknown");
        }
        till.api.get(CARDS).await.expect_problem(401, "unauthorized");
        till.api.customer("usr_ada").get(CARDS).await.expect_problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_adjust_a_card_once_a_key_and_switch_it_off() {
    for till in tills().await {
        let card = till.issue("k", 500).await;
        let path = format!("{CARDS}/{}", card["id"].as_str().unwrap());
        let adjust = async |key: &str, minor: i64| {
            let body =
                json!({"amount": {"amount_minor": minor, "currency": "EUR"}, "note": "goodwill"});
            let clerk = till.api.staff().header("idempotency-key", key);
            clerk.post(&format!("{path}/adjustments"), body).await
        };
        for _ in 0..2 {
            adjust("a", 250).await.expect(200);
        }
        assert_eq!(till.left(&card).await, 750);
        adjust("b", -751).await.expect_problem(409, "gift-card-too-little");
        adjust("c", -750).await.expect(200);
        adjust("d", 100).await.expect(200);
        let ledger = till.api.staff().get(&format!("{path}/entries")).await.expect(200);
        let kinds: Vec<&str> = ledger["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["adjusted", "adjusted", "adjusted", "issued"]);
        till.ledgers_add_up().await;
        let off = json!({"active": false});
        till.api.staff().put(&path, &off).await.expect_problem(428, "version-required");
        let clerk = till.api.staff().header("if-match", "\"1\"");
        assert_eq!(clerk.put(&path, &off).await.expect(200)["state"], "disabled");
        clerk.put(&path, &off).await.expect_problem(412, "version-conflict");
        let answer = till.api.post(TOKENS, json!({"code": card["code"]})).await;
        answer.expect_problem(409, "gift-card-unusable");
    }
}
