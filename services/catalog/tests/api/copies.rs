//! Two copies of the service on one server: what one does, the other shows a moment later.

use std::time::{Duration, Instant};

use http::Method;
use image::ImageFormat;
use serde_json::{Value, json};

use crate::media::picture;
use crate::products::{PRODUCTS, as_put, path};
use crate::{Shop, eur, mug};

/// Longer than any machine is held up; a copy follows within a fifth of a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until it is so.
pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "{what}: not yet");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

impl Shop {
    /// Waits until a guest reads this.
    async fn shows(&self, path: &str, is_so: impl Fn(&Value) -> bool) {
        until(path, async || {
            let answer = self.guest.get(path).await;
            answer.status == 200 && is_so(&answer.expect(200))
        })
        .await;
    }

    /// Waits until there is no such page.
    async fn lacks(&self, path: &str) {
        until(path, async || self.guest.get(path).await.status == 404).await;
    }

    async fn replace(&self, product: &Value, change: impl FnOnce(&mut Value)) -> Value {
        let mut body = as_put(product);
        change(&mut body);
        let editor = self.staff.header("if-match", &format!("\"{}\"", product["version"]));
        editor.put(&path(product), &body).await.expect(200)
    }
}

#[tokio::test]
async fn a_product_that_one_copy_made_is_found_in_the_other() {
    let [a, b] = Shop::twice().await;
    let made = a.product(|_| {}).await;
    b.shows(&path(&made), |seen| *seen == made).await;
    b.shows(&format!("{PRODUCTS}/tide-mug"), |seen| *seen == made).await;
    assert_eq!(b.handles("").await, ["tide-mug"]);
    let search = "/api/v1/catalog/search?q=tide";
    b.shows(search, |found| found["items"][0]["product"]["id"] == made["id"]).await;
    let variant = made["variants"][0]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(b.catalog.variants(&[variant]).await.unwrap()[0].available, Some(3));
}

#[tokio::test]
async fn a_product_that_one_copy_changed_and_deleted_is_so_in_the_other() {
    let [a, b] = Shop::twice().await;
    let made = a.product(|_| {}).await;
    b.shows(&path(&made), |seen| *seen == made).await;
    // Twice before the other copy looks, or not: both former handles lead there.
    let cheaper = a.replace(&made, |body| body["handle"] = json!("wave-mug")).await;
    let cheaper = a
        .replace(&cheaper, |body| {
            body["handle"] = json!("surf-mug");
            body["variants"][0]["price"] = eur(99);
        })
        .await;
    for handle in ["surf-mug", "wave-mug", "tide-mug"] {
        b.shows(&format!("{PRODUCTS}/{handle}"), |seen| *seen == cheaper).await;
    }
    let search = "/api/v1/catalog/search?q=tide&price_max=100";
    b.shows(search, |found| found["total"] == 1).await;
    assert_eq!(b.staff.delete(&path(&made)).await.status, 204);
    a.lacks(&path(&made)).await;
    a.lacks(&format!("{PRODUCTS}/wave-mug")).await;
    a.shows("/api/v1/catalog/search?q=tide", |found| found["total"] == 0).await;
    assert!(a.handles("").await.is_empty());
    // A new one may have the handle, and the first copy's snapshot knows whose it is.
    let other = b.product(|_| {}).await;
    a.shows(&format!("{PRODUCTS}/tide-mug"), |seen| *seen == other).await;
}

#[tokio::test]
async fn handles_that_changed_places_lead_to_the_same_products_in_both_copies() {
    let [a, b] = Shop::twice().await;
    let (one, two) = (a.product(|_| {}).await, a.product(|_| {}).await);
    b.shows(&path(&two), |seen| *seen == two).await;
    let one = a.replace(&one, |body| body["handle"] = json!("between")).await;
    let two = a.replace(&two, |body| body["handle"] = json!("tide-mug")).await;
    let one = a.replace(&one, |body| body["handle"] = json!("tide-mug-2")).await;
    for (handle, product) in [("tide-mug", &two), ("tide-mug-2", &one), ("between", &one)] {
        for copy in [&a, &b] {
            copy.shows(&format!("{PRODUCTS}/{handle}"), |seen| seen == product).await;
        }
    }
}

