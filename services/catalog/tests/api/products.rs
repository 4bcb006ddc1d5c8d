//! Products: what staff write, shoppers read at once.

use serde_json::{Value, json};

use crate::{Shop, eur, mug};

pub(crate) const PRODUCTS: &str = "/api/v1/catalog/products";

pub(crate) fn path(product: &Value) -> String {
    format!("{PRODUCTS}/{}", product["id"].as_str().unwrap())
}

/// A product as it would be sent to replace it.
pub(crate) fn as_put(product: &Value) -> Value {
    let variant = |v: &Value| {
        json!({"id": v["id"], "option_values": v["option_values"], "price": v["price"], "sku": v["sku"],
            "compare_at_price": v["compare_at_price"]})
    };
    let names = product["options"].as_array().unwrap().iter().map(|option| &option["name"]);
    json!({
        "handle": product["handle"], "title": product["title"], "status": product["status"],
        "description_html": product["description_html"], "options": names.collect::<Vec<_>>(),
        "variants": product["variants"].as_array().unwrap().iter().map(variant).collect::<Vec<_>>(),
    })
}

#[tokio::test]
async fn a_new_product_is_there_as_soon_as_it_is_answered() {
    for shop in Shop::both().await {
        let made = shop.product(|_| {}).await;
        assert_eq!(made["handle"], "tide-mug");
        assert_eq!(made["description_html"], "<p>Holds <b>tea</b>.</p>");
        assert_eq!(made["options"], json!([{"name": "Size", "values": ["S", "L"]}]));
        assert_eq!(made["in_stock"], true);
        assert_eq!(made["variants"][0]["available"], 3);
        assert_eq!(made["variants"][1]["in_stock"], false);
        for key in [&made["id"], &made["handle"]] {
            let found = shop.guest.get(&format!("{PRODUCTS}/{}", key.as_str().unwrap())).await;
            assert_eq!(found.expect(200), made);
        }
        let page = shop.guest.get(PRODUCTS).await.expect(200);
        assert_eq!(page["next_cursor"], Value::Null);
        let card = &page["items"][0];
        assert_eq!((&card["price_from"], &card["price_to"]), (&eur(1490), &eur(1990)));
        assert_eq!((&card["variant_count"], &card["only_variant_id"]), (&json!(2), &Value::Null));
        let told = shop.warehouse.lock().unwrap().items.len();
        assert_eq!(told, 2);
        let shop = shop.restarted().await;
        assert_eq!(shop.guest.get(&path(&made)).await.expect(200), made);
    }
}

#[tokio::test]
async fn a_draft_is_seen_by_staff_alone() {
    for shop in Shop::both().await {
        let draft = shop.product(|body| body["status"] = json!("draft")).await;
        shop.guest.get(&path(&draft)).await.expect_problem(404, "not-found");
        shop.staff.get(&path(&draft)).await.expect(200);
        assert!(shop.handles("").await.is_empty());
        let drafts = "/api/v1/catalog/products?status=draft";
        assert_eq!(shop.staff.get(drafts).await.expect(200)["items"][0]["id"], draft["id"]);
        shop.guest.get(drafts).await.expect_problem(401, "unauthorized");
        shop.guest.customer("usr_1").get(drafts).await.expect_problem(403, "forbidden");
        let variant = draft["variants"][0]["id"].as_str().unwrap().parse().unwrap();
        let infos = shop.catalog.variants(&[variant]).await.unwrap();
        assert!(!infos[0].for_sale);
    }
}

#[tokio::test]
async fn what_nobody_changed_is_not_sent_again() {
    let shop = Shop::one().await;
    let made = shop.product(|_| {}).await;
    let first = shop.guest.get(&path(&made)).await;
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    let again = shop.guest.header("if-none-match", &etag).get(&path(&made)).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    shop.stock(&made["variants"][0]["stock_item_id"], 2).await;
    let changed = shop.guest.header("if-none-match", &etag).get(&path(&made)).await;
    assert_eq!(changed.expect(200)["variants"][0]["available"], 2);
}

