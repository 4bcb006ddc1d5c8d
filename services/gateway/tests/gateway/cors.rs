//! Scripts of other sites.

use axum::body::Body;
use emart_gateway::{Config, CorsConfig};

use crate::shop::Shop;

const FROM: (&str, &str) = ("origin", "https://client.example");

#[tokio::test]
async fn what_was_always_open_may_be_read_by_any_sites_scripts_without_cookies() {
    let shop = Shop::open().await;
    for path in ["/webapi/books", "/images/picture", "/api/shop/products", "/api/user/login"] {
        let answer = shop.get(path, &[FROM]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
    }
    for path in ["/", "/api/v1/carts", "/api/v1/identity/me", "/healthz"] {
        let answer = shop.get(path, &[FROM]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_what_it_may_send() {
    let shop = Shop::open().await;
    let ask = [
        FROM,
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    for path in ["/webapi/books/1", "/api/shop/cart", "/api/user", "/images/picture"] {
        let answer = shop.send("OPTIONS", path, &ask, Body::empty()).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let methods = answer.header("access-control-allow-methods");
        assert_eq!(methods, "GET,HEAD,PUT,PATCH,POST,DELETE");
        assert_eq!(answer.header("access-control-allow-headers"), "authorization,content-type");
    }
    let elsewhere = shop.send("OPTIONS", "/api/v1/carts", &ask, Body::empty()).await;
    assert_eq!(elsewhere.header("access-control-allow-methods"), "");
}

#[tokio::test]
async fn a_shop_may_name_the_sites_or_none() {
    let origins = vec!["https://client.example".to_owned()];
    let config = Config { cors: CorsConfig { origins }, ..Config::default() };
    let shop = Shop::configured(config.clone()).await;
    let own = shop.get("/webapi/books", &[FROM]).await;
    assert_eq!(own.header("access-control-allow-origin"), FROM.1);
    assert!(own.headers.get_all("vary").iter().any(|names| names == "origin"));
    for other in [&[("origin", "https://evil.example")][..], &[]] {
        let answer = shop.get("/webapi/books", other).await;
        assert_eq!(answer.header("access-control-allow-origin"), "");
        assert!(answer.headers.get_all("vary").iter().any(|names| names == "origin"));
    }
    let none = Config { cors: CorsConfig { origins: Vec::new() }, ..config };
    let shop = Shop::configured(none).await;
    let answer = shop.get("/webapi/books", &[FROM]).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}
