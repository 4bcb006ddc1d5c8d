//! Pictures through the API.

use std::io::Cursor;

use axum::body::Body;
use emart_testkit::{Answer, Api};
use http::Method;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;

use crate::Shop;

const MEDIA: &str = "/api/v1/catalog/media";

/// A picture of one colour per `seed`.
pub(crate) fn picture(seed: u8, width: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_pixel(width, width / 2, Rgb([seed, 90, 200]));
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

async fn upload(api: &Api, kind: &str, file: Vec<u8>) -> Answer {
    api.raw(Method::POST, MEDIA, Some(kind), Body::from(file)).await
}

#[tokio::test]
async fn a_picture_is_served_in_all_sizes_for_ever() {
    for shop in Shop::both().await {
        let staff = shop.staff.header("emart-image-alt", "A blue board");
        let image =
            upload(&staff, "image/png", picture(1, 700, ImageFormat::Png)).await.expect(201);
        assert_eq!(
            (&image["alt"], &image["width"], &image["height"]),
            (&json!("A blue board"), &json!(700), &json!(350))
        );
        let widths: Vec<_> = image["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["width"].as_u64().unwrap())
            .collect();
        assert_eq!(widths, [160, 320, 640, 700]);
        let url = image["sources"][1]["url"].as_str().unwrap();
        let served = shop.guest.get(url).await;
        assert_eq!(served.status, 200);
        assert_eq!(served.headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(served.headers["content-type"], "image/webp");
        let decoded = image::load_from_memory(&served.body).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (320, 160));
        let etag = served.headers["etag"].to_str().unwrap();
        let known = shop.guest.header("if-none-match", etag).get(url).await;
        assert_eq!((known.status, known.body.len()), (304, 0));
        let head = shop.guest.raw(Method::HEAD, url, None, Body::empty()).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.headers["content-length"], served.body.len().to_string().as_str());
    }
}

#[tokio::test]
async fn what_a_file_holds_counts_and_not_what_it_is_called() {
    let shop = Shop::one().await;
    upload(&shop.staff, "text/html", picture(2, 20, ImageFormat::Jpeg)).await.expect(201);
    upload(&shop.staff, "image/gif", picture(3, 20, ImageFormat::WebP)).await.expect(201);
    for fake in [&b"<svg onload='x()'/>"[..], b"GIF89a\x01\0\x01\0", b"", b"MZ\x90\0"] {
        upload(&shop.staff, "image/png", fake.to_vec()).await.expect_problem(415, "not-a-picture");
    }
    let mut cut = picture(4, 300, ImageFormat::Png);
    cut.truncate(cut.len() / 2);
    upload(&shop.staff, "image/png", cut).await.expect_problem(422, "damaged-picture");
}

#[tokio::test]
async fn too_many_bytes_or_pixels_are_refused() {
    let shop = Shop::one().await;
    let bomb = picture(5, 3000, ImageFormat::Png);
    assert!(bomb.len() < 1 << 20);
    upload(&shop.staff, "image/png", bomb).await.expect_problem(413, "picture-too-large");
    upload(&shop.staff, "image/png", vec![0; (1 << 20) + 1])
        .await
        .expect_problem(413, "picture-too-large");
    assert_eq!(std::fs::read_dir(shop.media.path().join("media")).unwrap().count(), 0);
}

#[tokio::test]
async fn the_same_picture_is_kept_once() {
    for shop in Shop::both().await {
        let file = picture(6, 100, ImageFormat::Png);
        let first = upload(&shop.staff, "image/png", file.clone()).await.expect(201);
        assert_eq!(upload(&shop.staff, "image/png", file.clone()).await.expect(201), first);
        let named = shop.staff.header("emart-image-alt", "Größe");
        let second = upload(&named, "image/png", file).await.expect(201);
        assert_eq!((&second["sources"], &second["alt"]), (&first["sources"], &json!("Größe")));
        assert_ne!(second["id"], first["id"]);
        let long = shop.staff.header("emart-image-alt", &"x".repeat(501));
        upload(&long, "image/png", picture(6, 100, ImageFormat::Png))
            .await
            .expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn no_name_leads_out_of_the_directory() {
    let shop = Shop::one().await;
    std::fs::write(shop.media.path().join("secret"), "x").unwrap();
    for name in [
        "..%2Fsecret",
        "%2e%2e/secret",
        "....//secret",
        "secret",
        "%00",
        "0123456789abcdef0123456789abcdef-1.webp",
    ] {
        let answer = shop.guest.get(&format!("/images/{name}")).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}

#[tokio::test]
async fn a_product_and_its_variants_show_pictures() {
    for shop in Shop::both().await {
        let image =
            upload(&shop.staff, "image/png", picture(7, 50, ImageFormat::Png)).await.expect(201);
        let made = shop
            .product(|body| {
                body["image_ids"] = json!([image["id"]]);
                body["variants"][1]["image_id"] = image["id"].clone();
            })
            .await;
        assert_eq!(made["images"][0], image);
        let shop = shop.restarted().await;
        let page = shop.guest.get("/api/v1/catalog/products").await.expect(200);
        assert_eq!(page["items"][0]["image"], image);
        let category = json!({"name": "Mugs", "image_id": image["id"]});
        let category = shop.staff.post("/api/v1/catalog/categories", category).await.expect(201);
        assert_eq!(category["image"], image);
        let unknown = json!({"name": "X", "image_id": "img_0123456789abcdefghjkmnpqrs"});
        shop.staff.post("/api/v1/catalog/categories", unknown).await.expect_problem(422, "invalid");
    }
}
