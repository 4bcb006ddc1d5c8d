//! Batches: what an import sends.

use serde_json::{Value, json};

use crate::Shop;

const BATCHES: &str = "/internal/books/batches";

fn outcomes(answer: &Value) -> Vec<&str> {
    answer.as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_batch_that_comes_again_changes_nothing_and_what_changed_is_changed() {
    for shop in Shop::both().await {
        let staff = shop.api.staff();
        let batch = json!({"books": [
            {"title": "Emma", "authors": ["Jane Austen"]},
            {"title": "Good Omens", "isbn": "057504800X"},
            {"title": "", "year": 1},
        ]});
        let first = staff.post(BATCHES, &batch).await.expect(200);
        assert_eq!(outcomes(&first), ["created", "created", "refused"]);
        assert!(first[2]["reason"].as_str().unwrap().contains("/title"));
        let again = staff.post(BATCHES, &batch).await.expect(200);
        assert_eq!(outcomes(&again), ["unchanged", "unchanged", "refused"]);
        let other = json!({"books": [{"title": "Good Omens!", "isbn": "9780575048003"}]});
        assert_eq!(outcomes(&staff.post(BATCHES, other).await.expect(200)), ["updated"]);
        let book = shop.api.get("/api/v1/books?isbn=057504800X").await.expect(200);
        assert_eq!(book["items"][0]["title"], "Good Omens!");
        assert_eq!(shop.api.get("/webapi/books").await.expect(200).as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_batch_is_for_staff_and_has_an_end() {
    for shop in Shop::both().await {
        shop.api.customer("usr_ann").post(BATCHES, json!({"books": []})).await.expect(403);
        let many = vec![json!({"title": "x"}); 1001];
        shop.api.staff().post(BATCHES, json!({"books": many})).await.expect_problem(422, "invalid");
        shop.api.get("/webapi/books").await.expect(204);
    }
}
