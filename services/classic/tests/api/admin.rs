//! What only those who work here may do: products and categories.

use http::Method;
use serde_json::json;

use crate::world::{PNG, World, failure};

#[tokio::test]
async fn a_product_comes_with_its_picture_and_a_category_that_is_made() {
    for world in World::both().await {
        let boss = world.admin().await;
        let fields = [("prod_name", "Pen"), ("price", "10.5"), ("category", "Office")];
        let answer =
            boss.send_form(Method::POST, "/api/shop", &fields, Some(PNG)).await.expect(200);
        assert_eq!(answer["product"]["prod_name"], "Pen");
        assert_eq!(answer["product"]["category"], answer["category"]["_id"]);
        assert_eq!(answer["category"]["products"], json!([answer["product"]["_id"]]));
        let picture = answer["product"]["imageUrl"].as_str().unwrap();
        let picture = world.service("catalog").get(picture).await;
        assert_eq!(
            (picture.status, &picture.headers["content-type"]),
            (200, &"image/webp".parse().unwrap())
        );
        // With the slash at the end, as some clients write it, and in the category that is there.
        let fields = [("prod_name", "Ink"), ("price", "3"), ("category", "Office")];
        let again =
            boss.send_form(Method::POST, "/api/shop/", &fields, Some(PNG)).await.expect(200);
        assert_eq!(again["category"]["_id"], answer["category"]["_id"]);
        let shown = world.service("catalog").get("/api/v1/catalog/products").await.expect(200);
        assert_eq!(shown["items"].as_array().unwrap().len(), 2, "the storefront sells them too");
    }
}

#[tokio::test]
async fn a_form_that_is_not_in_order_leaves_nothing_behind() {
    let world = World::one().await;
    let boss = world.admin().await;
    let answer = boss.send_form(Method::POST, "/api/shop", &[], Some(PNG)).await.expect(400);
    assert_eq!(
        answer,
        json!({"success": false, "errors": {
            "prod_name": "Product name field is required",
            "category": "Category field is required",
            "price": "Price field is required",
        }})
    );
    for (name, price, category, field, said) in [
        ("P", "1", "Office", "prod_name", "Product name must be between 2 and 30 characters"),
        ("<b>Pen", "1", "Office", "prod_name", "Product name must not contain < or >"),
        ("Pen", "-5", "Office", "price", "Price must be a number"),
        ("Pen", "1e3", "Office", "price", "Price must be a number"),
        ("Pen", "1", "O", "category", "Category must be between 2 and 30 characters"),
    ] {
        let fields = [("prod_name", name), ("price", price), ("category", category)];
        let answer =
            boss.send_form(Method::POST, "/api/shop", &fields, Some(PNG)).await.expect(400);
        assert_eq!(answer["errors"], json!({field: said}));
    }
    let fields = [("prod_name", "Pen"), ("price", "1"), ("category", "Office")];
    let answer = boss.send_form(Method::POST, "/api/shop", &fields, None).await;
    assert_eq!(failure(&answer, 404), "Could not create new product");
    for no_picture in [&b"<svg onload=alert(1)>"[..], b"\x89PNG\r\n\x1a\nbroken"] {
        let answer = boss.send_form(Method::POST, "/api/shop", &fields, Some(no_picture)).await;
        assert_eq!(
            answer.expect(400)["errors"],
            json!({"imageUrl": "Image must be a PNG or JPEG file"})
        );
    }
    let categories = boss.api.get("/api/shop/category").await.expect(200);
    assert_eq!(categories["categories"], json!([]));
}

