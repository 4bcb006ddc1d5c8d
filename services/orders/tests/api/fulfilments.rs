//! Parcels: sent in parts, followed, arrived, called off.

use serde_json::json;

use crate::Shop;

#[tokio::test]
async fn an_order_is_sent_in_parts_and_never_more_of_it_than_there_is() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        let parcels = format!("{path}/fulfilments");
        let part = json!({
            "lines": [{"line": 0, "quantity": 1}],
            "tracking": {"carrier": "DHL", "number": "JJD-42", "url": "https://dhl.example/42"},
            "notify": true,
        });
        for _ in 0..2 {
            let sent = shop.ask("f1", &parcels, part.clone()).await.expect(200);
            assert_eq!(sent["order"]["fulfilment_state"], "partial");
            assert_eq!(sent["order"]["lines"][0]["fulfilled"], 1);
        }
        let more = json!({"lines": [{"line": 0, "quantity": 2}, {"line": 7, "quantity": 1}]});
        let problem = shop.ask("f2", &parcels, more).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/lines/0/quantity");
        assert_eq!(problem["errors"][1]["pointer"], "/lines/1/line");
        let sent = shop.ask("f3", &parcels, json!({})).await.expect(200);
        assert_eq!(sent["order"]["fulfilment_state"], "fulfilled");
        shop.ask("f4", &parcels, json!({})).await.expect_problem(409, "already-sent");
        let query = "/api/v1/orders?q=jjd-42&fulfilment_state=fulfilled";
        let found = shop.api.staff().get(query).await.expect(200);
        assert_eq!(found["items"][0]["number"], 1001);
        let shopper = shop.api.staff().get(&path).await.expect(200);
        assert_eq!(shopper["fulfilments"][0]["tracking"]["url"], "https://dhl.example/42");
    }
}

#[tokio::test]
async fn a_parcel_that_never_left_is_sent_again_and_one_that_arrived_is_not() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        let sent = shop.ask("f1", &format!("{path}/fulfilments"), json!({})).await.expect(200);
        let first = sent["order"]["fulfilments"][0]["id"].as_str().unwrap();
        let first = format!("{path}/fulfilments/{first}");
        let staff = shop.api.staff();
        staff.post(&format!("{first}/cancel"), json!({})).await.expect(200);
        let after = staff.post(&format!("{first}/cancel"), json!({})).await.expect(200);
        assert_eq!(after["order"]["fulfilment_state"], "unfulfilled");
        staff
            .post(&format!("{first}/delivered"), json!({}))
            .await
            .expect_problem(409, "fulfilment-moved");
        let sent = shop.ask("f2", &format!("{path}/fulfilments"), json!({})).await.expect(200);
        let second = sent["order"]["fulfilments"][1]["id"].as_str().unwrap();
        let second = format!("{path}/fulfilments/{second}");
        let tracking = json!({"number": "AB 1", "url": "javascript:alert(1)"});
        let wrong = staff.put(&format!("{second}/tracking"), tracking).await;
        wrong.expect_problem(422, "invalid");
        staff.put(&format!("{second}/tracking"), json!({"number": "AB 1"})).await.expect(200);
        let done = staff.post(&format!("{second}/delivered"), json!({})).await.expect(200);
        assert_eq!(done["order"]["fulfilments"][1]["state"], "delivered");
        staff
            .post(&format!("{second}/cancel"), json!({}))
            .await
            .expect_problem(409, "fulfilment-moved");
    }
}

#[tokio::test]
async fn what_was_typed_wrong_is_corrected_by_whoever_read_it_last() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        let details = shop.api.staff().get(&format!("{path}/details")).await;
        let etag = details.headers["etag"].to_str().unwrap().to_owned();
        let mut address = details.expect(200)["order"]["shipping_address"].clone();
        address["line1"] = "2 Difference Road".into();
        let staff = shop.api.staff().header("if-match", &etag);
        let patch = json!({"email": "countess@example.com", "shipping_address": address, "note": "ring twice"});
        let after = staff.patch(&path, &patch).await.expect(200);
        assert_eq!(after["order"]["shipping_address"]["line1"], "2 Difference Road");
        staff.patch(&path, &patch).await.expect_problem(412, "version-conflict");
        shop.api.staff().patch(&path, &patch).await.expect_problem(428, "version-required");
        let found = shop.api.staff().get("/api/v1/orders?q=countess").await.expect(200);
        assert_eq!(found["items"][0]["number"], 1001);
        let found = shop.api.staff().get("/api/v1/orders?email=ada@example.com").await.expect(200);
        assert_eq!(found["items"], json!([]));
        let staff = shop.api.staff().header("if-match", "*");
        let mut abroad = address.clone();
        (abroad["country"], abroad["region"]) = ("US".into(), "CA".into());
        let moved = staff.patch(&path, json!({"shipping_address": abroad})).await;
        moved.expect_problem(422, "invalid");
        let wrong = staff.patch(&path, json!({"email": "nobody"})).await;
        wrong.expect_problem(422, "invalid");
        shop.ask("f", &format!("{path}/fulfilments"), json!({})).await.expect(200);
        let late = staff.patch(&path, json!({"shipping_address": address})).await;
        late.expect_problem(409, "already-sent");
    }
}
