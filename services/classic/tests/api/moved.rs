//! What was moved here from an original store keeps its ids.

use emart_http::Caller;
use serde_json::{Value, json};

use crate::world::{World, failure};

#[tokio::test]
async fn what_had_an_id_keeps_it() {
    for world in World::both().await {
        let boss = world.admin().await;
        boss.product("Pen", "10", "Office").await;
        let ann = world.customer("Ann", "123456789").await;
        let products = world.service("catalog").get("/api/v1/catalog/products").await.expect(200);
        let categories =
            world.service("catalog").get("/api/v1/catalog/categories").await.expect(200);
        let known = json!([
            {"kind": "user", "hex": "5f0000000000000000000001", "id": ann.id},
            {"kind": "product", "hex": "5f0000000000000000000002", "id": products["items"][0]["only_variant_id"]},
            {"kind": "category", "hex": "5f0000000000000000000003", "id": categories["items"][0]["id"]},
        ]);
        let operator = world.api.by(Caller::service("cli"));
        for _ in 0..2 {
            assert_eq!(operator.put("/internal/classic/ids", &known).await.status, 204);
        }
        let list = ann.api.get("/api/shop/products").await.expect(200)["products"].clone();
        assert_eq!(list[0]["_id"], "5f0000000000000000000002");
        assert_eq!(list[0]["category"]["_id"], "5f0000000000000000000003");
        let user = ann.api.get("/api/shop/current").await.expect(200)["user"].clone();
        assert_eq!(user["_id"], "5f0000000000000000000001");
        let path = "/api/shop/cart/5f0000000000000000000001/5f0000000000000000000002";
        let user = ann.api.put(path, json!({"quantity": 1})).await.expect(200);
        assert_eq!(user["user"]["cart"]["items"][0]["productId"], "5f0000000000000000000002");
        assert_eq!(
            ann.add(&list[0], 1).await.status,
            403,
            "the id made here does not count any more"
        );
    }
}

#[tokio::test]
async fn what_else_is_known_of_people_is_told_once_each() {
    let world = World::one().await;
    let ann = world.customer("Ann", "123456789").await;
    let operator = world.api.by(Caller::service("cli"));
    let person = |card: &str, city: &str| json!([{"user_id": ann.id, "card_id": card, "fname": "Ann", "lname": "Lee", "city": city, "street": "S"}]);
    for city in ["Goa", "Delhi"] {
        let answer = operator.put("/internal/classic/people", person("123456789", city)).await;
        assert_eq!(answer.status, 204);
        let user = ann.api.get("/api/shop/current").await.expect(200)["user"].clone();
        assert_eq!(user["city"], city);
    }
    let mut other: Value = person("123456789", "X");
    other[0]["user_id"] = json!("usr_0000000000000000000000000b");
    operator.put("/internal/classic/people", other).await.expect_problem(409, "card-id-taken");
}

#[tokio::test]
async fn ids_that_are_none_are_refused() {
    let world = World::one().await;
    let operator = world.api.by(Caller::service("cli"));
    let bad = json!([{"kind": "user", "hex": "xyz", "id": "usr_1"}]);
    operator.put("/internal/classic/ids", bad).await.expect_problem(422, "invalid");
    let path = "/api/shop/empty-cart/zzz";
    let ann = world.customer("Ann", "123456789").await;
    assert_eq!(failure(&ann.put_plain(path).await, 403), "You are not allowed to do this");
}
