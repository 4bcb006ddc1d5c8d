//! What staff have written of the shop, and the shop without it.

use std::sync::atomic::Ordering;

use http::StatusCode;

use super::Browser;

#[tokio::test]
async fn a_page_that_staff_wrote_is_shown_and_the_foot_leads_to_it() {
    let mut browser = Browser::new().await;
    let seen = browser.open("/pages/about").await;
    assert_eq!(seen.status, StatusCode::OK);
    for part in [
        "<h1>About us</h1>",
        "<p>We sell <b>tea</b>.</p>",
        "<a href=\"/pages/about\">About us</a>",
        "content=\"Who we are\"",
        "+49 30 1",
    ] {
        assert!(seen.body.contains(part), "{part} in {}", seen.body);
    }
    for path in ["/pages/terms", "/pages/About", "/pages/..%2Fsite", "/pages/%3Cscript%3E"] {
        assert_eq!(browser.open(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(browser.open("/sitemap.xml").await.body.contains("/pages/about</loc>"));
}

#[tokio::test]
async fn nothing_that_staff_wrote_acts_on_the_shops_pages() {
    let mut browser = Browser::new().await;
    let body = browser.open("/pages/about").await.body;
    assert!(!body.contains("<script>alert") && !body.contains("javascript:"), "{body}");
    assert!(body.contains("https://example.com/?a=1&#38;b=&#34;2"), "{body}");
}

#[tokio::test]
async fn the_shops_colours_come_as_a_stylesheet_of_their_own() {
    let mut browser = Browser::new().await;
    let body = browser.open("/pages/about").await.body;
    let href = body.split("href=\"").find_map(|rest| rest.strip_prefix("/theme.css"));
    let query = href.unwrap().split('"').next().unwrap();
    let seen = browser.open(&format!("/theme.css{query}")).await;
    assert_eq!(seen.content_type, "text/css; charset=utf-8");
    assert!(seen.body.starts_with(":root{--brand:#7a1f1f;"), "{}", seen.body);
}

#[tokio::test]
async fn without_content_the_shop_goes_by_its_settings() {
    let mut browser = Browser::new().await;
    browser.shop.no_content.store(true, Ordering::SeqCst);
    let seen = browser.open("/").await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.body.contains("Useful things, chosen with care"), "{}", seen.body);
    assert_eq!(browser.open("/theme.css").await.status, StatusCode::NOT_FOUND);
}