#[tokio::test]
async fn a_category_that_one_copy_renamed_moved_or_deleted_is_so_in_the_other() {
    let [a, b] = Shop::twice().await;
    let (home, mugs) = (a.category("Home", None).await, a.category("Mugs", None).await);
    // The other copy has not followed yet, and yet takes it: before it writes it catches up.
    let made = b.product(|body| body["category_ids"] = json!([mugs["id"]])).await;
    assert_eq!(made["categories"][0][0]["name"], "Mugs");
    let categories = "/api/v1/catalog/categories";
    let mugs_path = format!("{categories}/{}", mugs["id"].as_str().unwrap());
    let put = json!({"name": "Cups", "parent_id": home["id"]});
    a.staff.put(&mugs_path, put).await.expect(200);
    b.shows(&path(&made), |seen| {
        let way = seen["categories"][0].as_array().unwrap();
        way.iter().map(|step| step["name"].as_str().unwrap()).eq(["Home", "Cups"])
    })
    .await;
    b.shows("/api/v1/catalog/search?category=home", |found| found["total"] == 1).await;
    // Renamed through the other copy without a slug, it keeps the one that the first copy gave.
    let put = json!({"name": "Cups", "slug": "cups", "parent_id": home["id"]});
    a.staff.put(&mugs_path, put).await.expect(200);
    let put = json!({"name": "Beakers", "parent_id": home["id"]});
    assert_eq!(b.staff.put(&mugs_path, put).await.expect(200)["slug"], "cups");
    assert_eq!(a.staff.delete(&mugs_path).await.status, 204);
    let mut body = mug();
    body["category_ids"] = json!([mugs["id"]]);
    b.staff.post(PRODUCTS, &body).await.expect_problem(422, "invalid");
    b.lacks(&format!("{categories}/cups")).await;
    b.shows(&path(&made), |seen| seen["categories"] == json!([])).await;
}

#[tokio::test]
async fn a_picture_that_one_copy_took_in_is_served_by_the_other() {
    let [a, b] = Shop::twice().await;
    let file = picture(40, 400, ImageFormat::Png);
    let upload = "/api/v1/catalog/media";
    let image = a.staff.raw(Method::POST, upload, None, file.into()).await.expect(201);
    for source in image["sources"].as_array().unwrap() {
        let url = source["url"].as_str().unwrap();
        let served = a.guest.get(url).await;
        // The first time from the database, then from the directory or from memory.
        for _ in 0..2 {
            let there = b.guest.get(url).await;
            assert_eq!((there.status, &there.body), (200, &served.body), "{url}");
            assert_eq!(there.headers, served.headers);
        }
        assert!(b.media.path().join("media").join(url.trim_start_matches("/images/")).exists());
    }
    let made = b.product(|body| body["image_ids"] = json!([image["id"]])).await;
    assert_eq!(made["images"][0], image);
    a.shows(&path(&made), |seen| seen["images"][0] == image).await;
    let unknown = "/images/0123456789abcdef0123456789abcdef-160.webp";
    assert_eq!(b.guest.get(unknown).await.status, 404);
}

#[tokio::test]
async fn stock_that_one_copy_heard_of_is_shown_by_the_other() {
    let [a, b] = Shop::twice().await;
    let made = a.product(|_| {}).await;
    b.shows("/api/v1/catalog/search?q=tide&in_stock=true", |found| found["total"] == 1).await;
    let item = &made["variants"][0]["stock_item_id"];
    for (available, hearer, other) in [(2, &a, &b), (0, &a, &b), (7, &b, &a)] {
        hearer.stock(item, available).await;
        let is_so = |seen: &Value| seen["variants"][0]["available"] == available;
        assert!(is_so(&hearer.guest.get(&path(&made)).await.expect(200)));
        other.shows(&path(&made), is_so).await;
        other.shows(PRODUCTS, |page| page["items"][0]["in_stock"] == (available > 0)).await;
        let total = i64::from(available > 0);
        let search = "/api/v1/catalog/search?q=tide&in_stock=true";
        other.shows(search, |found| found["total"] == total).await;
    }
}

