//! Finding and looking at things.

use std::sync::atomic::Ordering;

use http::StatusCode;
use http::header::ACCEPT;

use super::Browser;
use crate::shop::HOSTILE;

const PAGES: [&str; 13] = [
    "/",
    "/c/kitchen",
    "/collections/summer",
    "/search?q=mug",
    "/search?q=zzz",
    "/p/mug",
    "/cart",
    "/sign-in",
    "/register",
    "/forgot",
    "/setup/abc",
    "/confirm?token=abc",
    "/nowhere",
];

#[tokio::test]
async fn every_page_is_html_that_a_strict_content_security_policy_lets_through() {
    let mut browser = Browser::with_a_mug().await;
    for path in PAGES.into_iter().chain(["/checkout"]) {
        let seen = browser.open(path).await;
        assert!(seen.content_type.starts_with("text/html"), "{path} {}", seen.content_type);
        for inline in [" style=", " onclick=", " onload=", "javascript:", "<style"] {
            assert!(!seen.body.contains(inline), "{path} has {inline}");
        }
        for script in seen.body.split("<script").skip(1) {
            let data = script.starts_with(" type=\"application/");
            assert!(data || script.contains("src=\"/static/"), "{path}: {script:.60}");
        }
    }
}

#[tokio::test]
async fn every_page_is_small_and_escapes_what_merchants_and_visitors_write() {
    let mut browser = Browser::with_a_mug().await;
    for path in
        PAGES.into_iter().chain(["/checkout", "/search?q=%3Cscript%3Ealert('x')%3C/script%3E"])
    {
        let seen = browser.open(path).await;
        assert!(seen.body.len() < 100_000, "{path} {}", seen.body.len());
        assert!(!seen.body.contains(HOSTILE), "{path}");
    }
}

#[tokio::test]
async fn a_product_shows_the_first_variant_that_can_be_bought() {
    let seen = Browser::new().await.open("/p/mug").await;
    assert!(seen.body.contains("€18.00") && seen.body.contains("€24.00"));
    assert!(seen.body.contains("Only 3 left"));
    assert!(seen.body.contains("<p>Thrown <strong>by hand</strong>.</p>"));
    assert!(seen.body.contains(r#"value="Sand" checked"#));
}

#[tokio::test]
async fn a_choice_of_options_in_the_address_shows_that_variant() {
    let mut browser = Browser::new().await;
    let sold_out = browser.open("/p/mug?o1=Sand&o2=S").await;
    assert!(
        sold_out.body.contains("stock-out") && sold_out.body.contains("data-add-button disabled")
    );
    let not_made = browser.open("/p/mug?o1=Moss&o2=L").await;
    assert!(not_made.body.contains("Not made in this combination"));
    let nonsense = browser.open("/p/mug?o1=Purple").await;
    assert!(nonsense.body.contains("Only 3 left"));
}

#[tokio::test]
async fn a_product_page_has_what_search_engines_read() {
    let seen = Browser::new().await.open("/p/mug").await;
    let json = seen
        .body
        .split("application/ld+json\">")
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    let graph: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(graph["@graph"][0]["@type"], "Product");
    assert_eq!(graph["@graph"][0]["offers"]["lowPrice"], "16.00");
    assert_eq!(graph["@graph"][1]["itemListElement"][2]["name"], "Mugs");
    assert!(seen.body.contains(r#"<link rel="canonical" href="http://127.0.0.1:8080/p/mug">"#));
    assert!(seen.body.contains(r#"property="og:image""#));
}

#[tokio::test]
async fn pictures_have_sizes_and_a_place_before_they_come() {
    let seen = Browser::new().await.open("/c/kitchen").await;
    assert!(seen.body.contains("/images/mug-320.webp 320w"));
    assert!(seen.body.contains(r#"width="1280" height="1280""#));
}

#[tokio::test]
async fn filters_can_be_taken_away_one_by_one_and_lists_go_on() {
    let seen = Browser::new().await.open("/search?q=mug&vendor=Nordhaus").await;
    assert!(seen.body.contains(r#"<a class="chip" href="/search?q=mug">"#));
    assert!(seen.body.contains("cursor=next"));
    assert!(seen.body.contains("<mark>Mug</mark>"));
    assert!(seen.body.contains("These are the results for"));
}

#[tokio::test]
async fn suggestions_are_a_list_box_and_escaped() {
    let mut browser = Browser::new().await;
    let seen = browser.open("/search/suggest?q=mu").await;
    assert!(seen.body.contains(r#"role="listbox""#) && !seen.body.contains(HOSTILE));
    assert_eq!(browser.open("/search/suggest?q=").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people_and_a_problem_for_scripts() {
    let mut browser = Browser::new().await;
    for path in ["/p/none", "/c/none", "/orders/x", "/static/none.css", "/a/b/c", "/p/%2e%2e%2f"] {
        let seen = browser.open(path).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
        assert!(seen.body.contains("This page is not here"), "{path}");
    }
    let request = http::Request::get("/p/none").header(ACCEPT, "application/json");
    let seen = browser.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(seen.content_type, "application/problem+json");
}

#[tokio::test]
async fn static_files_are_named_by_their_content_and_kept_for_ever() {
    let mut browser = Browser::new().await;
    let page = browser.open("/").await.body;
    for part in page.split("\"/static/").skip(1) {
        let name = part.split('"').next().unwrap();
        let seen = browser.open(&format!("/static/{name}")).await;
        assert_eq!(seen.status, StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn the_sitemap_lists_categories_and_products() {
    let mut browser = Browser::new().await;
    let map = browser.open("/sitemap.xml").await;
    for path in ["/c/mugs", "/p/mug"] {
        assert!(map.body.contains(&format!("<loc>http://127.0.0.1:8080{path}</loc>")), "{path}");
    }
    assert!(
        browser
            .open("/robots.txt")
            .await
            .body
            .contains("Sitemap: http://127.0.0.1:8080/sitemap.xml")
    );
}

#[tokio::test]
async fn a_finished_product_page_is_shown_again_until_the_product_changes() {
    let mut browser = Browser::new().await;
    let first = browser.open("/p/mug").await.body;
    assert_eq!(browser.open("/p/mug").await.body, first);
    assert_eq!(browser.shop.products_sent.load(Ordering::Relaxed), 1);
    browser.shop.sold_out.store(true, Ordering::Relaxed);
    let sold_out = browser.open("/p/mug").await.body;
    assert!(sold_out.contains("data-add-button disabled"));
}

#[tokio::test]
async fn nobody_sees_a_page_that_was_made_for_someone_else() {
    let mut browser = Browser::new().await;
    browser.open("/p/mug").await;
    browser.post("/cart/add", "handle=mug&o1=Sand&o2=L&quantity=2").await;
    let with_cart = browser.open("/p/mug").await.body;
    assert!(with_cart.contains("<span data-count>2</span>"));
    browser.cookies.clear();
    assert!(browser.open("/p/mug").await.body.contains("<span data-count>0</span>"));
}

#[tokio::test]
async fn a_collection_is_a_page_and_in_the_sitemap_once_it_is_published() {
    let mut browser = Browser::new().await;
    let seen = browser.open("/collections/summer?sort=price_asc").await;
    assert!(seen.body.contains("<p>For <strong>warm</strong> days.</p>"));
    assert!(seen.body.contains("/p/mug") && seen.body.contains("noindex"));
    assert_eq!(browser.open("/collections/hidden").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.open("/collections/winter").await.status, StatusCode::NOT_FOUND);
    let map = browser.open("/sitemap.xml").await;
    assert!(map.body.contains("/collections/summer</loc>"), "{}", map.body);
}
