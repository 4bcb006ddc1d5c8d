//! Money back, pieces back: previewed, done once, finished whatever happens in between, and never more than was paid.

use std::time::Duration;

use emart_testkit::Answer;
use serde_json::{Value, json};

use crate::Shop;
use crate::neighbours::Fault;

fn amount(minor: i64) -> Value {
    json!({"amount_minor": minor, "currency": "EUR"})
}

fn given_back(shop: &Shop) -> i64 {
    shop.near.books.lock().unwrap().given_back.values().sum()
}

fn restocked(shop: &Shop) -> u64 {
    shop.near.books.lock().unwrap().restocked.values().sum()
}

/// Lets time pass until no money of the order is on its way.
async fn settled(shop: &Shop, path: &str) -> Value {
    for _ in 0..400 {
        let details = shop.details(path).await;
        let actions = details["actions"].as_array().unwrap();
        if actions.iter().all(|action| action["state"] != "running") {
            return details;
        }
        shop.clock.advance(Duration::from_secs(40));
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the refund did not end: {:?}", shop.near);
}

#[tokio::test]
async fn a_preview_says_what_a_refund_then_does() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        let one = json!({"lines": [{"line": 0, "quantity": 1}], "restock": true, "reason": "dented", "notify": true});
        let preview =
            shop.api.staff().post(&format!("{path}/refunds/preview"), &one).await.expect(200);
        assert_eq!(preview["plan"]["total"], amount(500));
        assert_eq!(preview["plan"]["refundable"], amount(1490));
        let says = preview["says"].to_string();
        assert!(says.contains("goes back to the visa ending in 4242"), "{says}");
        assert!(says.contains("1 piece can be sold again"), "{says}");
        assert_eq!(given_back(&shop), 0);
        let done = shop.ask("r", &format!("{path}/refunds"), one.clone()).await.expect(201);
        assert_eq!((&done["state"], &done["plan"]), (&json!("done"), &preview["plan"]));
        let again = shop.ask("r", &format!("{path}/refunds"), one).await.expect(201);
        assert_eq!(again["id"], done["id"]);
        let other = json!({"amount": amount(1), "reason": "x"});
        shop.ask("r", &format!("{path}/refunds"), other)
            .await
            .expect_problem(409, "idempotency-key-reused");
        assert_eq!((given_back(&shop), restocked(&shop)), (500, 1));
        let details = shop.details(&path).await;
        assert_eq!(details["order"]["payment_state"], "partially_refunded");
        assert_eq!(details["order"]["lines"][0]["removed"], 1);
        assert_eq!(details["refundable"], amount(990));
    }
}

#[tokio::test]
async fn a_refund_cannot_be_larger_than_what_was_paid() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        let refunds = format!("{path}/refunds");
        let part = |minor| json!({"amount": amount(minor), "reason": "sorry"});
        shop.ask("1", &refunds, part(1491)).await.expect_problem(409, "refund-too-large");
        shop.ask("2", &refunds, part(1000)).await.expect(201);
        shop.ask("3", &refunds, part(491)).await.expect_problem(409, "refund-too-large");
        shop.ask("4", &refunds, part(490)).await.expect(201);
        shop.ask("5", &refunds, part(1)).await.expect_problem(409, "refund-too-large");
        for wrong in
            [part(-1), part(0), json!({"reason": "x"}), json!({"amount": amount(1), "reason": " "})]
        {
            assert!(matches!(shop.ask("6", &refunds, wrong).await.status, 409 | 422));
        }
        assert_eq!(given_back(&shop), 1490);
        assert_eq!(shop.details(&path).await["order"]["payment_state"], "refunded");
    }
}

#[tokio::test]
async fn refunds_at_once_never_come_to_more_than_was_paid() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        let refunds = format!("{path}/refunds");
        let ask = |key: usize| {
            let (shop, refunds) = (&shop, &refunds);
            async move {
                let body = json!({"amount": amount(600), "reason": "sorry"});
                shop.ask(&key.to_string(), refunds, body).await
            }
        };
        let answers = futures_util::future::join_all((0..12).map(ask)).await;
        let done = answers.iter().filter(|answer: &&Answer| answer.status == 201).count();
        assert!((1..=2).contains(&done), "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)), "{answers:?}");
        let details = settled(&shop, &path).await;
        let told: i64 = details["order"]["refunds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|refund| refund["total"]["amount_minor"].as_i64().unwrap())
            .sum();
        assert_eq!((told, given_back(&shop)), (600 * i64::try_from(done).unwrap(), told));
    }
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_made_once_and_finished() {
    for shop in Shop::both().await {
        for (n, (operation, fault)) in [
            ("refund", Fault::Before),
            ("refund", Fault::After),
            ("restock", Fault::Before),
            ("restock", Fault::After),
        ]
        .into_iter()
        .enumerate()
        {
            let key = format!("k{n}");
            let before = (given_back(&shop), restocked(&shop));
            let path = shop.order(&key).await;
            shop.near.books.lock().unwrap().given_back.clear();
            shop.near.fail(operation, fault);
            let body =
                json!({"lines": [{"line": 0, "quantity": 2}], "restock": true, "reason": "broken"});
            let begun = shop.ask(&key, &format!("{path}/refunds"), body).await.expect(202);
            assert_eq!(begun["state"], "running");
            let busy = shop.ask(&format!("f{n}"), &format!("{path}/fulfilments"), json!({})).await;
            assert!(matches!(busy.status, 200 | 409));
            let details = settled(&shop, &path).await;
            assert_eq!(details["order"]["refunds"][0]["total"], amount(1000), "{operation}");
            assert_eq!(given_back(&shop), 1000, "{operation}");
            assert_eq!(restocked(&shop), before.1 + 2, "{operation}");
        }
    }
}

#[tokio::test]
async fn what_the_provider_refuses_changes_nothing() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        shop.near.fail("refund", Fault::Refuse(409, "refund-refused"));
        let body =
            json!({"lines": [{"line": 0, "quantity": 2}], "restock": true, "reason": "broken"});
        let refunds = format!("{path}/refunds");
        shop.ask("1", &refunds, body.clone()).await.expect_problem(409, "refund-failed");
        shop.ask("1", &refunds, body.clone()).await.expect_problem(409, "refund-failed");
        let details = shop.details(&path).await;
        assert_eq!((&details["order"]["refunds"], restocked(&shop)), (&json!([]), 0));
        shop.ask("2", &refunds, body).await.expect(201);
    }
}