#[tokio::test]
async fn an_edit_changes_what_it_says_and_nothing_else() {
    for world in World::both().await {
        let boss = world.admin().await;
        let pen = boss.product("Pen", "10.5", "Office").await;
        let path = format!("/api/shop/{}", pen["_id"].as_str().unwrap());
        let fields = [("prod_name", "Blue pen")];
        let edited = boss.send_form(Method::PUT, &path, &fields, None).await.expect(200);
        assert_eq!(edited["product"]["prod_name"], "Blue pen");
        for same in ["_id", "price", "imageUrl", "category", "createdAt"] {
            assert_eq!(edited["product"][same], pen[same], "{same}");
        }
        boss.api.post("/api/shop/category", json!({"cat_name": "Gifts"})).await.expect(200);
        let moved =
            boss.api.put(&path, json!({"category": "Gifts", "price": "12"})).await.expect(200);
        assert_ne!(moved["product"]["category"], pen["category"]);
        assert_eq!(moved["product"]["price"], 12);
        for wrong in [
            json!({"price": "cheap"}),
            json!({"price": "-1"}),
            json!({"category": "Nowhere"}),
            json!({"prod_name": ""}),
        ] {
            let answer = boss.api.put(&path, wrong).await;
            assert_eq!(failure(&answer, 404), "Failed to update product");
        }
        for unknown in ["0123456789abcdef01234567", "1"] {
            let answer = boss.api.put(&format!("/api/shop/{unknown}"), json!({})).await;
            assert_eq!(failure(&answer, 404), "Failed to update product");
        }
    }
}

#[tokio::test]
async fn a_deleted_product_is_gone_from_lists_and_said_by_name() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10.5", "Office").await;
    let path = format!("/api/shop/{}", pen["_id"].as_str().unwrap());
    let answer = boss.api.delete(&path).await.expect(200);
    assert_eq!(answer, json!({"success": true, "message": "Pen was deleted"}));
    assert_eq!(boss.api.get("/api/shop/products").await.expect(200)["products"], json!([]));
    for gone in [path.as_str(), "/api/shop/1"] {
        assert_eq!(failure(&boss.api.delete(gone).await, 404), "Failed to delete product");
    }
    let categories = boss.api.get("/api/shop/category").await.expect(200);
    assert_eq!(categories["categories"][0]["products"], json!([]));
}

#[tokio::test]
async fn a_category_is_made_once_and_of_its_name_only() {
    for world in World::both().await {
        let boss = world.admin().await;
        let new =
            json!({"cat_name": "Books", "_id": "0123456789abcdef01234567", "products": ["x"]});
        let made = boss.api.post("/api/shop/category", &new).await.expect(200);
        assert_eq!(made["category"]["cat_name"], "Books");
        assert_eq!(made["category"]["products"], json!([]));
        assert_ne!(made["category"]["_id"], new["_id"]);
        assert_eq!(
            failure(&boss.api.post("/api/shop/category", &new).await, 400),
            "Category already exists"
        );
        boss.api.post("/api/shop/category", json!({"cat_name": "books"})).await.expect(200);
        for (name, said) in [
            (json!(""), "Category field is required"),
            (json!(null), "Category field is required"),
            (json!(7), "Category field is required"),
            (json!("B"), "Category must be between 2 and 30 characters"),
            (json!("B".repeat(31)), "Category must be between 2 and 30 characters"),
        ] {
            let answer = boss.api.post("/api/shop/category", json!({"cat_name": name})).await;
            assert_eq!(failure(&answer, 400), said);
        }
    }
}

#[tokio::test]
async fn customers_change_neither_products_nor_categories() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10.5", "Office").await;
    let ann = world.customer("Ann", "123456789").await;
    let path = format!("/api/shop/{}", pen["_id"].as_str().unwrap());
    let fields = [("prod_name", "Pen"), ("price", "1"), ("category", "Office")];
    for answer in [
        ann.send_form(Method::POST, "/api/shop", &fields, Some(PNG)).await,
        ann.api.put(&path, json!({"price": 1})).await,
        ann.api.delete(&path).await,
        ann.api.post("/api/shop/category", json!({"cat_name": "Mine"})).await,
    ] {
        assert_eq!(failure(&answer, 403), "You are not allowed to do this");
    }
}
