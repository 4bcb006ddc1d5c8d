//! Checkouts: once for each key, once for each cart, and nothing for what cannot be.

use std::time::Duration;

use emart_payments_api::PaymentState;
use serde_json::{Value, json};

use crate::Shop;
use crate::neighbours::Fault;
use crate::saga::nothing_left;

#[tokio::test]
async fn the_same_key_at_once_and_later_is_one_order() {
    for shop in Shop::both().await {
        let body = shop.body();
        let tries = (0..10).map(|_| shop.buy_with("k", body.clone()));
        let answers = futures_util::future::join_all(tries).await;
        let ids: Vec<Value> = answers.iter().map(|a| a.expect(201)["order_id"].clone()).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(shop.buy_with("k", body).await.expect(201)["order_id"], ids[0]);
        assert_eq!(shop.order_count().await, 1);
        assert_eq!(shop.near.books.lock().unwrap().captures, 1);
    }
}

#[tokio::test]
async fn the_same_key_with_another_body_is_a_clear_error() {
    for shop in Shop::both().await {
        shop.buy("k").await.expect(201);
        let mut other = shop.body();
        other["email"] = json!("eve@example.com");
        shop.buy_with("k", other).await.expect_problem(409, "idempotency-key-reused");
        // The same card typed again is the same request.
        shop.buy("k").await.expect(201);
        shop.api
            .post("/api/v1/checkouts", shop.body())
            .await
            .expect_problem(400, "idempotency-key-required");
    }
}

/// Two tabs, two keys, one cart: the buyer pays once.
#[tokio::test]
async fn a_cart_is_bought_once_whatever_the_keys() {
    for shop in Shop::both().await {
        let tries = (0..8).map(|n| {
            let shop = &shop;
            async move { shop.buy(&format!("k{n}")).await.status }
        });
        let statuses = futures_util::future::join_all(tries).await;
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
        assert_eq!(shop.order_count().await, 1);
    }
}

#[tokio::test]
async fn a_cart_whose_checkout_failed_can_be_bought_again() {
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().card = Some(PaymentState::Failed);
        shop.buy("k1").await.expect_problem(402, "card-declined");
        shop.buy("k1").await.expect_problem(402, "card-declined");
        shop.near.books.lock().unwrap().card = None;
        shop.buy("k2").await.expect(201);
    }
}

#[tokio::test]
async fn a_total_that_is_not_what_the_shopper_saw_buys_nothing() {
    for shop in Shop::both().await {
        let mut body = shop.body();
        body["expected_total"] = json!({"amount_minor": 1, "currency": "EUR"});
        let problem = shop.buy_with("k1", body.clone()).await.expect_problem(409, "price-changed");
        assert!(problem["detail"].as_str().unwrap().contains("€14.90"), "{problem}");
        body["expected_total"]["amount_minor"] = json!(1490);
        shop.buy_with("k2", body).await.expect(201);
    }
}

#[tokio::test]
async fn a_confirmed_payment_goes_on_and_a_rejected_one_ends() {
    for (outcome, status) in [(PaymentState::Authorized, 201), (PaymentState::Failed, 402)] {
        for shop in Shop::both().await {
            shop.near.books.lock().unwrap().card = Some(PaymentState::RequiresAction);
            let waiting = shop.buy("k").await.expect(202);
            let path = format!("/api/v1/checkouts/{}/continue", waiting["id"].as_str().unwrap());
            assert_eq!(
                shop.api.post(&path, json!({})).await.expect(202)["state"],
                "requires_action"
            );
            for payment in shop.near.books.lock().unwrap().payments.values_mut() {
                payment.state = outcome;
            }
            shop.api.post(&path, json!({})).await.expect(status);
            shop.api.post(&path, json!({})).await.expect(status);
        }
    }
}