#[tokio::test]
async fn what_one_copy_imported_is_found_in_the_other() {
    let [a, b] = Shop::twice().await;
    let rows = (0..900).map(|n| format!("p{n},Thing {n},Things,{n}.00\n"));
    let csv: String =
        ["Handle,Title,Type,Variant Price\n".to_owned()].into_iter().chain(rows).collect();
    let path = "/api/v1/catalog/imports";
    let report = a.staff.raw(Method::POST, path, Some("text/csv"), csv.into()).await.expect(200);
    assert_eq!(report["created"], 900);
    b.shows("/api/v1/catalog/search?q=thing", |found| found["total"] == 900).await;
    b.shows("/api/v1/catalog/categories/things", |seen| seen["product_count"] == 900).await;
}

#[tokio::test]
async fn a_change_is_seen_though_transactions_with_later_numbers_ended_before_it() {
    let [a, b] = Shop::twice().await;
    let made = a.product(|_| {}).await;
    let late = b.postgres().await;
    let id = made["id"].as_str().unwrap();
    let sql = format!(
        "BEGIN; UPDATE variants SET price = 5 WHERE product_id = '{id}'; \
         INSERT INTO changes (xid, tag, what, noted_at) VALUES (pg_current_xact_id()::text::bigint, \
         'somebody', '{{\"products\": [\"{id}\"]}}', {})",
        a.clock.now().as_millis()
    );
    late.batch_execute(&sql).await.unwrap();
    let other = a.product(|body| body["title"] = json!("Other")).await;
    b.shows(&path(&other), |_| true).await;
    assert_eq!(b.guest.get(&path(&made)).await.expect(200), made);
    late.batch_execute("COMMIT").await.unwrap();
    for copy in [&a, &b] {
        copy.shows(&path(&made), |seen| seen["variants"][0]["price"] == eur(5)).await;
    }
}

#[tokio::test]
async fn a_copy_that_was_away_for_longer_than_changes_are_kept_reads_everything_again() {
    let [a, b] = Shop::twice().await;
    let (made, gone) = (a.product(|_| {}).await, a.product(|_| {}).await);
    b.shows(&path(&gone), |_| true).await;
    b.doze().await;
    let changed = a.replace(&made, |body| body["handle"] = json!("wave-mug")).await;
    assert_eq!(a.staff.delete(&path(&gone)).await.status, 204);
    a.category("Mugs", None).await;
    a.stock(&made["variants"][1]["stock_item_id"], 9).await;
    let database = a.postgres().await;
    a.clock.advance(Duration::from_secs(16 * 60));
    until("changes are forgotten", async || {
        let left = database.query_one("SELECT count(*) FROM changes", &[]).await.unwrap();
        left.get::<_, i64>(0) == 0
    })
    .await;
    assert_eq!(b.guest.get(&path(&made)).await.expect(200), made);
    // Awake again: it has to catch up before it writes.
    let fresh = b.product(|body| body["title"] = json!("Fresh")).await;
    let seen = b.guest.get(&format!("{PRODUCTS}/tide-mug")).await.expect(200);
    assert_eq!((&seen["id"], &seen["handle"]), (&changed["id"], &changed["handle"]));
    assert_eq!(seen["variants"][1]["available"], 9);
    b.guest.get(&path(&gone)).await.expect_problem(404, "not-found");
    b.guest.get("/api/v1/catalog/categories/mugs").await.expect(200);
    a.shows(&path(&fresh), |seen| *seen == fresh).await;
}