#[tokio::test]
async fn a_cancelled_order_gives_everything_back_and_nothing_of_it_can_be_sent() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        shop.ask("r", &format!("{path}/refunds"), json!({"amount": amount(90), "reason": "late"}))
            .await
            .expect(201);
        let cancel = format!("{path}/cancellation");
        let body = json!({"restock": true, "reason": "changed their mind", "notify": true});
        let says = shop.api.staff().post(&format!("{cancel}/preview"), &body).await.expect(200);
        assert_eq!(says["plan"]["total"], amount(1400));
        shop.ask("c", &cancel, body.clone()).await.expect(201);
        let details = shop.details(&path).await;
        let order = &details["order"];
        assert_eq!(
            (&order["state"], &order["payment_state"]),
            (&json!("cancelled"), &json!("refunded"))
        );
        assert_eq!((given_back(&shop), restocked(&shop)), (1490, 2));
        let checkouts =
            shop.near.books.lock().unwrap().slots.values().filter(|booked| **booked).count();
        assert_eq!(checkouts, 0, "the place in the day of delivery is free again");
        let used = shop.near.books.lock().unwrap().claims.values().filter(|used| **used).count();
        assert_eq!(used, 0, "its promotions can be used again");
        shop.ask("c2", &cancel, body).await.expect_problem(409, "order-cancelled");
        shop.ask("f", &format!("{path}/fulfilments"), json!({}))
            .await
            .expect_problem(409, "order-not-ready");
        let listed =
            shop.api.staff().get("/api/v1/orders?state=cancelled&payment_state=refunded").await;
        assert_eq!(listed.expect(200)["items"][0]["number"], 1001);
    }
}

#[tokio::test]
async fn a_cancelled_order_gives_its_promotions_back_though_pricing_was_away_and_a_refunded_one_keeps_them()
 {
    let used =
        |shop: &Shop| shop.near.books.lock().unwrap().claims.values().filter(|used| **used).count();
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        let body = json!({"lines": [{"line": 0, "quantity": 1}], "restock": true, "reason": "x"});
        shop.ask("r", &format!("{path}/refunds"), body).await.expect(201);
        assert_eq!(used(&shop), 1);
        shop.near.fail("release promotions", Fault::Before);
        shop.near.fail("release promotions", Fault::After);
        let body = json!({"restock": true, "reason": "changed their mind", "notify": false});
        shop.ask("c", &format!("{path}/cancellation"), body).await.expect(202);
        let details = settled(&shop, &path).await;
        assert_eq!((&details["order"]["state"], used(&shop)), (&json!("cancelled"), 0));
    }
}

#[tokio::test]
async fn an_edit_takes_off_what_was_not_sent_and_gives_its_price_back() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        let edits = format!("{path}/edits");
        let left =
            |quantity| json!({"lines": [{"line": 0, "quantity": quantity}], "reason": "too many"});
        shop.ask("e0", &edits, left(3)).await.expect_problem(422, "invalid");
        shop.ask("e0", &edits, left(2)).await.expect_problem(422, "invalid");
        shop.ask("e1", &edits, left(1)).await.expect(201);
        let one = json!({"lines": [{"line": 0, "quantity": 1}]});
        let sent = shop.ask("f", &format!("{path}/fulfilments"), one).await.expect(200);
        assert_eq!(sent["order"]["fulfilment_state"], "fulfilled");
        shop.ask("e2", &edits, left(0)).await.expect_problem(422, "invalid");
        shop.ask("c", &format!("{path}/cancellation"), json!({"reason": "no"}))
            .await
            .expect_problem(409, "already-sent");
        let back = json!({"lines": [{"line": 0, "quantity": 1}], "shipping": true, "restock": true, "reason": "returned"});
        shop.ask("r", &format!("{path}/refunds"), back).await.expect(201);
        let details = shop.details(&path).await;
        let line = &details["order"]["lines"][0];
        assert_eq!(
            (&line["removed"], &line["returned"], &line["fulfilled"]),
            (&json!(1), &json!(1), &json!(1))
        );
        assert_eq!((given_back(&shop), restocked(&shop)), (1490, 2));
    }
}

#[tokio::test]
async fn a_confirmation_is_sent_once_more_once_a_key() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        for _ in 0..2 {
            shop.ask("again", &format!("{path}/confirmations"), json!({})).await.expect(200);
        }
        let db = shop.db();
        let sql = "SELECT COUNT(*) FROM outbox WHERE type = 'orders.confirmation_requested.v1'";
        let told: i64 = db.one(sql, &[]).await.unwrap();
        let timeline = shop.details(&path).await["order"]["timeline"].to_string();
        assert!(told <= 1 && timeline.matches("confirmation_sent").count() == 1);
    }
}