#[tokio::test]
async fn replacing_needs_the_version_one_has_read_and_sales_do_not_change_it() {
    for shop in Shop::both().await {
        let made = shop.product(|_| {}).await;
        let etag = shop.guest.get(&path(&made)).await.headers["etag"].to_str().unwrap().to_owned();
        let mut body = as_put(&made);
        body["title"] = json!("Tide Mug, new");
        shop.staff.put(&path(&made), &body).await.expect_problem(428, "version-required");
        shop.stock(&made["variants"][0]["stock_item_id"], 1).await;
        let editor = shop.staff.header("if-match", &etag);
        let changed = editor.put(&path(&made), &body).await.expect(200);
        assert_eq!((&changed["title"], &changed["version"]), (&json!("Tide Mug, new"), &json!(2)));
        assert_eq!(changed["variants"][0]["id"], made["variants"][0]["id"]);
        assert_eq!(changed["variants"][0]["available"], 1);
        editor.put(&path(&made), &body).await.expect_problem(412, "version-conflict");
        assert_eq!(shop.guest.get(&path(&made)).await.expect(200), changed);
    }
}

#[tokio::test]
async fn of_many_who_change_the_same_version_one_succeeds() {
    for shop in Shop::both().await {
        let made = shop.product(|_| {}).await;
        let editor = shop.staff.header("if-match", "\"1\"");
        let tries = (0..8).map(|n| {
            let (editor, mut body) = (editor.clone(), as_put(&made));
            body["title"] = json!(format!("Title {n}"));
            let path = path(&made);
            async move { editor.put(&path, &body).await.status }
        });
        let statuses = futures_util::future::join_all(tries).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 412].contains(status)));
    }
}

#[tokio::test]
async fn a_former_handle_still_leads_to_the_product() {
    for shop in Shop::both().await {
        let made = shop.product(|_| {}).await;
        let mut body = as_put(&made);
        body["handle"] = json!("wave-mug");
        shop.staff.header("if-match", "\"1\"").put(&path(&made), &body).await.expect(200);
        let shop = shop.restarted().await;
        for handle in ["tide-mug", "wave-mug"] {
            let found = shop.guest.get(&format!("{PRODUCTS}/{handle}")).await.expect(200);
            assert_eq!(found["handle"], "wave-mug");
        }
        let other = shop.product(|_| {}).await;
        assert_eq!(other["handle"], "tide-mug");
        assert_eq!(shop.guest.get(&format!("{PRODUCTS}/tide-mug")).await.expect(200), other);
    }
}

#[tokio::test]
async fn a_handle_is_one_product_s() {
    for shop in Shop::both().await {
        shop.product(|_| {}).await;
        assert_eq!(shop.product(|_| {}).await["handle"], "tide-mug-2");
        let mut body = mug();
        body["handle"] = json!("tide-mug");
        shop.staff.post(PRODUCTS, &body).await.expect_problem(409, "handle-taken");
        let other = shop.product(|body| body["title"] = json!("Other")).await;
        let editor = shop.staff.header("if-match", "*");
        editor.put(&path(&other), &body).await.expect_problem(409, "handle-taken");
        assert_eq!(shop.handles("").await, ["other", "tide-mug-2", "tide-mug"]);
    }
}

