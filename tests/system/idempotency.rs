//! The same `Idempotency-Key` twice: one order.

use emart_tests::{ENGINES, Store, checkout};
use futures_util::future::join_all;
use serde_json::json;

use crate::GOOD_CARD;
use crate::audit::{check_the_books, settle};

/// saleor/saleor#19220: two requests, two payments.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_once_and_later_is_one_order_and_another_body_is_refused() {
    for engine in ENGINES {
        let store = Store::on(engine, 20, &[]).await.unwrap();
        let tea = store.tea().await.unwrap();
        let mut client = store.client().await.unwrap();
        let cart = client.cart(&tea, 1).await.unwrap();
        let card = client.card(GOOD_CARD).await.unwrap();
        let at_once = join_all((0..8).map(|_| async {
            let mut client = store.client().await.unwrap();
            client.pay(&cart, &card, "key").await.unwrap()
        }));
        let at_once = at_once.await;
        settle(&store).await;
        let later = client.pay(&cart, &card, "key").await.unwrap();
        let orders = check_the_books(&store, 20).await.unwrap();
        assert!(orders.contains(later.json()["order_id"].as_str().unwrap()) && orders.len() == 1);
        for answer in at_once {
            assert_eq!((answer.status, answer.json()), (201, later.json()), "{engine:?}");
        }
        // The same card typed again after a broken connection is another token, and still the same order.
        let retyped = client.card(GOOD_CARD).await.unwrap();
        let found = client.pay(&cart, &retyped, "key").await.unwrap();
        assert_eq!(found.json(), later.json());
        let mut body = checkout(&cart, &card);
        body["email"] = json!("eve@example.com");
        let key = [("idempotency-key", "key")];
        let other = client.post("/api/v1/checkouts", &key, &body).await.unwrap();
        let problem = json!("/problems/idempotency-key-reused");
        assert_eq!((other.status, &other.json()["type"]), (409, &problem), "{other:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_once_for_two_carts_buys_one_of_them_and_refuses_the_other() {
    for engine in ENGINES {
        let store = Store::on(engine, 20, &[]).await.unwrap();
        let tea = store.tea().await.unwrap();
        let tries = join_all((0..8).map(|_| async {
            let mut client = store.client().await.unwrap();
            let cart = client.cart(&tea, 1).await.unwrap();
            client.buy(&cart, GOOD_CARD, "key").await.unwrap()
        }));
        let answers = tries.await;
        settle(&store).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{engine:?}");
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            let problem = json!("/problems/idempotency-key-reused");
            assert_eq!((refused.status, &refused.json()["type"]), (409, &problem), "{refused:?}");
        }
        assert_eq!(check_the_books(&store, 20).await.unwrap().len(), 1);
    }
}
