//! Search and suggestions over HTTP.

use serde_json::{Value, json};

use crate::{Shop, eur};

const PRODUCTS: &str = "\
Handle,Title,Body (HTML),Vendor,Tags,Status,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty
tee,Linen Tee,<p>Soft <b>linen</b> &amp; light.</p>,Halde,summer,active,Size,M,T-M,19.00,shopify,3
tee,,,,,,,L,T-L,21.00,shopify,0
lamp,Desk Lamp,<p>Steel.</p>,Nordlys,office,active,Title,Default Title,L-1,80.00,shopify,2
secret,Secret Lamp,,Nordlys,,draft,Title,Default Title,L-2,70.00,shopify,2
";

/// A shop that sells two products and is working on a third.
async fn shop() -> Shop {
    let shop = Shop::one().await;
    let path = "/api/v1/catalog/imports?images=false";
    shop.staff.raw(http::Method::POST, path, Some("text/csv"), PRODUCTS.into()).await.expect(200);
    shop
}

async fn handles(shop: &Shop, query: &str) -> Vec<String> {
    let found = shop.guest.get(&format!("/api/v1/catalog/search?{query}")).await.expect(200);
    assert_eq!(found["total"], found["items"].as_array().unwrap().len());
    let hits = found["items"].as_array().unwrap().iter();
    hits.map(|hit| hit["product"]["handle"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_was_imported_is_found_with_its_marks_and_facets() {
    let shop = shop().await;
    let found = shop.guest.get("/api/v1/catalog/search?q=linnen%20tee").await.expect(200);
    let hit = &found["items"][0];
    assert_eq!(hit["product"]["handle"], "tee");
    let marks = json!([
        {"text": "Linen", "hit": true}, {"text": " ", "hit": false}, {"text": "Tee", "hit": true},
    ]);
    assert_eq!(hit["title"], marks);
    assert_eq!(hit["snippet"][1], json!({"text": "linen", "hit": true}));
    assert_eq!(hit["snippet"][2], json!({"text": " & light.", "hit": false}));
    assert_eq!((&found["total"], &found["next_cursor"]), (&json!(1), &Value::Null));
    assert_eq!(found["corrected"], "linen tee");
    assert_eq!(found["price_range"], json!([eur(1900), eur(2100)]));
    let facets = found["facets"].as_array().unwrap();
    let parameters: Vec<&str> =
        facets.iter().map(|facet| facet["parameter"].as_str().unwrap()).collect();
    assert_eq!(parameters, ["vendor", "price", "in_stock", "option.Size"]);
    let sizes = json!([
        {"value": "M", "label": "M", "count": 1, "selected": false},
        {"value": "L", "label": "L", "count": 1, "selected": false},
    ]);
    assert_eq!(facets[3]["values"], sizes);
}

#[tokio::test]
async fn filters_narrow_and_drafts_are_never_found() {
    let shop = shop().await;
    assert_eq!(handles(&shop, "q=lamp").await, ["lamp"]);
    assert_eq!(handles(&shop, "sort=price_asc").await, ["tee", "lamp"]);
    assert_eq!(handles(&shop, "option.Size=L").await, ["tee"]);
    assert!(handles(&shop, "option.Size=L&in_stock=true").await.is_empty());
    assert_eq!(handles(&shop, "q=&vendor=Nordlys&vendor=Halde&price_max=5000").await, ["tee"]);
    assert_eq!(handles(&shop, "q=L-1").await, ["lamp"]);
    let first = shop.catalog.search("limit=1&sort=title").await.unwrap();
    assert_eq!((first.items[0].product.handle.as_str(), first.total), ("lamp", 2));
    let next = format!("limit=1&sort=title&cursor={}", first.next_cursor.unwrap());
    let second = shop.catalog.search(&next).await.unwrap();
    assert_eq!((second.items[0].product.handle.as_str(), second.next_cursor), ("tee", None));
}

#[tokio::test]
async fn suggestions_propose_products_and_words() {
    let shop = shop().await;
    let proposed = shop.catalog.suggestions("q=li").await.unwrap();
    assert_eq!(proposed.products[0].handle, "tee");
    assert!(proposed.products[0].title[0].hit);
    assert_eq!(proposed.queries, ["linen"]);
    assert!(shop.catalog.suggestions("q=").await.unwrap().products.is_empty());
    assert!(shop.catalog.suggestions("q=secre").await.unwrap().products.is_empty());
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_gets_a_problem_and_any_text_an_answer() {
    let shop = Shop::one().await;
    let long = "x".repeat(201);
    for query in [
        "limit=0",
        "sort=up",
        "price_min=-1",
        "price=1",
        "cursor=x",
        "in_stock=1",
        "q=%00",
        &format!("q={long}"),
    ] {
        let answer = shop.guest.get(&format!("/api/v1/catalog/search?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
    shop.guest
        .get(&format!("/api/v1/catalog/suggestions?q={long}"))
        .await
        .expect_problem(400, "bad-query");
    for q in ["%22", "title%3Ax", "%F0%9F%8E%89", "a+AND+(b", "%E2%80%AE", "*", "%07"] {
        shop.guest.get(&format!("/api/v1/catalog/search?q={q}")).await.expect(200);
        shop.guest.get(&format!("/api/v1/catalog/suggestions?q={q}")).await.expect(200);
    }
}

#[tokio::test]
async fn after_a_restart_all_is_found_again() {
    let shop = shop().await.restarted().await;
    assert_eq!(handles(&shop, "q=lamp").await, ["lamp"]);
    assert_eq!(handles(&shop, "").await.len(), 2);
}
