//! Other settings while the store is open.

use axum::body::Body;
use emart_gateway::{Config, Rate};
use futures_util::FutureExt;

use crate::shop::Shop;

#[tokio::test]
async fn new_settings_hold_from_the_next_request_on() {
    let shop = Shop::open().await;
    assert_eq!(
        shop.send_from("127.0.0.1", "GET", "/metrics", &[], Body::empty()).await.status,
        404
    );
    let metrics_from = vec!["127.0.0.1".parse().unwrap()];
    shop.reload.apply(&Config { metrics_from, ..Config::default() }).unwrap();
    assert_eq!(
        shop.send_from("127.0.0.1", "GET", "/metrics", &[], Body::empty()).await.status,
        200
    );
}

#[tokio::test]
async fn settings_that_cannot_work_change_nothing() {
    let shop = Shop::configured(Config { body_limit_kib: 1, ..Config::default() }).await;
    let wrong = Config { requests_at_once: 0, body_limit_kib: 1024, ..Config::default() };
    let said = shop.reload.apply(&wrong).unwrap_err().to_string();
    assert!(said.contains("requests_at_once"), "{said}");
    let large = Body::from(vec![b'x'; 2000]);
    assert_eq!(shop.send("POST", "/api/v1/carts", &[], large).await.problem(), "body-too-large");
}

#[tokio::test]
async fn who_is_inside_stays_counted_and_is_not_disturbed() {
    let config = Config { requests_at_once: 2, ..Config::default() };
    let shop = Shop::configured(config.clone()).await;
    let mut inside = Box::pin(shop.get("/never", &[]));
    assert!((&mut inside).now_or_never().is_none());
    shop.reload.apply(&Config { requests_at_once: 1, ..config.clone() }).unwrap();
    assert_eq!(shop.get("/page", &[]).await.status, 503);
    assert!((&mut inside).now_or_never().is_none());
    drop(inside);
    assert_eq!(shop.get("/page", &[]).await.status, 200);
}

#[tokio::test]
async fn what_was_counted_before_still_counts() {
    let mut config = Config::default();
    config.limits.writes = Rate { per_minute: 1, burst: 1 };
    let shop = Shop::configured(config.clone()).await;
    assert_eq!(shop.post("/api/v1/carts", &[]).await.status, 200);
    shop.reload.apply(&Config { access_log: true, ..config }).unwrap();
    assert_eq!(shop.post("/api/v1/carts", &[]).await.status, 429);
}
