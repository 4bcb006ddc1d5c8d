//! Orders: who sees them, how they are listed, their receipt.

use emart_identity_api::{UserId, UserRegistered};

use crate::Shop;

#[tokio::test]
async fn a_guests_order_opens_to_its_token_and_to_nobody_else() {
    for shop in Shop::both().await {
        let done = shop.buy("k").await.expect(201);
        let path = format!("/api/v1/orders/{}", done["order_id"].as_str().unwrap());
        let token = done["order_token"].as_str().unwrap();
        let order = shop.api.header("order-token", token).get(&path).await.expect(200);
        assert_eq!(order["total"]["amount_minor"], 1490);
        assert_eq!(order["timeline"].as_array().unwrap().len(), 3);
        assert_eq!(order["payment"]["captured"], true);
        shop.api.get(&format!("{path}?token={token}")).await.expect(200);
        shop.api.get(&path).await.expect_problem(404, "not-found");
        shop.api.get(&format!("{path}?token=guess")).await.expect_problem(404, "not-found");
        shop.api.customer("usr_eve").get(&path).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn customers_list_their_own_orders_and_staff_all() {
    for shop in Shop::both().await {
        let ada = shop.api.customer("usr_ada");
        for n in 0..3 {
            let key = format!("k{n}");
            let buyer = if n < 2 { ada.clone() } else { shop.api.clone() };
            let buy = buyer.header("idempotency-key", &key);
            buy.post("/api/v1/checkouts", shop.body()).await.expect(201);
        }
        let first = ada.get("/api/v1/orders?limit=1").await.expect(200);
        assert_eq!(first["items"][0]["number"], 1002);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = ada.get(&format!("/api/v1/orders?limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!(second["items"][0]["number"], 1001);
        assert!(second["next_cursor"].is_null());
        assert_eq!(shop.order_count().await, 3);
        shop.api.get("/api/v1/orders").await.expect_problem(401, "unauthorized");
        let eve = shop.api.customer("usr_eve").get("/api/v1/orders").await.expect(200);
        assert!(eve["items"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn staff_find_orders_by_number_email_and_state() {
    for shop in Shop::both().await {
        for (n, email) in ["ada@example.com", "Eve@Example.com"].iter().enumerate() {
            let mut body = shop.body();
            body["email"] = (*email).into();
            shop.buy_with(&format!("k{n}"), body).await.expect(201);
        }
        let staff = shop.api.staff();
        for (query, numbers) in [
            ("email=EVE@example.com", vec![1002]),
            ("number=1001", vec![1001]),
            ("state=confirmed", vec![1002, 1001]),
            ("state=cancelled", vec![]),
            ("state=confirmed&email=ada@example.com&number=1002", vec![]),
            ("mine=true", vec![]),
        ] {
            let list = staff.get(&format!("/api/v1/orders?{query}")).await.expect(200);
            let found: Vec<_> = list["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|o| o["number"].as_i64().unwrap())
                .collect();
            assert_eq!(found, numbers, "{query}");
        }
        // Whose they are is not for customers to widen.
        let eve = shop.api.customer("usr_eve");
        let list = eve.get("/api/v1/orders?email=ada@example.com").await.expect(200);
        assert!(list["items"].as_array().unwrap().is_empty());
        for query in ["number=0", "number=x", "state=lost", "limit=0", "cursor=x", "mine=perhaps"] {
            let answer = staff.get(&format!("/api/v1/orders?{query}")).await;
            assert_eq!(answer.status, 400, "{query}");
        }
    }
}

#[tokio::test]
async fn texts_that_mean_harm_are_kept_as_they_are_and_harm_nothing() {
    for shop in Shop::both().await {
        let mut body = shop.body();
        let hostile =
            "<script>alert(1)</script> '; DROP TABLE orders; -- {{7*7}} \u{202e}\u{1f4a9} %s";
        body["note"] = hostile.into();
        body["shipping_address"]["name"] = hostile.into();
        body["shipping_address"]["line2"] = "\u{feff}=HYPERLINK(\"http://evil\")".into();
        let done = shop.buy_with("k", body).await.expect(201);
        let path = format!("/api/v1/orders/{}", done["order_id"].as_str().unwrap());
        let order = shop.api.staff().get(&path).await.expect(200);
        assert_eq!(
            (&order["note"], &order["shipping_address"]["name"]),
            (&hostile.into(), &hostile.into())
        );
        assert_eq!(shop.api.staff().get(&format!("{path}/receipt.pdf")).await.status, 200);
    }
}

#[tokio::test]
async fn a_receipt_is_a_pdf_for_who_may_see_the_order() {
    for shop in Shop::both().await {
        let done = shop.buy("k").await.expect(201);
        let path = format!("/api/v1/orders/{}/receipt.pdf", done["order_id"].as_str().unwrap());
        shop.api.get(&path).await.expect_problem(404, "not-found");
        let token = done["order_token"].as_str().unwrap();
        let receipt = shop.api.header("order-token", token).get(&path).await;
        assert_eq!(
            (receipt.status, &receipt.headers["content-type"]),
            (200, &"application/pdf".parse().unwrap())
        );
        assert!(receipt.body.starts_with(b"%PDF-"));
    }
}

/// Medusa's numbers have gaps where a checkout was reverted (its issue 14205).
#[tokio::test]
async fn order_numbers_have_no_gaps() {
    for shop in Shop::both().await {
        for n in 0..6 {
            if n % 2 == 0 {
                let fault = crate::neighbours::Fault::Refuse(409, "out-of-stock");
                shop.near.fail("reserve", fault);
            }
            shop.buy(&format!("k{n}")).await;
        }
        let list = shop.api.staff().get("/api/v1/orders").await.expect(200);
        let numbers: Vec<i64> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o["number"].as_i64().unwrap())
            .collect();
        assert_eq!(numbers, [1003, 1002, 1001]);
    }
}

#[tokio::test]
async fn who_bought_as_a_guest_finds_the_orders_in_the_account_made_with_that_address() {
    for shop in Shop::both().await {
        shop.buy("before").await.expect(201);
        let mut other = shop.body();
        other["email"] = "eve@example.com".into();
        shop.buy_with("somebody-else", other).await.expect(201);
        let elsewhere = shop.host.open("elsewhere", &[]).await.unwrap();
        let outbox = shop.host.outbox("elsewhere", &elsewhere);
        let user_id = UserId::new();
        let ada = shop.api.customer(user_id.as_str());
        let registered = UserRegistered {
            user_id,
            email: "Ada@Example.com".into(),
            name: None,
            confirmed: true,
        };
        let told = elsewhere.write(move |tx| async move { outbox.emit(&tx, &registered).await });
        told.await.map_err(|error: emart_store::Error| error).unwrap();
        shop.host.settle().await.unwrap();
        let list = ada.get("/api/v1/orders").await.expect(200);
        let numbers: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|o| &o["number"]).collect();
        assert_eq!(numbers, [1001]);
        let path = format!("/api/v1/orders/{}", list["items"][0]["id"].as_str().unwrap());
        ada.get(&path).await.expect(200);
    }
}

#[tokio::test]
async fn an_account_whose_address_nobody_has_confirmed_gets_no_guests_orders() {
    let shop = Shop::one().await;
    shop.buy("before").await.expect(201);
    let elsewhere = shop.host.open("elsewhere", &[]).await.unwrap();
    let outbox = shop.host.outbox("elsewhere", &elsewhere);
    let user_id = UserId::new();
    let stranger = shop.api.customer(user_id.as_str());
    let email = "ada@example.com".to_owned();
    let registered = UserRegistered { user_id, email, name: None, confirmed: false };
    let told = elsewhere.write(move |tx| async move { outbox.emit(&tx, &registered).await });
    told.await.map_err(|error: emart_store::Error| error).unwrap();
    shop.host.settle().await.unwrap();
    let list = stranger.get("/api/v1/orders").await.expect(200);
    assert_eq!(list["items"], serde_json::json!([]));
}
