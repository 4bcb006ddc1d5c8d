//! Stock: told to `inventory` without fail, heard from it at once.

use serde_json::json;

use crate::{Shop, eur};

#[tokio::test]
async fn what_inventory_says_is_seen_at_once_and_remembered() {
    for shop in Shop::both().await {
        let made = shop.product(|_| {}).await;
        let path = format!("/api/v1/catalog/products/{}", made["id"].as_str().unwrap());
        shop.stock(&made["variants"][0]["stock_item_id"], 0).await;
        let sold_out = shop.guest.get(&path).await.expect(200);
        assert_eq!(
            (&sold_out["in_stock"], &sold_out["variants"][0]["available"]),
            (&json!(false), &json!(0))
        );
        let page = shop.guest.get("/api/v1/catalog/products").await.expect(200);
        assert_eq!(page["items"][0]["in_stock"], false);
        shop.stock(&made["variants"][1]["stock_item_id"], 7).await;
        let shop = shop.restarted().await;
        let back = shop.guest.get(&path).await.expect(200);
        assert_eq!(
            (&back["in_stock"], &back["variants"][1]["available"]),
            (&json!(true), &json!(7))
        );
        let variant = made["variants"][1]["id"].as_str().unwrap().parse().unwrap();
        let infos = shop.catalog.variants(&[variant]).await.unwrap();
        assert_eq!((infos[0].available, infos[0].variant_title.as_str()), (Some(7), "L"));
    }
}

#[tokio::test]
async fn what_is_not_counted_or_sold_on_order_is_always_there() {
    let shop = Shop::one().await;
    let made = shop
        .product(|body| {
            body["variants"] = json!([
                {"option_values": ["A"], "price": eur(1), "track_stock": false},
                {"option_values": ["B"], "price": eur(1), "sell_when_out": true},
            ]);
        })
        .await;
    for variant in made["variants"].as_array().unwrap() {
        assert_eq!((&variant["in_stock"], &variant["available"]), (&json!(true), &json!(null)));
    }
}

#[tokio::test]
async fn what_inventory_could_not_be_told_it_is_told_later() {
    for shop in Shop::both().await {
        shop.warehouse.lock().unwrap().closed = true;
        shop.product(|_| {}).await;
        assert_eq!(shop.warehouse.lock().unwrap().items.len(), 0);
        shop.warehouse.lock().unwrap().closed = false;
        // The next write tells what is left over, as does the next start.
        let shop = shop.restarted().await;
        shop.product(|_| {}).await;
        assert_eq!(shop.warehouse.lock().unwrap().items.len(), 4);
    }
}

#[tokio::test]
async fn variants_can_share_their_stock() {
    for shop in Shop::both().await {
        let made = shop.product(|_| {}).await;
        let item = made["variants"][0]["stock_item_id"].clone();
        let set = shop
            .product(|body| {
                body["title"] = json!("Set");
                body["options"] = json!([]);
                body["variants"] = json!([{"price": eur(9), "stock_item_id": item}]);
            })
            .await;
        assert_eq!(set["variants"][0]["available"], 3);
        shop.stock(&item, 1).await;
        for handle in ["tide-mug", "set"] {
            let product = shop.guest.get(&format!("/api/v1/catalog/products/{handle}")).await;
            assert_eq!(product.expect(200)["variants"][0]["available"], 1, "{handle}");
        }
        let mut unknown = crate::mug();
        unknown["variants"][0]["stock_item_id"] = json!("stk_0123456789abcdefghjkmnpqrs");
        let problem = shop.staff.post("/api/v1/catalog/products", &unknown).await;
        problem.expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn unknown_variants_are_left_out_and_too_many_refused() {
    let shop = Shop::one().await;
    let id = emart_catalog_api::VariantId::new();
    assert!(shop.catalog.variants(std::slice::from_ref(&id)).await.unwrap().is_empty());
    assert!(shop.catalog.variants(&[]).await.unwrap().is_empty());
    let many = vec![id; 501];
    assert!(shop.catalog.variants(&many).await.unwrap_err().is("bad-query"));
}
