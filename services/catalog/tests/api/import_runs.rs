//! Imports that go on by themselves and can be watched.

use std::time::Duration;

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::Shop;

const RUNS: &str = "/api/v1/catalog/imports/runs";
const CSV: &str = "Handle,Title,Variant Price\ntea,Tea,4.50\nbad,Bad,much\n";

impl Shop {
    async fn send(&self, query: &str, csv: &str) -> Value {
        let path = format!("{RUNS}?{query}");
        let body = Body::from(csv.to_owned());
        self.staff.raw(Method::POST, &path, Some("text/csv"), body).await.expect(202)
    }

    /// Waits until an import has ended.
    async fn ended(&self, run: &Value) -> Value {
        let path = format!("{RUNS}/{}", run["id"].as_str().unwrap());
        loop {
            let run = self.staff.get(&path).await.expect(200);
            if run["state"] != "running" {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn a_file_is_previewed_then_applied_and_reports_row_by_row() {
    for shop in Shop::both().await {
        let run = shop.send("dry_run=true&file_name=%3Cb%3Etea.csv", CSV).await;
        let preview = shop.ended(&run).await;
        assert_eq!(
            (&preview["state"], &preview["file_name"]),
            (&json!("done"), &json!("<b>tea.csv"))
        );
        assert_eq!((&preview["done"], &preview["rows"]), (&json!(2), &json!(2)));
        let report = &preview["report"];
        assert_eq!((&report["created"], &report["skipped"]), (&json!(1), &json!(1)));
        assert_eq!(report["messages"][0]["line"], 3);
        shop.guest.get("/api/v1/catalog/products/tea").await.expect_problem(404, "not-found");
        let apply = format!("{RUNS}/{}/apply", run["id"].as_str().unwrap());
        shop.staff.post(&apply, json!({})).await.expect(202);
        // Asked again, it is done once.
        shop.staff.post(&apply, json!({})).await.expect(202);
        let applied = shop.ended(&run).await;
        assert_eq!(
            (&applied["dry_run"], &applied["report"]["created"]),
            (&json!(false), &json!(1))
        );
        shop.guest.get("/api/v1/catalog/products/tea").await.expect(200);
        let told = shop.audited().await;
        let imported = told.iter().filter(|r| r["action"] == "products.imported").count();
        assert_eq!((imported, &told[0]["actor"]), (1, &json!("usr_staff")));
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why_and_can_be_applied_by_nobody() {
    let shop = Shop::one().await;
    let run = shop.ended(&shop.send("dry_run=true", "no,such,columns\n1,2,3\n").await).await;
    assert_eq!(
        (&run["state"], &run["problem"]["type"]),
        (&json!("failed"), &json!("/problems/unreadable-file"))
    );
    let apply = format!("{RUNS}/{}/apply", run["id"].as_str().unwrap());
    shop.staff.post(&apply, json!({})).await.expect_problem(409, "not-a-preview");
    shop.guest.get(RUNS).await.expect(405);
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_run_again_by_whoever_comes_next() {
    for shop in Shop::both().await {
        shop.doze().await;
        let run = shop.send("", CSV).await;
        let path = format!("{RUNS}/{}", run["id"].as_str().unwrap());
        assert_eq!(shop.staff.get(&path).await.expect(200)["state"], "running");
        let shop = shop.restarted().await;
        assert_eq!(shop.ended(&run).await["report"]["created"], 1);
    }
}
