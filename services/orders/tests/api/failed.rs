//! Payments that failed: for a week they are seen, with the reason, and with the order that came of them after all.

use std::time::Duration;

use emart_payments_api::PaymentState;
use serde_json::{Value, json};

use crate::Shop;

const FAILED: &str = "/api/v1/orders/failed-payments";

async fn failed(shop: &Shop) -> Vec<Value> {
    let page = shop.api.staff().get(FAILED).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_declined_card_is_seen_for_a_week_with_the_reason_and_what_came_of_it() {
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().card = Some(PaymentState::Failed);
        shop.buy("declined").await.expect_problem(402, "card-declined");
        let seen = failed(&shop).await.remove(0);
        assert_eq!(
            (&seen["email"], &seen["code"]),
            (&json!("ada@example.com"), &json!("card-declined"))
        );
        assert_eq!(seen["reason"], "the card was declined; nothing was charged");
        assert_eq!(seen["total"]["amount_minor"], 1490);
        assert_eq!(
            (&seen["lines"][0]["title"], &seen["lines"][0]["quantity"]),
            (&json!("Green tea"), &json!(2))
        );
        assert_eq!(seen["order_id"], Value::Null);
        let now = shop.api.staff().get("/api/v1/orders/statistics").await.expect(200);
        assert_eq!(now["waiting"]["payments_failed"], 1);
        shop.near.books.lock().unwrap().card = None;
        shop.order("another-card").await;
        assert_eq!(failed(&shop).await[0]["order_number"], 1001);
        shop.clock.advance(Duration::from_secs(7 * 24 * 3600 + 1));
        assert_eq!(failed(&shop).await, Vec::<Value>::new());
        let now = shop.api.staff().get("/api/v1/orders/statistics").await.expect(200);
        assert_eq!(now["waiting"]["payments_failed"], 0);
    }
}

#[tokio::test]
async fn what_was_refused_for_another_reason_is_no_failed_payment_and_customers_see_none() {
    for shop in Shop::both().await {
        shop.near.fail("reserve", crate::neighbours::Fault::Refuse(409, "out-of-stock"));
        shop.buy("k").await.expect_problem(409, "out-of-stock");
        assert_eq!(failed(&shop).await, Vec::<Value>::new());
        for api in [shop.api.clone(), shop.api.customer("usr_ada")] {
            assert!(matches!(api.get(FAILED).await.status, 401 | 403));
        }
    }
}
