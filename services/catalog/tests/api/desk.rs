//! Products for those who look after them: lists, edits of many, copies, pictures, schedules; who may do what, and what the
//! audit log is told.

use std::time::Duration;

use emart_http::{Caller, Permission, Permissions, Role};
use serde_json::{Value, json};

use crate::{Shop, eur};

const PRODUCTS: &str = "/api/v1/catalog/desk/products";

impl Shop {
    /// The handles of a list for staff, all its pages.
    async fn desk(&self, query: &str) -> Vec<String> {
        let (mut handles, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("{PRODUCTS}?limit=2&{query}&cursor={cursor}");
            let page = self.staff.get(&path).await.expect(200);
            let items = page["items"].as_array().unwrap().iter();
            handles.extend(items.map(|item| item["handle"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return handles,
            }
        }
    }

    async fn named(&self, title: &str, change: impl FnOnce(&mut Value)) -> Value {
        self.product(|body| {
            body["title"] = json!(title);
            change(body);
        })
        .await
    }

    async fn bulk(&self, key: &str, products: Value) -> emart_testkit::Answer {
        let staff = self.staff.header("idempotency-key", key);
        staff.post(&format!("{PRODUCTS}/bulk"), json!({ "products": products })).await
    }

    /// What the audit log was told: action, label, before, after.
    pub(crate) async fn audited(&self) -> Vec<Value> {
        let db = self.host.databases().into_iter().find(|(name, _)| *name == "catalog").unwrap().1;
        let read = |tx: emart_store::Tx| async move {
            let sql = "SELECT event FROM outbox WHERE type = 'catalog.audited.v1' ORDER BY id";
            tx.all::<String>(sql, &[]).await
        };
        let events = db.read(read).await.unwrap();
        let data = |event: &String| serde_json::from_str::<Value>(event).unwrap()["data"].clone();
        events.iter().map(data).collect()
    }
}

#[tokio::test]
async fn staff_find_products_in_every_status_by_all_they_go_by() {
    for shop in Shop::both().await {
        let kitchen = shop.category("Kitchen", None).await;
        let mugs = shop.category("Mugs", Some(&kitchen)).await;
        shop.named("Tide Mug", |body| body["category_ids"] = json!([mugs["id"]])).await;
        shop.named("Ash Bowl", |body| {
            body["status"] = json!("draft");
            body["vendor"] = json!("Esche");
            body["tags"] = json!(["Wood"]);
            body["variants"][0]["sku"] = json!("AB-9");
            body["variants"][0]["on_hand"] = json!(0);
        })
        .await;
        shop.named("Zinc Tray", |body| body["status"] = json!("archived")).await;
        assert_eq!(shop.desk("").await, ["zinc-tray", "ash-bowl", "tide-mug"]);
        assert_eq!(shop.desk("sort=title").await, ["ash-bowl", "tide-mug", "zinc-tray"]);
        assert_eq!(shop.desk("status=draft").await, ["ash-bowl"]);
        assert_eq!(shop.desk("q=ab-9").await, ["ash-bowl"]);
        assert_eq!(shop.desk("q=esche+BOWL").await, ["ash-bowl"]);
        assert_eq!(shop.desk("q=esche+mug").await, Vec::<String>::new());
        assert_eq!(shop.desk("vendor=HALDE").await, ["zinc-tray", "tide-mug"]);
        assert_eq!(shop.desk("tag=wood").await, ["ash-bowl"]);
        assert_eq!(shop.desk("category=kitchen").await, ["tide-mug"]);
        assert_eq!(shop.desk("stock=out_of_stock").await, ["ash-bowl"]);
        shop.staff.get(&format!("{PRODUCTS}?category=none")).await.expect_problem(404, "not-found");
        let page = shop.staff.get(&format!("{PRODUCTS}?limit=1&sort=title")).await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let other = shop.staff.get(&format!("{PRODUCTS}?sort=newest&cursor={cursor}")).await;
        other.expect_problem(400, "bad-query");
    }
}

#[tokio::test]
async fn a_list_for_staff_is_in_order_after_every_change() {
    let shop = Shop::one().await;
    let one = shop.named("One", |_| ()).await;
    for title in ["Two", "Three"] {
        shop.named(title, |_| ()).await;
    }
    for sort in ["newest", "updated", "title", "price_asc", "price_desc"] {
        assert_eq!(shop.desk(&format!("sort={sort}")).await.len(), 3);
    }
    shop.clock.advance(Duration::from_secs(1));
    let edit = json!([{"id": one["id"], "title": "Zulu",
        "variants": [{"id": one["variants"][0]["id"], "price": eur(1)}]}]);
    assert_eq!(shop.bulk("k1", edit).await.expect(200)["changed"], 1);
    shop.named("Four", |_| ()).await;
    assert_eq!(shop.desk("sort=newest").await, ["four", "three", "two", "one"]);
    assert_eq!(shop.desk("sort=updated").await, ["four", "one", "three", "two"]);
    assert_eq!(shop.desk("sort=title").await, ["four", "three", "two", "one"]);
    assert_eq!(shop.desk("sort=price_asc").await[0], "one");
    assert_eq!(shop.desk("sort=price_desc").await[3], "one");
    let path = format!("/api/v1/catalog/products/{}", one["id"].as_str().unwrap());
    shop.staff.delete(&path).await.expect(204);
    assert_eq!(shop.desk("sort=title").await, ["four", "three", "two"]);
}

#[tokio::test]
async fn many_products_are_changed_at_once_each_whole_or_not_at_all() {
    for shop in Shop::both().await {
        let mug = shop.named("Mug", |_| ()).await;
        let bowl = shop.named("Bowl", |_| ()).await;
        let variant = |product: &Value, at: usize| product["variants"][at]["id"].clone();
        let edit = json!([
            {"id": mug["id"], "status": "draft", "add_tags": ["new"], "remove_tags": ["clay"], "variants": [
                {"id": variant(&mug, 0), "price": eur(900), "compare_at_price": eur(1000), "on_hand": 7},
                {"id": variant(&mug, 1), "clear_compare_at_price": true}]},
            {"id": bowl["id"], "title": "Dish", "variants": [{"id": variant(&bowl, 0), "price": eur(-1)}]},
            {"id": emart_catalog_api::ProductId::new(), "status": "draft"},
        ]);
        let result = shop.bulk("k1", edit.clone()).await.expect(200);
        assert_eq!((&result["changed"], &result["refused"]), (&json!(1), &json!(2)), "{result}");
        assert_eq!(result["rows"][1]["errors"][0]["pointer"], "/variants/0/price");
        let path = format!("{PRODUCTS}/{}", mug["id"].as_str().unwrap());
        let now = shop.staff.get(&path).await.expect(200);
        assert_eq!((&now["version"], &now["product"]["tags"]), (&json!(2), &json!(["new"])));
        assert_eq!(now["product"]["variants"][0]["price"], eur(900));
        assert_eq!(now["product"]["variants"][1]["compare_at_price"], Value::Null);
        let other = format!("{PRODUCTS}/{}", bowl["id"].as_str().unwrap());
        assert_eq!(shop.staff.get(&other).await.expect(200)["product"]["title"], "Bowl");
        let item =
            now["product"]["variants"][0]["stock_item_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(shop.warehouse.lock().unwrap().items[&item].on_hand, Some(7));
        // The same key again says the same and does nothing; another version is refused.
        assert_eq!(shop.bulk("k1", edit).await.expect(200), result);
        let stale = json!([{"id": mug["id"], "version": 1, "status": "active"}]);
        assert_eq!(shop.bulk("k2", stale.clone()).await.expect(200)["refused"], 1);
        let same = json!([{"id": mug["id"], "version": 2, "status": "draft"}]);
        assert_eq!(shop.bulk("k3", same).await.expect(200)["unchanged"], 1);
        shop.bulk("k1", stale).await.expect_problem(409, "idempotency-key-reused");
        shop.bulk("k4", json!([])).await.expect_problem(422, "invalid");
        let twice = json!([{"id": mug["id"]}, {"id": mug["id"]}]);
        shop.bulk("k5", twice).await.expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn an_edit_of_what_somebody_else_changed_is_told_what_there_is_now() {
    for shop in Shop::both().await {
        let mug = shop.named("Mug", |_| ()).await;
        let id = mug["id"].as_str().unwrap();
        let seen = shop.staff.get(&format!("{PRODUCTS}/{id}")).await;
        assert_eq!(seen.headers["etag"], "\"1\"");
        let mut product = seen.expect(200)["product"].clone();
        let path = format!("/api/v1/catalog/products/{id}");
        product["title"] = json!("First");
        shop.staff.header("if-match", "\"1\"").put(&path, &product).await.expect(200);
        product["title"] = json!("Second");
        let stale = shop.staff.header("if-match", "\"1\"").put(&path, &product).await;
        let problem = stale.expect_problem(412, "version-conflict");
        assert_eq!(
            (&problem["current"]["version"], &problem["current"]["product"]["title"]),
            (&json!(2), &json!("First"))
        );
        shop.staff.put(&path, &product).await.expect_problem(428, "version-required");
    }
}

#[tokio::test]
async fn a_copy_is_a_draft_with_stock_and_numbers_of_its_own() {
    for shop in Shop::both().await {
        let mug = shop.named("Mug", |_| ()).await;
        let path = format!("{PRODUCTS}/{}/duplicate", mug["id"].as_str().unwrap());
        let copy = shop.staff.post(&path, json!({})).await.expect(201);
        let product = &copy["product"];
        assert_eq!(
            (&product["title"], &product["status"]),
            (&json!("Copy of Mug"), &json!("draft"))
        );
        assert_eq!(product["variants"][0]["sku"], Value::Null);
        assert_eq!(product["variants"][0]["price"], mug["variants"][0]["price"]);
        assert_ne!(product["variants"][0]["stock_item_id"], mug["variants"][0]["stock_item_id"]);
    }
}

#[tokio::test]
async fn pictures_are_put_in_order_renamed_and_taken_away() {
    for shop in Shop::both().await {
        let mut ids = Vec::new();
        for width in [20, 30, 40] {
            let file = crate::media::picture(width, 10, image::ImageFormat::Png);
            let image = shop.as_staff(shop.catalog.create_image("", file.into())).await.unwrap();
            ids.push(image.id.to_string());
        }
        let mug = shop.named("Mug", |body| {
            body["image_ids"] = json!(ids);
            body["variants"][0]["image_id"] = json!(ids[2]);
        });
        let mug = mug.await;
        let path = format!("{PRODUCTS}/{}/media", mug["id"].as_str().unwrap());
        let body = json!({"images": [{"id": ids[2], "alt": "<b>From \"above\"</b>"}, {"id": ids[0], "alt": ""}]});
        let put = shop.staff.header("if-match", "\"1\"").put(&path, &body).await.expect(200);
        let images = put["images"].as_array().unwrap();
        assert_eq!((images.len(), &images[0]["alt"]), (2, &json!("<b>From \"above\"</b>")));
        assert_eq!(images[1]["id"], ids[0].as_str());
        assert_eq!(put["product"]["variants"][0]["image_id"], images[0]["id"]);
        shop.staff
            .header("if-match", "\"1\"")
            .put(&path, &body)
            .await
            .expect_problem(412, "version-conflict");
        let bad = json!({"images": [{"id": emart_catalog_api::ImageId::new(), "alt": ""}]});
        shop.staff
            .header("if-match", "\"2\"")
            .put(&path, &bad)
            .await
            .expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn a_product_goes_on_sale_and_comes_off_it_by_itself() {
    for shop in Shop::both().await {
        let shop = shop.restarted().await;
        let mug = shop.named("Mug", |body| {
            body["status"] = json!("draft");
            body["publish_at"] = json!("2026-11-23T13:00:00Z");
            body["unpublish_at"] = json!("2026-11-23T14:00:00Z");
        });
        let mug = mug.await;
        let path = format!("/api/v1/catalog/products/{}", mug["id"].as_str().unwrap());
        for (wait, status) in [(3600, 200), (3600, 404)] {
            shop.clock.advance(Duration::from_secs(wait));
            while shop.guest.get(&path).await.status != status {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        let audited = shop.audited().await;
        let last = audited.last().unwrap();
        assert_eq!(
            (&last["after"]["status"], &last["after"]["unpublish_at"]),
            (&json!("draft"), &Value::Null)
        );
        shop.staff
            .post("/api/v1/catalog/products", {
                let mut body = crate::mug();
                body["publish_at"] = json!("2026-11-23T13:00:00Z");
                body
            })
            .await
            .expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn who_may_only_look_changes_nothing_and_who_may_do_neither_sees_no_drafts() {
    let shop = Shop::one().await;
    let mug = shop.named("Mug", |body| body["status"] = json!("draft")).await;
    let staff =
        |permissions| shop.guest.by(Caller::person(Role::Staff, "usr_1").allowed(permissions));
    let looks = staff(Permissions::NONE.with(Permission::ProductsRead));
    let none = staff(Permissions::NONE.with(Permission::OrdersWrite));
    let id = mug["id"].as_str().unwrap();
    for path in [
        PRODUCTS,
        &format!("{PRODUCTS}/{id}"),
        "/api/v1/catalog/collections?all=true",
        "/api/v1/catalog/products?status=draft",
        "/api/v1/catalog/exports/products.csv",
    ] {
        assert_eq!(looks.get(path).await.status, 200, "{path}");
        none.get(path).await.expect_problem(403, "forbidden");
        shop.guest.get(path).await.expect_problem(401, "unauthorized");
    }
    none.get(&format!("/api/v1/catalog/products/{id}")).await.expect_problem(404, "not-found");
    let looks = looks.header("idempotency-key", "k").header("if-match", "\"1\"");
    let body = crate::mug();
    looks.post("/api/v1/catalog/products", &body).await.expect_problem(403, "forbidden");
    looks
        .put(&format!("/api/v1/catalog/products/{id}"), &body)
        .await
        .expect_problem(403, "forbidden");
    looks.delete(&format!("/api/v1/catalog/products/{id}")).await.expect_problem(403, "forbidden");
    looks
        .post(&format!("{PRODUCTS}/bulk"), json!({"products": []}))
        .await
        .expect_problem(403, "forbidden");
    looks
        .post(&format!("{PRODUCTS}/{id}/duplicate"), json!({}))
        .await
        .expect_problem(403, "forbidden");
    looks
        .post("/api/v1/catalog/collections", json!({"title": "x"}))
        .await
        .expect_problem(403, "forbidden");
    // Counts are stock: who may write products alone says nothing of them.
    let writes = staff(Permissions::NONE.with(Permission::ProductsWrite));
    writes.post("/api/v1/catalog/products", &body).await.expect_problem(403, "forbidden");
    let edit = json!({"products": [{"id": id, "variants": [{"id": mug["variants"][0]["id"], "on_hand": 1}]}]});
    let writes = writes.header("idempotency-key", "k");
    writes.post(&format!("{PRODUCTS}/bulk"), edit).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn the_audit_log_is_told_what_changed_and_nothing_else() {
    for shop in Shop::both().await {
        let mug = shop.named("Mug", |_| ()).await;
        let edit = json!([{"id": mug["id"], "variants": [{"id": mug["variants"][0]["id"], "price": eur(5)}]}]);
        shop.bulk("k1", edit).await.expect(200);
        let path = format!("/api/v1/catalog/products/{}", mug["id"].as_str().unwrap());
        shop.staff.delete(&path).await.expect(204);
        let audited = shop.audited().await;
        let said: Vec<_> = audited.iter().map(|r| r["action"].as_str().unwrap()).collect();
        assert_eq!(said, ["product.created", "product.updated", "product.deleted"]);
        assert_eq!(
            (&audited[1]["before"], &audited[1]["after"]),
            (&json!({"S: price": 1490}), &json!({"S: price": 5}))
        );
        assert_eq!(
            (&audited[1]["actor"], &audited[1]["label"]),
            (&json!("usr_staff"), &json!("Mug"))
        );
    }
}

#[tokio::test]
async fn scripts_in_texts_are_kept_as_texts_and_never_as_markup() {
    let shop = Shop::one().await;
    let nasty = "<script>alert(1)</script>";
    let mug = shop.named(nasty, |body| {
        body["description_html"] = json!(format!(
            "<p onclick=\"x()\">a</p>{nasty}<a href=\"javascript:x()\">b</a><svg onload=x()></svg>"
        ));
        body["vendor"] = json!(nasty);
        body["tags"] = json!([nasty]);
    });
    let mug = mug.await;
    assert_eq!((&mug["title"], &mug["vendor"]), (&json!(nasty), &json!(nasty)));
    let html = mug["description_html"].as_str().unwrap();
    for gone in ["script", "onclick", "onload", "javascript", "svg"] {
        assert!(!html.contains(gone), "{html}");
    }
    let collection = json!({"title": nasty, "description_html": nasty});
    let made = shop.staff.post("/api/v1/catalog/collections", collection).await.expect(201);
    assert_eq!((&made["title"], &made["description_html"]), (&json!(nasty), &json!("")));
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let sent = shop.staff.raw(
        http::Method::POST,
        "/api/v1/catalog/media",
        Some("image/svg+xml"),
        svg.into(),
    );
    sent.await.expect_problem(415, "not-a-picture");
}
