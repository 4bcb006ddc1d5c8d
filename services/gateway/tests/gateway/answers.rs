//! What every answer carries, and how what goes wrong looks.

use axum::body::Body;
use emart_gateway::Config;

use crate::shop::Shop;

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[tokio::test]
async fn every_answer_tells_the_browser_what_it_may_do() {
    let shop = Shop::open().await;
    for path in [
        "/page",
        "/api/v1/carts/x",
        "/nowhere/api",
        "/internal/x",
        "/docs",
        "/healthz",
        "/images/picture",
    ] {
        let answer = shop.get(path, &[]).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(answer.header("strict-transport-security"), "");
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
    let own = shop.get("/own-policy", &[]).await;
    assert_eq!(own.headers.get_all("content-security-policy").iter().count(), 1);
    assert_eq!(own.header("content-security-policy"), "default-src 'none'");
}

#[tokio::test]
async fn under_tls_browsers_are_told_to_stay_there() {
    let config = Config { public_url: "https://shop.example".to_owned(), ..Config::default() };
    let answer = Shop::configured(config).await.get("/page", &[]).await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn what_goes_wrong_is_a_problem_for_programs_and_a_page_for_people() {
    let shop = Shop::with(Config::default(), |services| {
        services.retain(|service| service.name != "orders");
    })
    .await;
    for (path, status, slug) in [
        ("/internal/identity/setup", 404, "not-found"),
        ("/api/v1/nothing", 404, "not-found"),
        ("/docs/nothing", 404, "not-found"),
        ("/api/v1/orders", 503, "unavailable"),
        ("/api/v1/catalog/panic", 500, "internal"),
    ] {
        let answer = shop.get(path, &[]).await;
        assert_eq!((answer.status, answer.problem().as_str()), (status, slug), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let page = shop.get("/internal/identity/setup", &[BROWSER]).await;
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text().contains("There is nothing here"));
    assert_eq!(shop.get("/api/v1/nothing", &[BROWSER]).await.problem(), "not-found");
    for (method, path) in [("POST", "/docs"), ("DELETE", "/healthz"), ("PUT", "/metrics")] {
        let answer = shop.send(method, path, &[], Body::empty()).await;
        assert_eq!((answer.status, answer.problem().as_str()), (405, "method-not-allowed"));
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
}

/// What a body in each coding begins with; Brotli's has no mark of its own.
fn begins_like(coding: &str, body: &[u8]) -> bool {
    match coding {
        "gzip" => body.starts_with(&[0x1f, 0x8b]),
        "zstd" => body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]),
        _ => !body.starts_with(b"<p>"),
    }
}

#[tokio::test]
async fn text_is_compressed_for_those_who_accept_it() {
    let shop = Shop::open().await;
    let plain = shop.get("/page", &[]).await;
    assert_eq!((plain.header("content-encoding"), plain.header("etag")), ("", "\"1\""));
    assert_eq!(plain.header("vary"), "accept-encoding");
    assert!(plain.text().starts_with("<p>"));
    for (accepts, coding) in
        [("gzip, deflate, br, zstd", "zstd"), ("gzip, br", "br"), ("gzip", "gzip")]
    {
        let packed = shop.get("/page", &[("accept-encoding", accepts)]).await;
        assert_eq!(packed.header("content-encoding"), coding);
        assert!(packed.body.len() * 10 < plain.body.len(), "{coding}: {}", packed.body.len());
        assert_eq!((packed.header("etag"), packed.header("vary")), ("W/\"1\"", "accept-encoding"));
        assert!(begins_like(coding, &packed.body));
    }
}

#[tokio::test]
async fn pictures_and_short_answers_are_left_as_they_are() {
    let shop = Shop::open().await;
    for path in ["/images/picture", "/healthz"] {
        let answer = shop.get(path, &[("accept-encoding", "gzip, br, zstd")]).await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{path}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_what_they_are_for() {
    let shop = Shop::open().await;
    shop.get("/p/one", &[]).await;
    shop.get("/p/two", &[]).await;
    shop.get("/api/v1/orders/x", &[]).await;
    let text = shop.metrics.encode();
    for line in [
        r#"{service="gateway",method="GET",route="/",status="200"} 2"#,
        r#"{service="gateway",method="GET",route="/api/v1/orders",status="200"} 1"#,
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[tokio::test]
async fn a_page_head_has_the_same_headers_as_the_page() {
    let shop = Shop::open().await;
    let head = shop.send("HEAD", "/page", &[], Body::empty()).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test(start_paused = true)]
async fn nobody_sees_a_raw_error() {
    let shop = Shop::open().await;
    for path in ["/in-trouble", "/never", "/api/v1/catalog/panic"] {
        let page = shop.get(path, &[BROWSER]).await;
        if path.starts_with("/api/") {
            assert_eq!(page.problem(), "internal", "who looks at the API sees what it says");
            continue;
        }
        assert!(page.status >= 500);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(page.text().contains("We will be right back"), "{path}");
        assert!(page.text().contains(page.header("x-request-id")), "{path}");
        assert!(!page.text().contains("upstream"), "{path}");
    }
    assert_eq!(shop.get("/in-trouble", &[]).await.text(), "upstream connect error");
}
