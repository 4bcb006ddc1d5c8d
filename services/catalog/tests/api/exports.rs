//! Export, and the way back.

use serde_json::json;

use crate::imports::{NEW, OLD, pictures};
use crate::{Shop, eur, media};

impl Shop {
    async fn export(&self) -> String {
        let csv = self.as_staff(self.catalog.export_products()).await.unwrap();
        String::from_utf8(csv.to_vec()).unwrap()
    }
}

#[tokio::test]
async fn an_export_imported_into_an_empty_store_is_exported_the_same() {
    let demo = include_bytes!("../../../../emart/demo/products.csv");
    for csv in [OLD, NEW, &demo[..]] {
        let empty = Shop::both().await;
        for (shop, other) in Shop::both().await.into_iter().zip(empty) {
            let folder = pictures();
            shop.import(csv, Some(folder.path())).await;
            let first = shop.export().await;
            let report = other.import(first.as_bytes(), Some(folder.path())).await;
            assert_eq!(report.skipped, 0, "{report:?}");
            assert_eq!(other.export().await, first);
            let again = shop.import(first.as_bytes(), Some(folder.path())).await;
            assert_eq!((again.created, again.skipped), (0, 0), "{again:?}");
            assert_eq!(shop.export().await, first);
        }
    }
}

#[tokio::test]
async fn an_export_keeps_what_it_does_not_understand() {
    let shop = Shop::one().await;
    shop.import(OLD, None).await;
    shop.import(NEW, None).await;
    let csv = shop.export().await;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, name: &str| {
        let at = header
            .iter()
            .position(|column| column == name)
            .unwrap_or_else(|| panic!("no column {name}"));
        rows[row][at].to_owned()
    };
    assert_eq!(rows.len(), 3 + 1 + 1 + 2 + 1 + 1);
    assert_eq!(cell(0, "Google Shopping / MPN"), "MPN-1");
    assert_eq!(
        (cell(0, "Tax code"), cell(1, "Cost per item")),
        ("TC-1".to_owned(), "85.00".to_owned())
    );
    assert_eq!(
        (cell(2, "SKU"), cell(2, "Weight unit for display")),
        ("'=HYPERLINK(1)".to_owned(), "lb".to_owned())
    );
    assert_eq!(
        (cell(4, "Inventory tracker"), cell(4, "Inventory quantity")),
        ("fulfil-co".to_owned(), "12".to_owned())
    );
    assert_eq!(
        (cell(2, "Product image URL"), cell(2, "Image position")),
        ("chair-detail.png".to_owned(), "3".to_owned())
    );
    assert_eq!(
        (cell(5, "Price / Japan"), cell(6, "Price / Japan")),
        ("900".to_owned(), "1100".to_owned())
    );
    assert_eq!(cell(5, "Care (product.metafields.custom.care)"), "Wash cold");
    assert_eq!(cell(3, "Gift card"), "true");
}

#[tokio::test]
async fn what_people_made_here_survives_the_way_out_and_back() {
    let stores = Shop::both().await;
    for (shop, other) in stores.into_iter().zip(Shop::both().await) {
        let (kitchen, sale) =
            (shop.category("Kitchen", None).await, shop.category("Sale", None).await);
        let mugs = shop.category("Mugs", Some(&kitchen)).await;
        let file = media::picture(77, 40, image::ImageFormat::Png);
        let image = shop.as_staff(shop.catalog.create_image("A mug", file.into())).await.unwrap();
        shop.product(|body| {
            body["category_ids"] = json!([mugs["id"], sale["id"]]);
            body["image_ids"] = json!([image.id]);
            body["variants"][0]["image_id"] = json!(image.id);
            body["variants"][0]["sku"] = json!("'quoted");
            body["variants"][1]["sell_when_out"] = json!(true);
        })
        .await;
        shop.product(|body| {
            body["title"] = json!("=1+1");
            body["product_type"] = json!("Odd");
            body["options"] = json!([]);
            body["status"] = json!("archived");
            body["variants"] = json!([{"price": eur(0), "track_stock": false}]);
        })
        .await;
        let first = shop.export().await;
        let folder = shop.media.path().join("media");
        let report = other.import(first.as_bytes(), Some(&folder)).await;
        assert_eq!((report.created, report.images, report.messages.len()), (2, 1, 0), "{report:?}");
        assert_eq!(other.export().await, first);
        let back = other.guest.get("/api/v1/catalog/products/tide-mug").await.expect(200);
        assert_eq!(back["variants"][0]["sku"], "'quoted");
        assert_eq!(back["categories"].as_array().unwrap().len(), 2);
        assert_eq!(back["variants"][0]["image_id"], back["images"][0]["id"]);
    }
}

#[tokio::test]
async fn no_cell_of_an_export_is_a_formula_and_all_come_back_as_they_were() {
    for (shop, other) in Shop::both().await.into_iter().zip(Shop::both().await) {
        let nasty = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "'=1", "''+x", "＝1+1"];
        for (at, text) in nasty.iter().enumerate() {
            shop.product(|body| {
                body["title"] = json!(text);
                body["handle"] = json!(format!("nasty-{at}"));
                body["vendor"] = json!(text);
                body["tags"] = json!([text]);
                body["seo"] = json!({"title": text, "description": text});
                body["variants"][0]["sku"] = json!(format!("{text}{at}"));
                body["variants"][0]["option_values"] = json!([text]);
            })
            .await;
        }
        let first = shop.export().await;
        let mut reader = csv::Reader::from_reader(first.as_bytes());
        for row in reader.records() {
            for cell in &row.unwrap() {
                let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']);
                assert!(!is_formula, "{cell}");
            }
        }
        let report = other.import(first.as_bytes(), None).await;
        assert_eq!((report.created, report.skipped), (7, 0), "{report:?}");
        assert_eq!(other.export().await, first);
        for (at, text) in nasty.iter().enumerate() {
            let path = format!("/api/v1/catalog/products/nasty-{at}");
            let back = other.guest.get(&path).await.expect(200);
            assert_eq!((&back["title"], &back["vendor"]), (&json!(text), &json!(text)));
            assert_eq!(back["tags"], json!([text]));
        }
    }
}

#[tokio::test]
async fn an_empty_store_exports_a_header() {
    let shop = Shop::one().await;
    let csv = shop.export().await;
    assert!(csv.starts_with("Title,URL handle,Description,Vendor,"), "{csv}");
    assert_eq!(csv.lines().count(), 1);
}
