//! Import: Shopify's files as real stores export them.

use std::path::Path;

use axum::body::Body;
use emart_catalog_api::{ImportAction, ImportReport, ImportSource};
use emart_mesh::CallError;
use http::Method;
use image::ImageFormat;
use serde_json::{Value, json};

use crate::{Shop, media};

pub(crate) const OLD: &[u8] = include_bytes!("../fixtures/old.csv");
pub(crate) const NEW: &[u8] = include_bytes!("../fixtures/new.csv");

/// A folder with the pictures that the files name.
pub(crate) fn pictures() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let names = ["chair-front.png", "chair-side.png", "chair-detail.png", "mug.png"];
    for (seed, name) in (10..).zip(names) {
        std::fs::write(folder.path().join(name), media::picture(seed, 40, ImageFormat::Png))
            .unwrap();
    }
    folder
}

impl Shop {
    /// Imports a file with pictures from a folder.
    pub(crate) async fn import(&self, csv: &[u8], folder: Option<&Path>) -> ImportReport {
        let source = ImportSource { image_folder: folder, ..ImportSource::default() };
        self.try_import(csv, source).await.unwrap()
    }

    async fn try_import(
        &self,
        csv: &[u8],
        source: ImportSource<'_>,
    ) -> Result<ImportReport, CallError> {
        let csv = csv.to_vec().into();
        self.as_staff(self.catalog.import_locally(csv, source, |_, _| {})).await
    }

    async fn read(&self, handle: &str) -> Value {
        self.staff.get(&format!("/api/v1/catalog/products/{handle}")).await.expect(200)
    }
}

fn counts(report: &ImportReport) -> [u64; 4] {
    [report.created, report.updated, report.unchanged, report.skipped]
}

