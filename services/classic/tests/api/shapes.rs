//! The order of keys, and what no answer and no database holds.

use crate::world::World;

fn keys(json: &str, expected: &[&str]) {
    let mut at = 0;
    for key in expected {
        let found = json[at..].find(&format!("\"{key}\":"));
        at += found.unwrap_or_else(|| panic!("{key} is not there, or not in its place: {json}"));
    }
}

#[tokio::test]
async fn keys_come_in_the_originals_order() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10.5", "Office").await;
    let ann = world.customer("Ann", "123456789").await;
    ann.add(&pen, 1).await.expect(200);
    let placed = ann.order("2026-11-24").await;
    ann.add(&pen, 1).await.expect(200);
    let text = |body: &[u8]| String::from_utf8(body.to_vec()).unwrap();
    let order = text(&placed.body);
    keys(
        &order,
        &[
            "success",
            "takenDates",
            "order",
            "user",
            "city",
            "street",
            "credit",
            "order",
            "ship",
            "userId",
        ],
    );
    keys(
        &order,
        &[
            "products",
            "prod_total",
            "_id",
            "productId",
            "prod_name",
            "quantity",
            "total",
            "_id",
            "createdAt",
            "updatedAt",
            "__v",
        ],
    );
    let current = text(&ann.api.get("/api/shop/current").await.body);
    keys(
        &current,
        &[
            "success", "user", "cart", "status", "items", "created", "role", "_id", "cardId",
            "fname", "lname", "email", "city", "street", "__v", "orders",
        ],
    );
    let products = text(&ann.api.get("/api/shop/products").await.body);
    keys(
        &products,
        &[
            "success",
            "products",
            "_id",
            "prod_name",
            "price",
            "imageUrl",
            "category",
            "_id",
            "cat_name",
            "createdAt",
            "updatedAt",
            "__v",
        ],
    );
    let categories = text(&ann.api.get("/api/shop/category").await.body);
    keys(&categories, &["success", "categories", "products", "_id", "cat_name", "__v"]);
    for answer in [&order, &current, &products, &categories] {
        for secret in ["4242424242424242", "argon2", "password"] {
            assert!(!answer.contains(secret), "{secret}");
        }
    }
}
