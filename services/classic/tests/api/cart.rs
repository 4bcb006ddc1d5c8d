//! The cart and its four words.

use serde_json::json;

use crate::world::{World, failure};

#[tokio::test]
async fn a_cart_goes_from_new_to_open_to_pending_and_back() {
    for world in World::both().await {
        let boss = world.admin().await;
        let (pen, ink) =
            (boss.product("Pen", "10.1", "Office").await, boss.product("Ink", "3", "Office").await);
        let ann = world.customer("Ann", "123456789").await;
        let user = ann.add(&pen, 2).await.expect(200)["user"].clone();
        assert_eq!(user["cart"]["status"], "open");
        assert_eq!(user["cart"]["created"], "2026-11-23T12:00:00.000Z");
        let item = &user["cart"]["items"][0];
        assert_eq!((&item["productId"], &item["prod_name"]), (&pen["_id"], &json!("Pen")));
        assert_eq!((&item["quantity"], &item["prod_total"]), (&json!(2), &json!(20.2)));
        let again = ann.add(&pen, "1").await.expect(200)["user"].clone();
        assert_eq!(again["cart"]["items"][0]["_id"], item["_id"], "the same line, with more of it");
        assert_eq!(again["cart"]["items"][0]["prod_total"], 30.3, "without the noise of doubles");
        ann.add(&ink, 1).await.expect(200);
        let status = |answer: serde_json::Value| answer["user"]["cart"]["status"].clone();
        let start = format!("/api/shop/orders/{}", ann.hex);
        let revoke = format!("/api/shop/open-cart/{}", ann.hex);
        assert_eq!(status(ann.put_plain(&start).await.expect(200)), "pending");
        assert_eq!(status(ann.put_plain(&revoke).await.expect(200)), "open");
        assert_eq!(status(ann.put_plain(&start).await.expect(200)), "pending");
        world.clock.advance(std::time::Duration::from_secs(60));
        let reopened = ann.add(&ink, 1).await.expect(200)["user"]["cart"].clone();
        assert_eq!(
            (&reopened["status"], &reopened["created"]),
            (&json!("open"), &json!("2026-11-23T12:01:00.000Z"))
        );
        for product in [&pen, &ink] {
            let id = product["_id"].as_str().unwrap();
            let path = format!("/api/shop/cart/delete/{}/{id}", ann.hex);
            assert_eq!(status(ann.put_plain(&path).await.expect(200)), "open");
            assert_eq!(ann.put_plain(&path).await.status, 200, "also when it is not there");
        }
        let current = ann.api.get("/api/shop/current").await.expect(200);
        assert_eq!(current["user"]["cart"]["items"], json!([]));
    }
}

#[tokio::test]
async fn an_emptied_cart_is_new_until_something_was_ordered_and_open_after() {
    for world in World::both().await {
        let boss = world.admin().await;
        let pen = boss.product("Pen", "10", "Office").await;
        let ann = world.customer("Ann", "123456789").await;
        let empty = format!("/api/shop/empty-cart/{}", ann.hex);
        ann.add(&pen, 2).await.expect(200);
        let cart = ann.put_plain(&empty).await.expect(200)["user"]["cart"].clone();
        assert_eq!((&cart["status"], &cart["items"]), (&json!("new"), &json!([])));
        ann.add(&pen, 2).await.expect(200);
        let placed = ann.order("2026-11-24").await.expect(200);
        assert_eq!(placed["user"]["cart"]["status"], "closed");
        assert_eq!(ann.add(&pen, 1).await.expect(200)["user"]["cart"]["status"], "open");
        let cart = ann.put_plain(&empty).await.expect(200)["user"]["cart"].clone();
        assert_eq!((&cart["status"], &cart["items"]), (&json!("open"), &json!([])));
    }
}

#[tokio::test]
async fn what_cannot_be_put_in_is_not() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10", "Office").await;
    let ann = world.customer("Ann", "123456789").await;
    for quantity in [json!(0), json!(-2), json!(1.5), json!("abc"), json!(null), json!(100_000)] {
        let answer = ann.add(&pen, quantity.clone()).await;
        assert_eq!(failure(&answer, 404), "Failed adding product to cart", "{quantity}");
    }
    for unknown in ["0123456789abcdef01234567", "1"] {
        let answer = ann.add(&json!({"_id": unknown}), 1).await;
        assert_eq!(failure(&answer, 404), "Failed adding product to cart");
    }
    let path = format!("/api/shop/cart/delete/{}/1", ann.hex);
    assert_eq!(failure(&ann.put_plain(&path).await, 404), "Failed to remove product from cart");
}

