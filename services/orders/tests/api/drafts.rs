//! Drafts: put together by staff, paid once, by card or another way.

use emart_orders_api::DraftId;
use serde_json::{Value, json};

use crate::Shop;
use crate::neighbours::Fault;

fn body(shop: &Shop) -> Value {
    json!({
        "lines": [{"variant_id": shop.near.variant_id(), "quantity": 2}],
        "email": "ada@example.com",
        "shipping_address": shop.body()["shipping_address"],
        "note": "as we said on the phone",
    })
}

async fn draft(shop: &Shop, key: &str) -> Value {
    shop.ask(key, "/api/v1/orders/drafts", body(shop)).await.expect(201)
}

fn path(draft: &Value) -> String {
    format!("/api/v1/orders/drafts/{}", draft["id"].as_str().unwrap())
}

fn payment(total: i64) -> Value {
    json!({
        "card_token": emart_payments_api::CardToken::new(),
        "expected_total": {"amount_minor": total, "currency": "EUR"},
    })
}

#[tokio::test]
async fn whoever_has_the_link_pays_a_draft_by_card() {
    for shop in Shop::both().await {
        let draft = draft(&shop, "d").await;
        let path = path(&draft);
        let payer = shop.api.header("draft-token", draft["token"].as_str().unwrap());
        let shown = payer.get(&format!("{path}/payable")).await.expect(200);
        assert_eq!(
            (&shown["missing"], &shown["quote"]["total"]["amount_minor"]),
            (&json!([]), &json!(1490))
        );
        let guess = shop.api.header("draft-token", "guess");
        guess.get(&format!("{path}/payable")).await.expect_problem(404, "not-found");
        guess.get(&path).await.expect_problem(401, "unauthorized");
        let payer = payer.header("idempotency-key", "p");
        let wrong = payer.post(&format!("{path}/payment"), payment(1)).await;
        wrong.expect_problem(409, "price-changed");
        let payer = payer.header("idempotency-key", "q");
        let paid = payer.post(&format!("{path}/payment"), payment(1490)).await.expect(201);
        let again = payer.post(&format!("{path}/payment"), payment(1490)).await.expect(201);
        assert_eq!(paid["order_id"], again["order_id"]);
        let order = shop.newest_order().await.unwrap();
        assert_eq!(
            (&order["number"], &order["note"]),
            (&json!(1001), &json!("as we said on the phone"))
        );
        let done = shop.api.staff().get(&path).await.expect(200);
        assert_eq!((&done["state"], &done["order_id"]), (&json!("completed"), &order["id"]));
        assert!(shop.near.books.lock().unwrap().consumed.is_empty(), "no cart was emptied");
    }
}