#[tokio::test]
async fn wrong_input_is_named_field_by_field() {
    for shop in Shop::both().await {
        let long = "x".repeat(1001);
        for (field, value) in [
            ("/email", json!("nobody")),
            ("/email", json!("a@b")),
            ("/note", json!(long)),
            ("/shipping_address/name", json!(" ")),
            ("/shipping_address/city", json!("a\u{7}")),
            ("/shipping_address/postal_code", json!("")),
            ("/shipping_address/country", json!("XX")),
            ("/card_token", json!("4242424242424242")),
            ("/cart_id", json!("1")),
            ("/cart_token", json!("\u{7}")),
            ("/cart_token", json!("x".repeat(201))),
            ("/expected_total", json!({"amount_minor": 1.5, "currency": "EUR"})),
        ] {
            let mut body = shop.body();
            match body.pointer_mut(field) {
                Some(place) => *place = value,
                None => body[&field[1..]] = value,
            }
            let problem = shop.buy_with("k", body).await.expect_problem(422, "invalid");
            let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
            assert!(pointer.starts_with(field), "{field}: {problem}");
        }
        let mut american = shop.body();
        american["shipping_address"]["country"] = json!("US");
        let problem = shop.buy_with("k", american).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/shipping_address/region");
        assert_eq!(shop.order_count().await, 0);
    }
}

#[tokio::test]
async fn an_empty_cart_and_one_of_somebody_else_cannot_be_bought() {
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().lines = 0;
        shop.buy("k").await.expect_problem(422, "empty-cart");
        shop.near.fail("quote", Fault::Before);
        let unknown = format!("/api/v1/checkouts/{}", emart_orders_api::CheckoutId::new());
        shop.api.get(&unknown).await.expect_problem(404, "not-found");
        shop.api
            .post(&format!("{unknown}/continue"), json!({}))
            .await
            .expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_customers_checkout_is_nobody_elses() {
    for shop in Shop::both().await {
        let ada = shop.api.customer("usr_ada").header("idempotency-key", "k");
        let done = ada.post("/api/v1/checkouts", shop.body()).await.expect(201);
        let path = format!("/api/v1/checkouts/{}", done["id"].as_str().unwrap());
        ada.get(&path).await.expect(200);
        shop.api.get(&path).await.expect_problem(404, "not-found");
        shop.api.customer("usr_eve").get(&path).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_checkout_that_failed_long_ago_is_forgotten_and_an_order_never() {
    for shop in Shop::both().await {
        shop.near.fail("reserve", Fault::Refuse(409, "out-of-stock"));
        shop.buy("lost").await.expect_problem(409, "out-of-stock");
        shop.buy("sold").await.expect(201);
        shop.clock.advance(Duration::from_secs(25 * 3600));
        let shop = shop.restart().await;
        shop.buy("lost").await.expect_problem(409, "out-of-stock");
        shop.clock.advance(Duration::from_secs(31 * 24 * 3600));
        let shop = shop.restart().await;
        while shop.buy("lost").await.status != 201 {
            tokio::task::yield_now().await;
        }
        assert_eq!(shop.buy("sold").await.expect(201)["order_number"], 1001);
        assert_eq!(shop.order_count().await, 2);
    }
}

#[tokio::test]
async fn a_code_that_does_not_count_is_said_before_anything_is_claimed() {
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().coupons = vec!["OLD".to_owned()];
        shop.buy("k").await.expect_problem(409, "coupon-refused");
        assert!(shop.near.books.lock().unwrap().stock.is_empty());
        shop.near.books.lock().unwrap().coupons = vec!["TEN".to_owned()];
        shop.buy("l").await.expect(201);
        let order = shop.newest_order().await.unwrap();
        assert_eq!(order["discounts"][0]["title"], "Welcome");
    }
}

#[tokio::test]
async fn a_promotion_that_was_used_up_meanwhile_leaves_nothing_behind() {
    for shop in Shop::both().await {
        shop.near.fail("promotions", Fault::Refuse(409, "coupon-used-up"));
        shop.buy("k").await.expect_problem(409, "coupon-used-up");
        nothing_left(&shop).await;
    }
}
