//! Deliveries that are expected.

use emart_inventory_api::{MovementKind, StockItemId};
use serde_json::json;

use crate::{House, houses};

impl House {
    async fn expect_pieces(
        &self,
        item: &StockItemId,
        pieces: i64,
        key: &str,
    ) -> emart_testkit::Answer {
        let body = json!({"item_id": item, "quantity": pieces, "expected_on": "2027-02-01", "reference": " PO 7 "});
        let staff = self.api.staff().header("idempotency-key", key);
        staff.post("/api/v1/inventory/incoming", body).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_is_expected_and_becomes_stock_when_it_comes_and_only_once() {
    for house in houses().await {
        let tea = house.item(2).await;
        let delivery = house.expect_pieces(&tea, 10, "k1").await.expect(201);
        assert_eq!(house.expect_pieces(&tea, 10, "k1").await.expect(201), delivery);
        assert_eq!((&delivery["reference"], &delivery["state"]), (&json!("PO 7"), &json!("open")));
        let staff = house.api.staff();
        let item = staff.get(&format!("/api/v1/inventory/items/{tea}")).await.expect(200);
        assert_eq!((&item["incoming"], &item["on_hand"]), (&json!(10), &json!(2)));
        let path =
            format!("/api/v1/inventory/incoming/{}/receipt", delivery["id"].as_str().unwrap());
        let receive = async |key: &str| {
            staff.header("idempotency-key", key).post(&path, json!({"quantity": 8})).await
        };
        let received = receive("r1").await.expect(200);
        assert_eq!(receive("r1").await.expect(200), received);
        assert_eq!((&received["state"], &received["received"]), (&json!("received"), &json!(8)));
        receive("r2").await.expect_problem(409, "delivery-closed");
        assert_eq!(house.counts(&tea).await, (10, 0));
        let movements = house.movements(&tea).await;
        let last = movements.last().unwrap();
        assert_eq!((last.kind, last.on_hand_delta), (MovementKind::Received, 8));
        assert_eq!(last.reference, "PO 7");
        let open = staff.get("/api/v1/inventory/incoming").await.expect(200);
        assert_eq!(open["items"], json!([]));
        let gone = staff.get("/api/v1/inventory/incoming?state=received").await.expect(200);
        assert_eq!(gone["items"][0]["received"], 8);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_are_listed_by_day_and_one_that_is_cancelled_counts_no_more() {
    for house in houses().await {
        let tea = house.item(2).await;
        let staff = house.api.staff();
        for (at, day) in ["2027-03-01", "2027-01-01", "2027-02-01"].iter().enumerate() {
            let body = json!({"item_id": tea, "quantity": 1, "expected_on": day});
            let staff = staff.header("idempotency-key", &format!("k{at}"));
            staff.post("/api/v1/inventory/incoming", body).await.expect(201);
        }
        let first = staff.get("/api/v1/inventory/incoming?limit=2").await.expect(200);
        let days: Vec<_> =
            first["items"].as_array().unwrap().iter().map(|d| d["expected_on"].clone()).collect();
        assert_eq!(days, ["2027-01-01", "2027-02-01"]);
        let next = first["next_cursor"].as_str().unwrap();
        let rest = staff.get(&format!("/api/v1/inventory/incoming?limit=2&cursor={next}")).await;
        assert_eq!(rest.expect(200)["items"][0]["expected_on"], "2027-03-01");
        let path =
            format!("/api/v1/inventory/incoming/{}", first["items"][0]["id"].as_str().unwrap());
        for _ in 0..2 {
            staff.delete(&path).await.expect(204);
        }
        let summary = staff.get("/api/v1/inventory/summary").await.expect(200);
        assert_eq!(summary["incoming"], 2);
        let receive =
            staff.header("idempotency-key", "r").post(&format!("{path}/receipt"), json!({})).await;
        receive.expect_problem(409, "delivery-closed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_will_not_do_is_refused() {
    for house in houses().await {
        let tea = house.item(2).await;
        for bad in [
            json!({"item_id": tea, "quantity": 0, "expected_on": "2027-02-01"}),
            json!({"item_id": tea, "quantity": 1, "expected_on": "2027-02-30"}),
            json!({"item_id": tea, "quantity": 1, "expected_on": "soon"}),
            json!({"item_id": tea, "quantity": 1, "expected_on": "2027-02-01", "reference": "x".repeat(101)}),
            json!({"item_id": StockItemId::new(), "quantity": 1, "expected_on": "2027-02-01"}),
        ] {
            let staff = house.api.staff().header("idempotency-key", "k");
            staff.post("/api/v1/inventory/incoming", bad).await.expect_problem(422, "invalid");
        }
    }
}