#[tokio::test]
async fn a_draft_becomes_one_order_however_many_pay_it_at_once() {
    for shop in Shop::both().await {
        let draft = draft(&shop, "d").await;
        let path = path(&draft);
        let card = |n: usize| {
            let api = shop.api.header("draft-token", draft["token"].as_str().unwrap());
            let api = api.header("idempotency-key", &format!("card{n}"));
            let path = format!("{path}/payment");
            async move { api.post(&path, payment(1490)).await.status }
        };
        let cash = |n: usize| {
            let api = shop.api.staff().header("idempotency-key", &format!("cash{n}"));
            let path = format!("{path}/mark-paid");
            let body = json!({"method": "cash", "expected_total": {"amount_minor": 1490, "currency": "EUR"}});
            async move { api.post(&path, body).await.status }
        };
        let (cards, cashes) = tokio::join!(
            futures_util::future::join_all((0..6).map(card)),
            futures_util::future::join_all((0..6).map(cash)),
        );
        let made = cards.iter().chain(&cashes).filter(|status| **status == 201).count();
        assert_eq!(made, 1, "{cards:?} {cashes:?}");
        // A 503 says to ask again: two transactions met, and one of them gave way.
        let refused = cards.iter().chain(&cashes).all(|status| matches!(status, 201 | 409 | 503));
        assert!(refused, "{cards:?} {cashes:?}");
        assert_eq!(
            (shop.order_count().await, shop.near.books.lock().unwrap().payments.len()),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn what_was_paid_another_way_is_an_order_whose_money_is_handed_back_by_hand() {
    for shop in Shop::both().await {
        let draft = draft(&shop, "d").await;
        let paid = json!({"method": "bank transfer", "expected_total": {"amount_minor": 1490, "currency": "EUR"}});
        shop.ask("m", &format!("{}/mark-paid", path(&draft)), paid).await.expect(201);
        let order = shop.newest_order().await.unwrap();
        assert_eq!(
            (&order["state"], &order["payment"]["brand"]),
            (&json!("confirmed"), &json!("bank transfer"))
        );
        let id = order["id"].as_str().unwrap();
        let back = json!({"amount": {"amount_minor": 90, "currency": "EUR"}, "reason": "rounding"});
        let preview = shop
            .api
            .staff()
            .post(&format!("/api/v1/orders/{id}/refunds/preview"), &back)
            .await
            .expect(200);
        assert!(preview["says"].to_string().contains("hand it over yourself"), "{preview}");
        shop.ask("r", &format!("/api/v1/orders/{id}/refunds"), back).await.expect(201);
    }
}

#[tokio::test]
async fn a_draft_is_changed_while_nobody_pays_it_and_not_afterwards() {
    for shop in Shop::both().await {
        let draft = draft(&shop, "d").await;
        let path = path(&draft);
        let staff = shop.api.staff().header("if-match", "\"1\"");
        let mut more = body(&shop);
        more["email"] = Value::Null;
        let changed = staff.put(&path, &more).await.expect(200);
        assert_eq!(changed["version"], 2);
        staff.put(&path, &more).await.expect_problem(412, "version-conflict");
        let pay = format!("{path}/mark-paid");
        let paid =
            json!({"method": "cash", "expected_total": {"amount_minor": 1490, "currency": "EUR"}});
        shop.ask("m0", &pay, paid.clone()).await.expect_problem(422, "draft-incomplete");
        let staff = shop.api.staff().header("if-match", "*");
        staff.put(&path, body(&shop)).await.expect(200);
        shop.near.fail("reserve", Fault::Refuse(409, "out-of-stock"));
        shop.ask("m1", &pay, paid.clone()).await.expect_problem(409, "out-of-stock");
        // Nothing was bought: it can be changed, and paid again.
        staff.put(&path, body(&shop)).await.expect(200);
        shop.ask("m2", &pay, paid.clone()).await.expect(201);
        staff.put(&path, body(&shop)).await.expect_problem(409, "draft-taken");
        staff.delete(&path).await.expect_problem(409, "draft-taken");
    }
}

#[tokio::test]
async fn drafts_are_listed_checked_and_forgotten() {
    for shop in Shop::both().await {
        let first = draft(&shop, "1").await;
        assert_eq!(draft(&shop, "1").await["id"], first["id"], "the same key makes one");
        let second = draft(&shop, "2").await;
        let staff = shop.api.staff();
        let page = staff.get("/api/v1/orders/drafts?limit=1").await.expect(200);
        assert_eq!(page["items"][0]["id"], second["id"]);
        let next = page["next_cursor"].as_str().unwrap();
        let page =
            staff.get(&format!("/api/v1/orders/drafts?limit=1&cursor={next}")).await.expect(200);
        assert_eq!((&page["items"][0]["id"], &page["next_cursor"]), (&first["id"], &Value::Null));
        assert_eq!(staff.delete(&path(&first)).await.status, 204);
        staff.get(&path(&first)).await.expect_problem(404, "not-found");
        let line = json!({"variant_id": shop.near.variant_id(), "quantity": 0});
        let wrong = json!({"lines": [line, line], "email": "nobody", "customer_id": "Ada"});
        let problem =
            shop.ask("3", "/api/v1/orders/drafts", wrong).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 5);
        let unknown = format!("/api/v1/orders/drafts/{}", DraftId::new());
        staff.get(&unknown).await.expect_problem(404, "not-found");
        shop.api
            .customer("usr_1")
            .get("/api/v1/orders/drafts")
            .await
            .expect_problem(403, "forbidden");
    }
}
