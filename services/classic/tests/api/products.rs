//! Products and categories, as everybody who is signed in reads them.

use serde_json::{Value, json};

use crate::world::{World, failure};

fn names(products: &Value) -> Vec<&str> {
    products.as_array().unwrap().iter().map(|p| p["prod_name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn products_are_listed_last_changed_first_each_with_its_category() {
    for world in World::both().await {
        let boss = world.admin().await;
        let pen = boss.product("Pen", "10.5", "Office").await;
        world.clock.advance(std::time::Duration::from_secs(1));
        let ink = boss.product("Ink", "3", "Office").await;
        let ann = world.customer("Ann", "123456789").await;
        let list = ann.api.get("/api/shop/products").await.expect(200);
        assert_eq!(names(&list["products"]), ["Ink", "Pen"]);
        let first = &list["products"][1];
        assert_eq!(first["_id"], pen["_id"]);
        assert_eq!(first["price"], 10.5);
        assert_eq!(first["category"], json!({"_id": pen["category"], "cat_name": "Office"}));
        assert!(first["imageUrl"].as_str().unwrap().starts_with("/images/"));
        assert!(first["createdAt"].as_str().unwrap().ends_with("Z") && first["__v"].is_i64());
        world.clock.advance(std::time::Duration::from_secs(1));
        let path = format!("/api/shop/{}", pen["_id"].as_str().unwrap());
        boss.api.put(&path, json!({"price": 11})).await.expect(200);
        let list = ann.api.get("/api/shop/products").await.expect(200);
        assert_eq!(names(&list["products"]), ["Pen", "Ink"]);
        assert_eq!(list["products"][0]["price"], 11);
        let found = ann.api.get("/api/shop/category/Office").await.expect(200);
        assert_eq!(names(&found["products"]), ["Pen", "Ink"]);
        assert!(found["products"][0].get("category").is_none());
        let categories = ann.api.get("/api/shop/category").await.expect(200);
        let office = &categories["categories"][0];
        assert_eq!(office["products"], json!([pen["_id"], ink["_id"]]));
        assert_eq!((&office["cat_name"], &office["_id"]), (&json!("Office"), &pen["category"]));
    }
}

#[tokio::test]
async fn a_product_is_found_by_its_id_and_an_unknown_one_is_null() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10.5", "Office").await;
    let path = |id: &str| format!("/api/shop/products/{id}");
    let id = pen["_id"].as_str().unwrap();
    assert_eq!(boss.api.get(&path(id)).await.expect(200)["product"], pen);
    assert_eq!(boss.api.get(&path(&id.to_uppercase())).await.expect(200)["product"], pen);
    let none = boss.api.get(&path("0123456789abcdef01234567")).await.expect(200);
    assert_eq!(none, json!({"success": true, "product": null}));
    for malformed in ["1", "zzzzzzzzzzzzzzzzzzzzzzzz", "%20"] {
        let answer = boss.api.get(&path(malformed)).await;
        assert_eq!(failure(&answer, 404), "No product found with that ID");
    }
}

#[tokio::test]
async fn a_category_is_named_to_the_letter() {
    let world = World::one().await;
    let boss = world.admin().await;
    boss.product("Pen", "1", "Home & Office").await;
    let found = boss.api.get("/api/shop/category/Home%20%26%20Office").await.expect(200);
    assert_eq!(names(&found["products"]), ["Pen"]);
    for wrong in ["home%20%26%20office", "Home", "nothing"] {
        let answer = boss.api.get(&format!("/api/shop/category/{wrong}")).await;
        assert_eq!(failure(&answer, 404), "No products found for this category");
    }
}

#[tokio::test]
async fn a_search_is_for_a_part_of_the_name_and_no_pattern() {
    let world = World::one().await;
    let boss = world.admin().await;
    boss.product("Red Pen [new]", "1", "Office").await;
    boss.product("100% Ink", "1", "Office").await;
    for (text, expected) in [
        ("pen", vec!["Red Pen [new]"]),
        ("PEN%20[", vec!["Red Pen [new]"]),
        ("%25", vec!["100% Ink"]),
        (".*", vec![]),
        ("nothing", vec![]),
    ] {
        let found = boss.api.get(&format!("/api/shop/search/{text}")).await.expect(200);
        assert_eq!(names(&found["products"]), expected, "{text}");
    }
    let found = boss.api.get("/api/shop/search/ink").await.expect(200);
    let category = &found["products"][0]["category"];
    assert_eq!(category["cat_name"], "Office");
    assert_eq!(category["products"].as_array().unwrap().len(), 2);
    assert_eq!(boss.api.get("/api/shop/search/").await.status, 404);
}

#[tokio::test]
async fn totals_are_told_to_everybody() {
    let world = World::one().await;
    let boss = world.admin().await;
    let info = world.api.get("/api/shop/info").await.expect(200);
    assert_eq!(info, json!({"success": true, "productsTotal": 0, "ordersTotal": 0}));
    let pen = boss.product("Pen", "1", "Office").await;
    let ann = world.customer("Ann", "123456789").await;
    ann.add(&pen, 1).await.expect(200);
    ann.order("2026-11-24").await.expect(200);
    let info = world.api.get("/api/shop/info").await.expect(200);
    assert_eq!(info, json!({"success": true, "productsTotal": 1, "ordersTotal": 1}));
}

#[tokio::test]
async fn what_staff_make_in_the_back_office_is_sold_here_with_a_category_in_any_case() {
    let world = World::one().await;
    let catalog = world.service("catalog").staff();
    let new = json!({"title": "Shirt", "status": "active", "options": ["Size"], "variants": [
        {"option_values": ["S"], "price": {"amount_minor": 2000, "currency": "EUR"}, "on_hand": 5},
        {"option_values": ["M"], "price": {"amount_minor": 2200, "currency": "EUR"}, "on_hand": 5}]});
    let shirt = catalog.post("/api/v1/catalog/products", new).await.expect(201);
    let ann = world.customer("Ann", "123456789").await;
    let list = ann.api.get("/api/shop/products").await.expect(200)["products"].clone();
    assert_eq!(
        (&list[0]["price"], &list[0]["category"]["cat_name"]),
        (&json!(20), &json!("Other"))
    );
    ann.add(&list[0], 2).await.expect(200);
    let cart = world.service("cart").customer(&ann.id);
    let line = cart.get("/api/v1/carts/mine").await.expect(200)["lines"][0].clone();
    assert_eq!(line["variant_id"], shirt["variants"][0]["id"]);
    // The other size, put in over there, is seen here by its full name.
    let size_m = json!({"lines": [{"variant_id": shirt["variants"][1]["id"], "quantity": 1}]});
    cart.post("/api/v1/carts", size_m).await.expect(201);
    let user = ann.api.get("/api/shop/current").await.expect(200)["user"].clone();
    assert_eq!(user["cart"]["items"][1]["prod_name"], "Shirt (M)");
    assert_eq!(user["cart"]["items"][1]["prod_total"], 22);
}
