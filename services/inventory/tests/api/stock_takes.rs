//! Stock-takes from a file.

use axum::body::Body;
use emart_inventory_api::{PutStockItem, StockItemId, WhenOut};
use emart_testkit::Answer;
use http::Method;
use serde_json::json;

use crate::{House, houses};

impl House {
    async fn named(&self, sku: &str, on_hand: i64) -> StockItemId {
        let id = StockItemId::new();
        let (sku, when_out, on_hand) = (Some(sku.to_owned()), WhenOut::Deny, Some(on_hand));
        let put = PutStockItem { id: id.clone(), sku, tracked: true, when_out, on_hand };
        self.inventory.put_items(&[put]).await.unwrap();
        id
    }

    async fn take(&self, query: &str, key: &str, csv: &str) -> Answer {
        let path = format!("/api/v1/inventory/stock-takes?{query}");
        let staff = self.api.staff().header("idempotency-key", key);
        staff.raw(Method::POST, &path, Some("text/csv"), Body::from(csv.to_owned())).await
    }
}

const CSV: &str = "SKU,Name,Counted\nTEA,,7\nCUP,,3\nGONE,,1\nPOT,,many\nTEA,,9\n,,4\nTWIN,,1\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_is_previewed_and_then_sets_the_books_right_once() {
    for house in houses().await {
        let (tea, cup, pot) = (
            house.named("TEA", 10).await,
            house.named("CUP", 3).await,
            house.named("POT", 1).await,
        );
        house.named("TWIN", 5).await;
        house.named("TWIN", 6).await;
        let preview = house.take("dry_run=true", "k0", CSV).await.expect(200);
        assert_eq!(
            (&preview["changed"], &preview["same"], &preview["refused"]),
            (&json!(1), &json!(1), &json!(5))
        );
        assert_eq!(house.counts(&tea).await.0, 10);
        let taken = house.take("reference=May", "k1", CSV).await.expect(200);
        assert_eq!(taken["items"], preview["items"]);
        assert_eq!(
            taken["items"][0],
            json!({"line": 2, "sku": "TEA", "title": null, "item_id": tea,
            "outcome": "changed", "before": 10, "counted": 7, "message": ""})
        );
        let lines: Vec<_> = taken["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["line"].as_u64().unwrap())
            .collect();
        assert_eq!(lines, [2, 4, 5, 6, 7, 8]);
        house.adjust(&tea, "k2", json!({"delta": -1, "reason": "broken"})).await.expect(200);
        assert_eq!(house.take("reference=May", "k1", CSV).await.expect(200), taken);
        house.take("reference=June", "k1", CSV).await.expect_problem(409, "idempotency-key-reused");
        assert_eq!((house.counts(&tea).await.0, house.counts(&cup).await.0), (6, 3));
        assert_eq!(house.counts(&pot).await.0, 1);
        let movements = house.movements(&tea).await;
        assert_eq!(movements[1].reference, "stock-take May");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_none_is_refused_and_a_count_needs_a_key() {
    for house in houses().await {
        house.take("", "k1", "name,count\n").await.expect_problem(422, "unreadable-file");
        house.take("", "k1", "").await.expect_problem(422, "unreadable-file");
        let many = format!("sku,counted\n{}", "A,1\n".repeat(5001));
        house.take("", "k1", &many).await.expect_problem(422, "unreadable-file");
        let staff = house.api.staff();
        let path = "/api/v1/inventory/stock-takes";
        let csv = || Body::from("sku,counted\nA,1\n");
        let none = staff.raw(Method::POST, path, Some("text/csv"), csv()).await;
        none.expect_problem(400, "idempotency-key-required");
        let dry = format!("{path}?dry_run=true");
        staff.raw(Method::POST, &dry, Some("text/csv"), csv()).await.expect(200);
    }
}
