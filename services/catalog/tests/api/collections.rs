//! Collections: by hand, by rule, published or not.

use serde_json::{Value, json};

use crate::{Shop, eur};

const COLLECTIONS: &str = "/api/v1/catalog/collections";

impl Shop {
    async fn collect(&self, body: Value) -> Value {
        self.staff.post(COLLECTIONS, body).await.expect(201)
    }

    /// The handles in a collection, all its pages.
    async fn collected(&self, query: &str) -> Vec<String> {
        let (mut handles, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/catalog/products?limit=2&{query}&cursor={cursor}");
            let page = self.guest.get(&path).await.expect(200);
            let items = page["items"].as_array().unwrap().iter();
            handles.extend(items.map(|item| item["handle"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return handles,
            }
        }
    }
}

fn rule(field: &str, relation: &str, value: &str) -> Value {
    json!({"field": field, "relation": relation, "value": value})
}

#[tokio::test]
async fn a_collection_by_hand_is_in_the_order_somebody_chose() {
    for shop in Shop::both().await {
        let mut ids = Vec::new();
        for title in ["A", "B", "C", "D"] {
            ids.push(shop.product(|body| body["title"] = json!(title)).await["id"].clone());
        }
        let chosen = json!([ids[2], ids[0], ids[3]]);
        let body = json!({"title": "Summer Days", "product_ids": chosen, "published": true});
        let made = shop.collect(body).await;
        assert_eq!((&made["handle"], &made["product_count"]), (&json!("summer-days"), &json!(3)));
        assert_eq!(shop.collected("collection=summer-days").await, ["c", "a", "d"]);
        assert_eq!(shop.collected("collection=summer-days&sort=title").await, ["a", "c", "d"]);
        shop.staff
            .delete(&format!("/api/v1/catalog/products/{}", ids[0].as_str().unwrap()))
            .await
            .expect(204);
        assert_eq!(shop.collected("collection=summer-days").await, ["c", "d"]);
        let shop = shop.restarted().await;
        assert_eq!(shop.collected("collection=summer-days").await, ["c", "d"]);
    }
}

#[tokio::test]
async fn a_collection_by_rule_follows_the_products() {
    for shop in Shop::both().await {
        let kitchen = shop.category("Kitchen", None).await;
        let mugs = shop.category("Mugs", Some(&kitchen)).await;
        let mug = shop.product(|body| body["category_ids"] = json!([mugs["id"]])).await;
        shop.product(|body| {
            body["title"] = json!("Ash Bowl");
            body["tags"] = json!(["Wood", "Sale"]);
            body["vendor"] = json!("Esche");
            body["variants"] = json!([{"price": eur(5000), "option_values": ["S"], "on_hand": 1}]);
        })
        .await;
        shop.product(|body| {
            body["title"] = json!("Secret");
            body["status"] = json!("draft");
        })
        .await;
        for (conditions, any, wanted) in [
            (vec![rule("tag", "is", "sale")], false, vec!["ash-bowl"]),
            (vec![rule("tag", "is_not", "sale")], false, vec!["tide-mug"]),
            (vec![rule("vendor", "contains", "HAL")], false, vec!["tide-mug"]),
            (vec![rule("category", "is", "kitchen")], false, vec!["tide-mug"]),
            (vec![rule("price", "at_least", "20")], false, vec!["ash-bowl"]),
            (vec![rule("price", "at_most", "14.90")], false, vec!["tide-mug"]),
            (vec![rule("title", "contains", "bowl"), rule("tag", "is", "clay")], false, vec![]),
            (
                vec![rule("title", "contains", "bowl"), rule("tag", "is", "clay")],
                true,
                vec!["ash-bowl", "tide-mug"],
            ),
        ] {
            let matching = if any { "any" } else { "all" };
            let body = json!({"title": "Rule", "published": true,
                "rules": {"match": matching, "conditions": conditions}});
            let made = shop.collect(body).await;
            let query = format!("collection={}", made["handle"].as_str().unwrap());
            assert_eq!(shop.collected(&query).await, wanted, "{conditions:?}");
        }
        let in_stock = json!({"title": "There", "published": true,
            "rules": {"conditions": [rule("stock", "is", "in_stock")]}});
        shop.collect(in_stock).await;
        assert_eq!(shop.collected("collection=there").await, ["ash-bowl", "tide-mug"]);
        shop.stock(&mug["variants"][0]["stock_item_id"], 0).await;
        assert_eq!(shop.collected("collection=there").await, ["ash-bowl"]);
    }
}

#[tokio::test]
async fn shoppers_see_what_is_published_and_not_how_it_comes_about() {
    let shop = Shop::one().await;
    let rules = json!({"conditions": [rule("tag", "is", "clay")]});
    let made = shop.collect(json!({"title": "Clay", "rules": rules})).await;
    let path = format!("{COLLECTIONS}/clay");
    shop.guest.get(&path).await.expect_problem(404, "not-found");
    shop.guest
        .get("/api/v1/catalog/products?collection=clay")
        .await
        .expect_problem(404, "not-found");
    assert_eq!(shop.guest.get(COLLECTIONS).await.expect(200)["items"], json!([]));
    assert_eq!(
        shop.staff.get(&format!("{COLLECTIONS}?all=true")).await.expect(200)["items"][0],
        made
    );
    let change = json!({"title": "Clay", "rules": rules, "published": true});
    let id = format!("{COLLECTIONS}/{}", made["id"].as_str().unwrap());
    let staff = shop.staff.header("if-match", "\"1\"");
    staff.put(&id, &change).await.expect(200);
    let stale = staff.put(&id, json!({"title": "Other", "rules": rules})).await;
    assert_eq!(stale.expect_problem(412, "version-conflict")["current"]["title"], "Clay");
    let seen = shop.guest.get(&path).await.expect(200);
    assert_eq!((&seen["title"], &seen["rules"]), (&json!("Clay"), &Value::Null));
    shop.staff.delete(&id).await.expect(204);
    shop.guest.get(&path).await.expect_problem(404, "not-found");
    let audited = shop.audited().await;
    let said: Vec<_> = audited.iter().map(|r| r["action"].as_str().unwrap()).collect();
    assert_eq!(said, ["collection.created", "collection.updated", "collection.deleted"]);
}

#[tokio::test]
async fn a_collection_that_will_not_do_is_refused() {
    let shop = Shop::one().await;
    shop.collect(json!({"title": "Taken"})).await;
    shop.staff
        .post(COLLECTIONS, json!({"title": "x", "handle": "taken"}))
        .await
        .expect_problem(409, "handle-taken");
    for bad in [
        json!({"title": ""}),
        json!({"title": "x", "handle": "No Handle"}),
        json!({"title": "x", "product_ids": [emart_catalog_api::ProductId::new()]}),
        json!({"title": "x", "rules": {"conditions": []}}),
        json!({"title": "x", "rules": {"conditions": [rule("tag", "at_least", "5")]}}),
        json!({"title": "x", "rules": {"conditions": [rule("price", "at_least", "cheap")]}}),
        json!({"title": "x", "rules": {"conditions": [rule("stock", "is", "maybe")]}}),
        json!({"title": "x", "rules": {"conditions": [rule("category", "is", "none")]}}),
        json!({"title": "x", "surprise": 1}),
    ] {
        shop.staff.post(COLLECTIONS, &bad).await.expect_problem(422, "invalid");
    }
}
