//! The category tree.

use serde_json::{Value, json};

use crate::Shop;

const CATEGORIES: &str = "/api/v1/catalog/categories";

fn path(category: &Value) -> String {
    format!("{CATEGORIES}/{}", category["id"].as_str().unwrap())
}

#[tokio::test]
async fn products_are_found_in_their_category_and_in_those_above() {
    for shop in Shop::both().await {
        let kitchen = shop.category("Kitchen", None).await;
        let coffee = shop.category("Coffee & Tea", Some(&kitchen)).await;
        let garden = shop.category("Garden", None).await;
        shop.product(|body| body["category_ids"] = json!([coffee["id"], kitchen["id"]])).await;
        shop.product(|body| {
            body["category_ids"] = json!([coffee["id"]]);
            body["status"] = json!("draft");
        })
        .await;
        for (slug, wanted) in [("coffee-tea", 1), ("kitchen", 1), ("garden", 0)] {
            assert_eq!(shop.handles(&format!("category={slug}")).await.len(), wanted, "{slug}");
        }
        let tree = shop.guest.get(CATEGORIES).await.expect(200);
        assert_eq!(tree["items"][0]["name"], "Garden");
        assert_eq!(tree["items"][1]["product_count"], 1);
        assert_eq!(tree["items"][1]["children"][0]["slug"], "coffee-tea");
        let product = shop.guest.get("/api/v1/catalog/products/tide-mug").await.expect(200);
        let path_in_tree = json!([{"slug": "kitchen", "name": "Kitchen"}, {"slug": "coffee-tea", "name": "Coffee & Tea"}]);
        assert_eq!(product["categories"][0], path_in_tree);
        for key in ["id", "slug"] {
            let one =
                shop.guest.get(&format!("{CATEGORIES}/{}", garden[key].as_str().unwrap())).await;
            assert_eq!(one.expect(200)["name"], "Garden");
        }
    }
}

#[tokio::test]
async fn a_renamed_category_has_its_new_name_everywhere_at_once() {
    for shop in Shop::both().await {
        let kitchen = shop.category("Kitchen", None).await;
        shop.product(|body| body["category_ids"] = json!([kitchen["id"]])).await;
        shop.guest.get("/api/v1/catalog/products/tide-mug").await.expect(200);
        let renamed = shop.staff.put(&path(&kitchen), json!({"name": "Cooking"})).await.expect(200);
        assert_eq!(renamed["slug"], "kitchen");
        let product = shop.guest.get("/api/v1/catalog/products/tide-mug").await.expect(200);
        assert_eq!(product["categories"][0][0]["name"], "Cooking");
        assert_eq!(shop.staff.delete(&path(&kitchen)).await.status, 204);
        let product = shop.guest.get("/api/v1/catalog/products/tide-mug").await.expect(200);
        assert_eq!(product["categories"], json!([]));
        let shop = shop.restarted().await;
        assert_eq!(shop.guest.get(CATEGORIES).await.expect(200)["items"], json!([]));
    }
}

#[tokio::test]
async fn the_tree_stays_a_tree() {
    for shop in Shop::both().await {
        let top = shop.category("Top", None).await;
        let below = shop.category("Below", Some(&top)).await;
        let body = json!({"name": "Top", "parent_id": below["id"]});
        let problem = shop.staff.put(&path(&top), body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/parent_id");
        shop.staff.delete(&path(&top)).await.expect_problem(409, "category-not-empty");
        let taken = json!({"name": "Other", "slug": "below"});
        shop.staff.post(CATEGORIES, taken).await.expect_problem(409, "slug-taken");
        assert_eq!(shop.category("Below", None).await["slug"], "below-2");
        let mut deepest = below;
        for level in 3..=5 {
            deepest = shop.category(&format!("Level {level}"), Some(&deepest)).await;
        }
        let sixth = json!({"name": "Sixth", "parent_id": deepest["id"]});
        shop.staff.post(CATEGORIES, sixth).await.expect_problem(422, "invalid");
        let unknown = json!({"name": "X", "parent_id": "cat_0123456789abcdefghjkmnpqrs"});
        shop.staff.post(CATEGORIES, unknown).await.expect_problem(422, "invalid");
        let gone = format!("{CATEGORIES}/cat_0123456789abcdefghjkmnpqrs");
        shop.staff.put(&gone, json!({"name": "X"})).await.expect_problem(404, "not-found");
        shop.staff.delete(&gone).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn two_moves_that_are_fine_alone_do_not_make_a_cycle_together() {
    for shop in Shop::both().await {
        let (a, b) = (shop.category("A", None).await, shop.category("B", None).await);
        let move_a = json!({"name": "A", "parent_id": b["id"]});
        let move_b = json!({"name": "B", "parent_id": a["id"]});
        let (path_a, path_b) = (path(&a), path(&b));
        let (first, second) =
            tokio::join!(shop.staff.put(&path_a, move_a), shop.staff.put(&path_b, move_b));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    }
}