fn said(report: &ImportReport, line: u64) -> String {
    let of_line = report.messages.iter().filter(|row| row.line == line);
    of_line.map(|row| row.message.as_str()).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn an_old_export_comes_in_whole() {
    for shop in Shop::both().await {
        let folder = pictures();
        let report = shop.import(OLD, Some(folder.path())).await;
        assert_eq!(
            (counts(&report), report.rows, report.images),
            ([3, 0, 0, 0], 6, 3),
            "{report:?}"
        );
        let chair = shop.read("oak-chair").await;
        assert_eq!(
            chair["description_html"],
            "<p>Made of \"real\" oak.</p>\n<p>Two lines,\nand a comma.</p>"
        );
        assert_eq!(chair["tags"], json!(["oak", "\"solid\""]));
        let options = json!([{"name": "Colour", "values": ["Natural", "Black"]}, {"name": "Height", "values": ["Low", "High"]}]);
        assert_eq!(chair["options"], options);
        assert_eq!(chair["categories"], json!([[{"slug": "chairs", "name": "Chairs"}]]));
        let variants = chair["variants"].as_array().unwrap();
        assert_eq!(variants.len(), 3);
        assert_eq!(
            (&variants[0]["sku"], &variants[0]["barcode"]),
            (&json!("00123"), &json!("4006381333931"))
        );
        assert_eq!(variants[0]["compare_at_price"]["amount_minor"], 24900);
        assert_eq!(
            (&variants[0]["available"], &variants[1]["available"]),
            (&json!(4), &Value::Null)
        );
        assert_eq!(
            (&variants[1]["in_stock"], &variants[2]["compare_at_price"]),
            (&json!(true), &Value::Null)
        );
        assert_eq!(
            (&variants[2]["taxable"], &variants[2]["requires_shipping"]),
            (&json!(false), &json!(false))
        );
        let alts: Vec<_> =
            chair["images"].as_array().unwrap().iter().map(|image| image["alt"].clone()).collect();
        assert_eq!(alts, [json!("Front, in oak"), json!("Side"), json!("")]);
        assert_eq!(variants[1]["image_id"], chair["images"][1]["id"]);
        assert_eq!(shop.read("hidden-lamp").await["status"], "draft");
        assert_eq!(shop.read("hidden-lamp").await["variants"][0]["price"]["amount_minor"], 129_900);
        assert_eq!(shop.read("gift").await["status"], "draft");
        assert!(said(&report, 8).contains("gift cards"), "{report:?}");
        let handles = shop.handles("").await;
        assert_eq!(handles, ["oak-chair"]);
    }
}

#[tokio::test]
async fn a_new_export_comes_in_whole() {
    for shop in Shop::both().await {
        let folder = pictures();
        let report = shop.import(NEW, Some(folder.path())).await;
        assert_eq!((counts(&report), report.messages.len()), ([3, 0, 0, 0], 0), "{report:?}");
        let mug = shop.read("tide-mug").await;
        assert_eq!((&mug["title"], &mug["status"]), (&json!("Tide, Mug"), &json!("active")));
        assert_eq!(
            mug["description_html"],
            "<table><tbody><tr><td>250 ml</td></tr></tbody></table>"
        );
        assert_eq!(mug["categories"][0][1]["slug"], "coffee-tea");
        assert_eq!(mug["variants"][1]["weight_grams"], 411);
        assert_eq!(mug["variants"][1]["available"], Value::Null);
        assert_eq!(mug["seo"], json!({"title": "Mug", "description": null}));
        assert_eq!(shop.read("old-pan").await["status"], "archived");
        assert_eq!(shop.read("old-pan").await["in_stock"], false);
        assert_eq!(shop.read("kettle").await["options"], json!([]));
        assert_eq!(shop.handles("category=kitchen").await, ["tide-mug"]);
    }
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    for shop in Shop::both().await {
        let folder = pictures();
        shop.import(OLD, Some(folder.path())).await;
        shop.import(NEW, Some(folder.path())).await;
        let chair = shop.read("oak-chair").await;
        let item = chair["variants"][0]["stock_item_id"].clone();
        shop.stock(&item, 1).await;
        let told = shop.warehouse.lock().unwrap().told;
        let shop = shop.restarted().await;
        for (csv, count) in [(OLD, 3), (NEW, 3)] {
            let report = shop.import(csv, Some(folder.path())).await;
            assert_eq!((counts(&report), report.images), ([0, 0, count, 0], 0), "{report:?}");
        }
        assert_eq!(shop.warehouse.lock().unwrap().told, told);
        let after = shop.read("oak-chair").await;
        assert_eq!((&after["version"], &after["variants"][0]["available"]), (&json!(1), &json!(1)));
    }
}

#[tokio::test]
async fn only_what_a_file_says_is_changed_and_stock_only_by_a_new_count() {
    for shop in Shop::both().await {
        shop.import(OLD, Some(pictures().path())).await;
        let before = shop.read("oak-chair").await;
        let csv = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Price,Variant Inventory Qty\n\
            oak-chair,Oak Chair,Colour,Natural,Height,Low,00123,189.00,4\n\
            oak-chair,,,Natural,,High,00124,219.00,9\n\
            oak-chair,,,White,,Low,,99.00,\n";
        let report = shop.import(csv.as_bytes(), None).await;
        assert_eq!(counts(&report), [0, 1, 0, 0], "{report:?}");
        let after = shop.read("oak-chair").await;
        for same in [
            "description_html",
            "vendor",
            "tags",
            "images",
            "categories",
            "seo",
            "created_at",
            "id",
        ] {
            assert_eq!(after[same], before[same], "{same}");
        }
        let (old, new) = (&before["variants"], &after["variants"]);
        assert_eq!((&new[0]["id"], &new[1]["id"]), (&old[0]["id"], &old[1]["id"]));
        assert_eq!(
            (&new[0]["price"]["amount_minor"], &new[0]["image_id"]),
            (&json!(18900), &old[0]["image_id"])
        );
        assert_eq!(
            (&new[2]["title"], &new[0]["barcode"]),
            (&json!("White / Low"), &old[0]["barcode"])
        );
        let on_hand = |variant: &Value| {
            let item = variant["stock_item_id"].as_str().unwrap().parse().unwrap();
            shop.warehouse.lock().unwrap().items[&item].on_hand
        };
        assert_eq!((on_hand(&new[0]), on_hand(&new[1])), (Some(4), Some(9)));
    }
}

#[tokio::test]
async fn a_dry_run_says_everything_and_writes_nothing() {
    for shop in Shop::both().await {
        let source = ImportSource { dry_run: true, ..ImportSource::default() };
        let report = shop.try_import(OLD, source).await.unwrap();
        assert!(report.dry_run);
        assert_eq!(counts(&report), [3, 0, 0, 0]);
        shop.staff.get("/api/v1/catalog/products/oak-chair").await.expect_problem(404, "not-found");
        let tree = shop.guest.get("/api/v1/catalog/categories").await.expect(200);
        assert_eq!(tree["items"], json!([]));
        assert_eq!(shop.warehouse.lock().unwrap().told, 0);
    }
}

#[tokio::test]
async fn pictures_that_cannot_be_had_are_fetched_by_a_later_run() {
    for shop in Shop::both().await {
        let source = ImportSource { skip_images: true, ..ImportSource::default() };
        let report = shop.try_import(OLD, source).await.unwrap();
        assert!(said(&report, 1).contains("3 pictures were not fetched"), "{report:?}");
        assert_eq!(shop.read("oak-chair").await["images"], json!([]));
        let empty = tempfile::tempdir().unwrap();
        let report = shop.import(OLD, Some(empty.path())).await;
        assert_eq!((counts(&report), report.messages.len()), ([0, 0, 3, 0], 4), "{report:?}");
        let report = shop.import(OLD, Some(pictures().path())).await;
        assert_eq!((counts(&report), report.images), ([0, 1, 2, 0], 3), "{report:?}");
        let chair = shop.read("oak-chair").await;
        assert_eq!(chair["variants"][0]["image_id"], chair["images"][0]["id"]);
    }
}

#[tokio::test]
async fn a_name_that_leads_out_of_the_folder_and_an_address_within_are_refused() {
    let shop = Shop::one().await;
    let folder = pictures();
    std::fs::write(folder.path().join("../secret-of-a-test.png"), "x").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.png")).unwrap();
    let csv = "Handle,Title,Price,Image Src\na,A,1,../secret-of-a-test.png\na,,,/etc/passwd\na,,,link.png\n\
        a,,,http://127.0.0.1:1/x.png\na,,,http://169.254.169.254/x.png\na,,,file:///etc/passwd\na,,,http://localhost/x.png\n";
    let report = shop.import(csv.as_bytes(), Some(folder.path())).await;
    std::fs::remove_file(folder.path().join("../secret-of-a-test.png")).unwrap();
    assert_eq!((report.created, report.images), (1, 0));
    let messages: Vec<_> = report.messages.iter().map(|row| row.message.as_str()).collect();
    for (what, times) in [
        ("leads out of the folder", 3),
        ("private network", 2),
        ("ports 80 and 443", 1),
        ("only http", 1),
    ] {
        assert_eq!(
            messages.iter().filter(|m| m.contains(what)).count(),
            times,
            "{what}: {messages:?}"
        );
    }
}

#[tokio::test]
async fn rows_that_will_not_do_are_left_out_with_their_line_and_the_reason() {
    for shop in Shop::both().await {
        let csv = "Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Grams,Variant Inventory Qty,Status\n\
            good,Good,Size,S,10.00,1 kg,x,active\n\
            good,,,M,cheap,5,1,\n\
            good,,,S,11.00,5,1,\n\
            good,,,L,,5,1,\n\
            good,,,XL,12.345,heavy,1,\n\
            ,,,,,,,\n\
            untitled,,Title,Default Title,1,,,\n\
            priceless,Priceless,Title,Default Title,,,,\n\
            ,,Title,Default Title,3,,,\n\
            Größe 42,Shoe,Title,Default Title,-3,,,\n\
            Blue Shirt,Shirt,Title,Default Title,3,,,odd\n\
            blue-shirt,Other,Title,Default Title,3,,,\n\
            good,Impostor,Size,XXL,1,,,\n\
            good,,,XXL,13.00,7,1,,surplus\n";
        let report = shop.import(csv.as_bytes(), None).await;
        assert_eq!((counts(&report), report.rows), ([2, 0, 0, 5], 13), "{report:?}");
        for (line, what) in [
            (2, "no quantity"),
            (3, "price: "),
            (4, "the same option values as on line 2"),
            (5, "no price"),
            (6, "price: "),
            (8, "no title"),
            (9, "none of its rows"),
            (9, "no price"),
            (10, "neither a handle nor a title"),
            (11, "below zero"),
            (12, "became `blue-shirt`"),
            (12, "unknown status"),
            (13, "line 12 has the same handle"),
            (14, "another product, on line 2"),
            (15, "more cells than"),
        ] {
            assert!(said(&report, line).contains(what), "line {line}: {what}: {report:#?}");
        }
        let good = shop.read("good").await;
        assert_eq!(good["options"][0]["values"], json!(["S", "XXL"]));
        assert_eq!(good["variants"][0]["weight_grams"], 1000);
        assert!(report.messages.iter().all(|row| row.action != ImportAction::Created));
    }
}

#[tokio::test]
async fn a_file_that_is_no_product_file_is_refused_in_words() {
    let shop = Shop::one().await;
    let refused = async |body: Vec<u8>| {
        let answer = shop
            .staff
            .raw(Method::POST, "/api/v1/catalog/imports", Some("text/csv"), Body::from(body))
            .await;
        let status = answer.status;
        answer.expect_problem(status, "unreadable-file")["detail"].as_str().unwrap().to_owned()
    };
    assert!(refused(b"".to_vec()).await.contains("empty"));
    assert!(refused(b"Name,Cost\nx,1\n".to_vec()).await.contains("URL handle (or Handle), Title"));
    assert!(
        refused(b"Handle,Title\ncafe,Caf\xe9\n".to_vec()).await.contains("line 2 is not UTF-8")
    );
    assert!(refused(b"Handle,handle,Title\n".to_vec()).await.contains("twice"));
    assert!(refused(b"Handle,Title\na,b\0c\n".to_vec()).await.contains("U+0000"));
    assert!(refused(vec![b'x'; (1 << 20) + 1]).await.contains("at most 1 MiB"));
}

#[tokio::test]
async fn a_run_that_ended_early_is_finished_by_the_next() {
    for shop in Shop::both().await {
        let mut csv =
            "Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Qty\n"
                .to_owned();
        for n in 0..1000 {
            csv.push_str(&format!("p-{n},Product {n},9.90,shopify,{n}\n"));
        }
        let half: String = csv.lines().take(501).map(|line| format!("{line}\n")).collect();
        assert_eq!(shop.import(half.as_bytes(), None).await.created, 500);
        let mut progress = Vec::new();
        let source = ImportSource::default();
        let run = shop
            .catalog
            .import_locally(csv.into(), source, |done, rows| progress.push((done, rows)));
        let report = shop.as_staff(run).await.unwrap();
        assert_eq!(counts(&report), [500, 0, 500, 0]);
        assert_eq!(progress, [(0, 1000), (400, 1000), (800, 1000), (1000, 1000)]);
        assert_eq!(shop.warehouse.lock().unwrap().items.len(), 1000);
    }
}

#[tokio::test]
async fn an_import_through_the_api_answers_its_report() {
    let shop = Shop::one().await;
    let csv = bytes::Bytes::from_static(b"Handle;Title;Variant Price\nmug;\"Mug; large\";4.50\n");
    let report = shop.as_staff(shop.catalog.import_products(csv.clone(), true)).await.unwrap();
    assert_eq!((report.dry_run, report.created), (true, 1));
    let report = shop.as_staff(shop.catalog.import_products(csv, false)).await.unwrap();
    assert_eq!((report.dry_run, report.created), (false, 1));
    assert_eq!(shop.read("mug").await["title"], "Mug; large");
}

#[tokio::test]
async fn categories_get_their_words_and_pictures_from_a_file() {
    for shop in Shop::both().await {
        shop.import(NEW, None).await;
        let csv = "path,slug,description,image\nKitchen,kitchen,For cooks.,mug.png\n\
            Kitchen > Coffee & Tea,coffee,Hot.,\nGarden,,Green.,missing.png\n";
        let folder = pictures();
        for _ in 0..2 {
            let work = shop.catalog.import_categories(csv.into(), Some(folder.path()));
            assert_eq!(shop.as_staff(work).await.unwrap(), 3);
        }
        let tree = shop.guest.get("/api/v1/catalog/categories").await.expect(200);
        let (kitchen, garden) = (&tree["items"][0], &tree["items"][1]);
        assert_eq!(
            (&kitchen["description"], &kitchen["product_count"]),
            (&json!("For cooks."), &json!(1))
        );
        assert_eq!(kitchen["image"]["alt"], "Kitchen");
        assert_eq!(kitchen["children"][0]["slug"], "coffee");
        assert_eq!((&garden["slug"], &garden["image"]), (&json!("garden"), &Value::Null));
    }
}

/// A web server with a picture, detours and dead ends; answers where it listens.
async fn web() -> (emart_events::Tasks, String) {
    use axum::routing::get;
    let picture = || async { media::picture(50, 30, ImageFormat::Jpeg) };
    let detour =
        |to: &'static str| get(move || async move { axum::response::Redirect::temporary(to) });
    let app = axum::Router::new()
        .route("/picture.jpg", get(picture))
        .route("/once", detour("/picture.jpg"))
        .route("/round", detour("/round"))
        .route("/inward", detour("ftp://127.0.0.1/x"))
        .route("/huge", get(|| async { vec![0_u8; (1 << 20) + 1] }))
        .route("/page", get(|| async { "<html></html>" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tasks = emart_events::Tasks::default();
    tasks.spawn("web", async move { axum::serve(listener, app).await.unwrap() });
    (tasks, format!("http://{address}"))
}

#[tokio::test]
async fn pictures_come_from_the_web_within_limits() {
    let shop = Shop::with_private_addresses(true).await;
    let (_tasks, web) = web().await;
    let mut csv = "Handle,Title,Price,Image Src\na,A,1,\n".to_owned();
    for path in ["picture.jpg", "once", "round", "inward", "huge", "page", "missing"] {
        csv.push_str(&format!("a,,,{web}/{path}\n"));
    }
    let report = shop.import(csv.as_bytes(), None).await;
    assert_eq!((report.created, report.images), (1, 2), "{report:?}");
    let product = shop.read("a").await;
    let images = product["images"].as_array().unwrap();
    assert_eq!((images.len(), &images[0]["sources"]), (2, &images[1]["sources"]));
    let messages: Vec<_> = report.messages.iter().map(|row| row.message.as_str()).collect();
    for what in ["more than 3 times", "only http", "length limit", "neither a PNG", "404"] {
        assert!(messages.iter().any(|message| message.contains(what)), "{what}: {messages:#?}");
    }
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_not_asked_for_ever() {
    let shop = Shop::with_private_addresses(true).await;
    let mut csv = "Handle,Title,Price,Image Src\n".to_owned();
    for n in 0..60 {
        csv.push_str(&format!("p-{n},P,1,http://127.0.0.1:1/{n}.png\n"));
    }
    let report = shop.import(csv.as_bytes(), None).await;
    assert_eq!((report.created, report.images), (60, 0));
    assert!(said(&report, 1).contains("44 pictures of hosts that do not answer"), "{report:#?}");
    assert!(said(&report, 2).contains("127.0.0.1 cannot be reached"));
}
