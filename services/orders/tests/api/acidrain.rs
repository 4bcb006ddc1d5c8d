//! The attacks of `ACIDRain` (Concurrency-Related Attacks on Database-Backed Web Applications, SIGMOD 2017), as far as
//! they concern a checkout.

use emart_payments_api::PaymentState;
use futures_util::future::join_all;
use serde_json::json;

use crate::Shop;
use crate::saga::sold_once;

#[tokio::test]
async fn acidrain_buy_one_get_two_from_one_cart() {
    for shop in Shop::both().await {
        let (other, host) = shop.copy().await;
        let buy = |n: u32| {
            let api = if n.is_multiple_of(2) { &shop.api } else { &other };
            let (api, body) = (api.header("idempotency-key", &format!("k{n}")), shop.body());
            async move { api.post("/api/v1/checkouts", body).await }
        };
        let answers = join_all((0..20).map(buy)).await;
        let bought: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(bought.len(), 1);
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            refused.expect_problem(409, "cart-already-bought");
        }
        sold_once(&shop).await;
        host.stop().await;
    }
}

#[tokio::test]
async fn acidrain_changing_the_cart_while_it_is_paid_changes_no_order() {
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().card = Some(PaymentState::RequiresAction);
        let waiting = shop.buy("k").await.expect(202);
        let path = format!("/api/v1/checkouts/{}/continue", waiting["id"].as_str().unwrap());
        {
            // Two pieces are paid; now the cart says nine.
            let mut books = shop.near.books.lock().unwrap();
            books.quantity = 9;
            books.cart_version += 1;
            for payment in books.payments.values_mut() {
                payment.state = PaymentState::Authorized;
            }
        }
        shop.api.post(&path, json!({})).await.expect(201);
        sold_once(&shop).await;
        let order = shop.newest_order().await.unwrap();
        assert_eq!(order["lines"][0]["quantity"], 2);
        let books = shop.near.books.lock().unwrap();
        assert_eq!(books.taken.iter().map(|line| line.1).collect::<Vec<_>>(), [2]);
    }
}

/// Confirming twice at once, from two tabs and through two copies, pays once.
#[tokio::test]
async fn acidrain_confirming_a_payment_many_times_at_once_is_one_order() {
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().card = Some(PaymentState::RequiresAction);
        let waiting = shop.buy("k").await.expect(202);
        let path = format!("/api/v1/checkouts/{}/continue", waiting["id"].as_str().unwrap());
        for payment in shop.near.books.lock().unwrap().payments.values_mut() {
            payment.state = PaymentState::Authorized;
        }
        let (other, host) = shop.copy().await;
        let go_on =
            |n: usize| if n.is_multiple_of(2) { &shop.api } else { &other }.post(&path, json!({}));
        for answer in join_all((0..12).map(go_on)).await {
            answer.expect(201);
        }
        sold_once(&shop).await;
        host.stop().await;
    }
}

#[tokio::test]
async fn acidrain_the_same_key_through_two_copies_at_once_is_one_order() {
    for shop in Shop::both().await {
        let (other, host) = shop.copy().await;
        let body = shop.body();
        let buy = |n: usize| {
            let api = if n.is_multiple_of(2) { &shop.api } else { &other };
            let (api, body) = (api.header("idempotency-key", "k"), body.clone());
            async move { api.post("/api/v1/checkouts", body).await.expect(201) }
        };
        let answers = join_all((0..20).map(buy)).await;
        assert!(answers.iter().all(|answer| answer["order_id"] == answers[0]["order_id"]));
        sold_once(&shop).await;
        host.stop().await;
    }
}
