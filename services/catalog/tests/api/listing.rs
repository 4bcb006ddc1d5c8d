//! Everything that is sold at once, and the small changes of a product.

use serde_json::{Value, json};

use crate::{Shop, eur};

async fn listing(shop: &Shop, etag: &str) -> Value {
    shop.guest.get(&format!("/internal/catalog/listing?etag={etag}")).await.expect(200)
}

#[tokio::test]
async fn the_listing_is_told_again_only_when_it_has_changed() {
    for shop in Shop::both().await {
        let made = shop.product(|_| {}).await;
        let first = listing(&shop, "").await;
        let listed = &first["products"][0];
        assert_eq!((&listed["id"], &listed["title"]), (&made["id"], &made["title"]));
        assert_eq!(listed["variants"][0]["price"], made["variants"][0]["price"]);
        let etag = first["etag"].as_str().unwrap();
        assert_eq!(listing(&shop, etag).await, Value::Null);
        let path = format!("/internal/catalog/products/{}", made["id"].as_str().unwrap());
        let price = json!([made["variants"][1]["id"], eur(777)]);
        let patch = json!({"title": "Ebb mug", "price": price});
        let patched = shop.staff.patch(&path, &patch).await.expect(200);
        assert_eq!((&patched["title"], &patched["handle"]), (&json!("Ebb mug"), &made["handle"]));
        assert_eq!(patched["variants"][1]["price"], eur(777));
        assert_eq!(patched["variants"][0], made["variants"][0], "nothing else is touched");
        assert_eq!(listing(&shop, etag).await["products"][0]["title"], "Ebb mug");
        assert_eq!(shop.guest.patch(&path, &patch).await.status, 401);
        for wrong in [
            json!({"title": ""}),
            json!({"price": [made["variants"][0]["id"], eur(-1)]}),
            json!({"category_id": "cat_00000000000000000000000000"}),
            json!({"image_id": "img_00000000000000000000000000"}),
        ] {
            shop.staff.patch(&path, wrong).await.expect_problem(422, "invalid");
        }
    }
}