#[tokio::test]
async fn an_empty_cart_is_neither_ordered_nor_revoked_and_the_answer_comes() {
    let world = World::one().await;
    let ann = world.customer("Ann", "123456789").await;
    for route in ["orders", "open-cart"] {
        let answer = ann.put_plain(&format!("/api/shop/{route}/{}", ann.hex)).await;
        assert_eq!(failure(&answer, 404), "Your cart is empty");
    }
}

#[tokio::test]
async fn nobody_touches_the_cart_of_another() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10", "Office").await;
    let (ann, bob) =
        (world.customer("Ann", "123456789").await, world.customer("Bob", "987654321").await);
    let (own, id) = (&ann.hex, pen["_id"].as_str().unwrap());
    for person in [&bob, &boss] {
        let paths = [
            format!("/api/shop/cart/{own}/{id}"),
            format!("/api/shop/cart/delete/{own}/{id}"),
            format!("/api/shop/empty-cart/{own}"),
            format!("/api/shop/open-cart/{own}"),
            format!("/api/shop/orders/{own}"),
        ];
        for path in paths {
            let answer = person.api.put(&path, json!({"quantity": 1})).await;
            assert_eq!(failure(&answer, 403), "You are not allowed to do this", "{path}");
        }
        let order = json!({"credit": "4242424242424242", "ship": "2026-11-24"});
        let answer = person.api.post(&format!("/api/shop/orders/{own}"), order).await;
        assert_eq!(answer.status, 403);
    }
}

#[tokio::test]
async fn adds_at_once_lose_nothing() {
    for world in World::both().await {
        let boss = world.admin().await;
        let pen = boss.product("Pen", "10", "Office").await;
        let ann = world.customer("Ann", "123456789").await;
        let (a, b, c, d) =
            tokio::join!(ann.add(&pen, 1), ann.add(&pen, 1), ann.add(&pen, 1), ann.add(&pen, 1));
        for answer in [a, b, c, d] {
            answer.expect(200);
        }
        let user = ann.api.get("/api/shop/current").await.expect(200)["user"].clone();
        assert_eq!(user["cart"]["items"][0]["quantity"], 4);
        assert_eq!(user["cart"]["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_is_put_in_over_there_is_in_here() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10", "Office").await;
    let ann = world.customer("Ann", "123456789").await;
    let products = world.service("catalog").get("/api/v1/catalog/products").await.expect(200);
    let variant = &products["items"][0]["only_variant_id"];
    let cart = world.service("cart").customer(&ann.id);
    let lines = json!({"lines": [{"variant_id": variant, "quantity": 3}]});
    cart.post("/api/v1/carts", lines).await.expect(201);
    let user = ann.api.get("/api/shop/current").await.expect(200)["user"].clone();
    assert_eq!(user["cart"]["status"], "open");
    assert_eq!(user["cart"]["items"][0]["productId"], pen["_id"]);
    ann.add(&pen, 1).await.expect(200);
    assert_eq!(cart.get("/api/v1/carts/mine").await.expect(200)["item_count"], 4);
}

#[tokio::test]
async fn a_product_that_is_gone_can_be_taken_out() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10", "Office").await;
    let ann = world.customer("Ann", "123456789").await;
    ann.add(&pen, 1).await.expect(200);
    let id = pen["_id"].as_str().unwrap();
    boss.api.delete(&format!("/api/shop/{id}")).await.expect(200);
    let user = ann.api.get("/api/shop/current").await.expect(200)["user"].clone();
    assert_eq!(user["cart"]["items"][0]["productId"], id);
    let path = format!("/api/shop/cart/delete/{}/{id}", ann.hex);
    let user = ann.put_plain(&path).await.expect(200)["user"].clone();
    assert_eq!(user["cart"]["items"], json!([]));
}