#[tokio::test]
async fn a_deleted_product_is_gone_and_its_variants_with_it() {
    for shop in Shop::both().await {
        let made = shop.product(|_| {}).await;
        assert_eq!(shop.staff.delete(&path(&made)).await.status, 204);
        shop.staff.get(&path(&made)).await.expect_problem(404, "not-found");
        shop.staff.delete(&path(&made)).await.expect_problem(404, "not-found");
        let variant = made["variants"][0]["id"].as_str().unwrap().parse().unwrap();
        assert!(shop.catalog.variants(&[variant]).await.unwrap().is_empty());
        assert!(shop.handles("").await.is_empty());
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_pointed_at_at_once() {
    let shop = Shop::one().await;
    let body = json!({
        "handle": "Not A Handle", "title": " ", "vendor": "x".repeat(256), "tags": ["a,b", ""],
        "options": ["Size", "size"],
        "variants": [
            {"option_values": ["S"], "price": eur(-1)},
            {"option_values": ["S", ""], "price": {"amount_minor": 1, "currency": "USD"}, "barcode": "9".repeat(65),
                "weight_grams": 1_000_000_001_u32, "on_hand": 9_000_000_000_i64},
            {"option_values": ["s", ""], "price": eur(1), "id": "var_0123456789abcdefghjkmnpqrs"},
        ],
        "image_ids": ["img_0123456789abcdefghjkmnpqrs"], "category_ids": ["cat_0123456789abcdefghjkmnpqrs"],
        "seo": {"title": "x".repeat(201), "description": "a\u{7}b"},
    });
    let problem = shop.staff.post(PRODUCTS, &body).await.expect_problem(422, "invalid");
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    for pointer in [
        "/handle",
        "/title",
        "/vendor",
        "/tags/0",
        "/tags/1",
        "/options/1",
        "/variants/0/option_values",
        "/variants/0/price/amount_minor",
        "/variants/1/option_values/1",
        "/variants/1/price/currency",
        "/variants/1/barcode",
        "/variants/1/weight_grams",
        "/variants/1/on_hand",
        "/variants/2/option_values",
        "/variants/2/id",
        "/image_ids/0",
        "/category_ids/0",
        "/seo/title",
        "/seo/description",
    ] {
        assert!(pointers.contains(&pointer), "{pointer} is not among {pointers:?}");
    }
    assert!(shop.handles("").await.is_empty());
}

#[tokio::test]
async fn only_staff_write() {
    let shop = Shop::one().await;
    let made = shop.product(|_| {}).await;
    let customer = shop.guest.customer("usr_1");
    for (api, status) in [(&shop.guest, 401), (&customer, 403)] {
        assert_eq!(api.post(PRODUCTS, mug()).await.status, status);
        assert_eq!(api.header("if-match", "*").put(&path(&made), mug()).await.status, status);
        assert_eq!(api.delete(&path(&made)).await.status, status);
        assert_eq!(
            api.post("/api/v1/catalog/categories", json!({"name": "X"})).await.status,
            status
        );
        assert_eq!(api.get("/api/v1/catalog/exports/products.csv").await.status, status);
        assert_eq!(api.post("/api/v1/catalog/imports", "").await.status, status);
        assert_eq!(api.post("/api/v1/catalog/media", "").await.status, status);
    }
}

#[tokio::test]
async fn every_order_can_be_paged_through_without_loss_or_repetition() {
    for shop in Shop::both().await {
        let prices = [500, 300, 300, 900, 100, 300, 700];
        for (n, price) in prices.iter().enumerate() {
            shop.product(|body| {
                body["title"] = json!(["b", "A", "c", "a", "B", "d", "C"][n]);
                body["handle"] = json!(format!("p{n}"));
                body["options"] = json!([]);
                body["variants"] = json!([{"price": eur(*price)}]);
            })
            .await;
        }
        for (sort, wanted) in [
            ("newest", "p6 p5 p4 p3 p2 p1 p0"),
            ("relevance", "p6 p5 p4 p3 p2 p1 p0"),
            ("price_asc", "p4 p1 p2 p5 p0 p6 p3"),
            ("price_desc", "p3 p6 p0 p1 p2 p5 p4"),
            ("title", "p1 p3 p0 p4 p2 p6 p5"),
        ] {
            let mut all = Vec::new();
            let mut query = format!("sort={sort}&limit=3");
            loop {
                all.extend(shop.handles(&query).await);
                let page = shop.guest.get(&format!("{PRODUCTS}?{query}")).await.expect(200);
                let Some(cursor) = page["next_cursor"].as_str() else { break };
                query = format!("sort={sort}&limit=3&cursor={cursor}");
            }
            assert_eq!(all.join(" "), wanted, "{sort}");
        }
    }
}

#[tokio::test]
async fn queries_that_will_not_do_are_refused() {
    let shop = Shop::one().await;
    shop.product(|_| {}).await;
    shop.product(|_| {}).await;
    let page = shop.guest.get(&format!("{PRODUCTS}?limit=1")).await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    for (query, status, slug) in [
        ("limit=0".to_owned(), 400, "bad-query"),
        ("limit=101".to_owned(), 400, "bad-query"),
        ("limit=x".to_owned(), 400, "bad-query"),
        ("sort=colour".to_owned(), 400, "bad-query"),
        ("cursor=@@".to_owned(), 400, "bad-cursor"),
        (format!("sort=title&cursor={cursor}"), 400, "bad-query"),
        ("category=nowhere".to_owned(), 404, "not-found"),
    ] {
        shop.guest.get(&format!("{PRODUCTS}?{query}")).await.expect_problem(status, slug);
    }
    shop.guest.get(&format!("{PRODUCTS}/prd_nonsense")).await.expect_problem(404, "not-found");
    shop.staff.delete(&format!("{PRODUCTS}/tide-mug")).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn the_gateway_may_keep_what_everyone_sees_and_nothing_that_staff_see() {
    let shop = &Shop::both().await[0];
    let product = shop.product(|_| {}).await;
    for path in [path(&product), PRODUCTS.to_owned()] {
        let seen = shop.guest.get(&path).await;
        assert_eq!(seen.headers["emart-cache-control"], "max-age=1, stale-if-error=86400");
        assert_eq!(seen.headers["cache-control"], "no-cache", "others ask each time");
        let staff = shop.staff.get(&path).await;
        assert!(!staff.headers.contains_key("emart-cache-control"), "{path}");
    }
}
