//! Lists of orders as staff ask for them: any mix of filters, words, saved views, statistics.

use std::time::Duration;

use emart_http::{Caller, Permission, Permissions, Role};
use serde_json::{Value, json};

use crate::Shop;

/// Three orders on three days: Ada's, Eve's (tagged), Ada's again.
async fn three() -> Vec<Shop> {
    let shops = Shop::both().await;
    for shop in &shops {
        for (n, (name, email)) in [
            ("Ada Lovelace", "ada@example.com"),
            ("Eve Müller", "Eve@Example.com"),
            ("Ada B", "ada@example.com"),
        ]
        .iter()
        .enumerate()
        {
            let mut body = shop.body();
            body["email"] = (*email).into();
            body["shipping_address"]["name"] = (*name).into();
            let done = shop.buy_with(&format!("k{n}"), body).await.expect(201);
            if n == 1 {
                let path = format!("/api/v1/orders/{}/tags", done["order_id"].as_str().unwrap());
                let tags = json!({"tags": ["VIP", "gift"]});
                shop.api.staff().put(&path, tags).await.expect(200);
            }
            shop.clock.advance(Duration::from_secs(24 * 3600));
        }
    }
    shops
}

fn numbers(list: &Value) -> Vec<i64> {
    list["items"].as_array().unwrap().iter().map(|o| o["number"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn staff_find_orders_by_any_mix_of_filters_and_words() {
    for shop in three().await {
        let staff = shop.api.staff();
        for (query, expected) in [
            ("", vec![1003, 1002, 1001]),
            ("sort=oldest", vec![1001, 1002, 1003]),
            ("sort=largest", vec![1003, 1002, 1001]),
            ("sort=smallest", vec![1001, 1002, 1003]),
            ("q=ada", vec![1003, 1001]),
            ("q=lovel+ADA", vec![1001]),
            ("q=m%C3%BCl", vec![1002]),
            ("q=%231002", vec![1002]),
            ("q=eve@exa", vec![1002]),
            ("q=te", vec![1003, 1002, 1001]),
            ("q=nobody", vec![]),
            ("q=ada&sort=oldest", vec![1001, 1003]),
            ("tag=vip", vec![1002]),
            ("tag=vip&q=ada", vec![]),
            ("payment_state=paid&fulfilment_state=unfulfilled", vec![1003, 1002, 1001]),
            ("payment_state=refunded", vec![]),
            ("placed_from=2026-11-24", vec![1003, 1002]),
            ("placed_to=2026-11-24", vec![1002, 1001]),
            ("placed_from=2026-11-24&placed_to=2026-11-24&state=confirmed", vec![1002]),
            ("placed_from=2027-01-01", vec![]),
            ("total_min=1490&total_max=1490", vec![1003, 1002, 1001]),
            ("total_max=1489", vec![]),
            ("total_min=1&sort=largest&state=confirmed", vec![1003, 1002, 1001]),
        ] {
            let list = staff.get(&format!("/api/v1/orders?{query}")).await.expect(200);
            assert_eq!(numbers(&list), expected, "{query}");
            let count = staff.get(&format!("/api/v1/orders/count?{query}")).await.expect(200);
            assert_eq!(count, json!({"count": expected.len(), "more": false}), "{query}");
        }
        for query in
            ["q=ada&sort=largest", "placed_from=soon", "sort=best", "tag=vip&sort=smallest"]
        {
            let list = staff.get(&format!("/api/v1/orders?{query}")).await;
            list.expect_problem(400, "bad-query");
        }
    }
}

#[tokio::test]
async fn every_page_of_every_order_of_a_list_goes_on_where_the_last_ended() {
    for shop in three().await {
        for query in [
            "",
            "sort=oldest",
            "sort=largest",
            "sort=smallest",
            "q=te",
            "state=confirmed",
            "total_min=1",
        ] {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("/api/v1/orders?{query}&limit=1&cursor={cursor}");
                let page = shop.api.staff().get(&path).await.expect(200);
                found.extend(numbers(&page));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            let whole = shop.api.staff().get(&format!("/api/v1/orders?{query}")).await.expect(200);
            assert_eq!(found, numbers(&whole), "{query}");
            assert_eq!(found.len(), 3);
        }
    }
}

#[tokio::test]
async fn tags_and_other_peoples_orders_are_nothing_for_customers() {
    let shop = Shop::one().await;
    let ada = shop.api.customer("usr_ada").header("idempotency-key", "k");
    let done = ada.post("/api/v1/checkouts", shop.body()).await.expect(201);
    let path = format!("/api/v1/orders/{}", done["order_id"].as_str().unwrap());
    shop.api.staff().put(&format!("{path}/tags"), json!({"tags": ["secret"]})).await.expect(200);
    let list = ada.get("/api/v1/orders?tag=nothing").await.expect(200);
    assert_eq!((numbers(&list), &list["items"][0]["tags"]), (vec![1001], &json!([])));
    assert_eq!(numbers(&ada.get("/api/v1/orders?q=%23secret").await.expect(200)), [0; 0]);
    let eve = shop.api.customer("usr_eve");
    assert_eq!(
        numbers(&eve.get("/api/v1/orders?q=ada&customer_id=usr_ada").await.expect(200)),
        [0; 0]
    );
    for path in [format!("{path}/details"), "/api/v1/orders/statistics".to_owned()] {
        eve.get(&path).await.expect_problem(403, "forbidden");
        shop.api.get(&path).await.expect_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_clerk_does_what_a_clerk_may() {
    let shop = Shop::one().await;
    let path = shop.order("k").await;
    let may = |permission| {
        let clerk = Caller::person(Role::Staff, "usr_clerk");
        shop.api.by(clerk.allowed(Permissions::NONE.with(permission)))
    };
    let reader = may(Permission::OrdersRead);
    reader.get("/api/v1/orders").await.expect(200);
    reader.get(&format!("{path}/details")).await.expect(200);
    let note = json!({"text": "called back"});
    reader.post(&format!("{path}/notes"), &note).await.expect_problem(403, "forbidden");
    let writer = may(Permission::OrdersWrite);
    writer.get("/api/v1/orders").await.expect_problem(403, "forbidden");
    writer.post(&format!("{path}/notes"), &note).await.expect(201);
    let writer = writer.header("idempotency-key", "r");
    let refund = json!({"reason": "sorry", "amount": {"amount_minor": 1, "currency": "EUR"}});
    writer.post(&format!("{path}/refunds"), &refund).await.expect_problem(403, "forbidden");
    let notes = shop.details(&path).await["notes"].clone();
    assert_eq!(
        (&notes[0]["text"], &notes[0]["author"]),
        (&json!("called back"), &json!("usr_clerk"))
    );
}

#[tokio::test]
async fn everybody_comes_back_to_their_own_lists() {
    for shop in Shop::both().await {
        let (ann, bob) = (shop.api.staff(), shop.api.by(Caller::person(Role::Staff, "usr_bob")));
        let new =
            json!({"name": "To send", "query": "state=confirmed&fulfilment_state=unfulfilled"});
        let view = ann.post("/api/v1/orders/views", &new).await.expect(201);
        let wrong = json!({"name": " ", "query": "a b"});
        let problem = ann.post("/api/v1/orders/views", wrong).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
        let path = format!("/api/v1/orders/views/{}", view["id"].as_str().unwrap());
        bob.delete(&path).await.expect_problem(404, "not-found");
        assert_eq!(bob.get("/api/v1/orders/views").await.expect(200)["items"], json!([]));
        assert_eq!(
            ann.get("/api/v1/orders/views").await.expect(200)["items"][0]["name"],
            "To send"
        );
        assert_eq!(ann.delete(&path).await.status, 204);
        assert_eq!(ann.get("/api/v1/orders/views").await.expect(200)["items"], json!([]));
    }
}

#[tokio::test]
async fn statistics_add_up_the_days() {
    for shop in three().await {
        let path = shop.order("today").await;
        let refund = json!({"reason": "late", "amount": {"amount_minor": 90, "currency": "EUR"}});
        shop.ask("r", &format!("{path}/refunds"), refund).await.expect(201);
        let told = shop.api.staff().get("/api/v1/orders/statistics").await.expect(200);
        assert_eq!(
            (&told["today"]["now"]["orders"], &told["today"]["before"]["orders"]),
            (&json!(1), &json!(1))
        );
        assert_eq!(told["week"]["now"]["orders"], 4);
        assert_eq!(told["today"]["now"]["refunds"]["amount_minor"], 90);
        assert_eq!(told["today"]["now"]["average"]["amount_minor"], 1490);
        let days = told["days"].as_array().unwrap();
        assert_eq!(
            (days.len(), &days[29]["date"], &days[29]["pieces"]),
            (30, &json!("2026-11-26"), &json!(2))
        );
        assert_eq!(told["waiting"], json!({"to_fulfil": 4, "to_pay": 0, "payments_failed": 0}));
        assert_eq!(
            (&told["top_products"][0]["pieces"], &told["top_products"][0]["title"]),
            (&json!(8), &json!("Green tea"))
        );
    }
}

/// Orders of a version that knew no terms, no status and no days.
#[tokio::test]
async fn orders_of_an_older_version_are_found_once_they_are_indexed() {
    for shop in three().await {
        let db = shop.db();
        for sql in [
            "UPDATE orders SET is_indexed = FALSE, status = 0, total_minor = 0",
            "DELETE FROM order_terms",
            "DELETE FROM order_days",
            "DELETE FROM order_day_products",
        ] {
            db.exec(sql, &[]).await.unwrap();
        }
        let shop = shop.restart().await;
        for _ in 0..400 {
            let found = shop.api.staff().get("/api/v1/orders?q=ada").await.expect(200);
            if numbers(&found) == [1003, 1001] {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let staff = shop.api.staff();
        let list = staff.get("/api/v1/orders?payment_state=paid&sort=largest").await.expect(200);
        assert_eq!(numbers(&list), [1003, 1002, 1001]);
        assert_eq!(numbers(&staff.get("/api/v1/orders?tag=vip").await.expect(200)), [1002]);
        let told = staff.get("/api/v1/orders/statistics").await.expect(200);
        assert_eq!(told["month"]["now"]["orders"], 3);
    }
}
