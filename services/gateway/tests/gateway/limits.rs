//! What the gateway bears: sizes, times, numbers.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use emart_gateway::Config;
use futures_util::{FutureExt, StreamExt, stream};

use crate::shop::Shop;

fn chunks(count: usize) -> Body {
    let chunk = Bytes::from(vec![b'x'; 64 << 10]);
    Body::from_stream(stream::repeat(chunk).take(count).map(Ok::<_, std::io::Error>))
}

#[tokio::test]
async fn a_body_has_a_limit_whether_its_length_is_announced_or_not() {
    let shop = Shop::open().await;
    let fits = shop.send("POST", "/api/v1/carts", &[], chunks(16)).await;
    assert_eq!(fits.seen().body_bytes, 1 << 20);
    let streamed = shop.send("POST", "/api/v1/carts", &[], chunks(17)).await;
    assert_eq!((streamed.status, streamed.problem().as_str()), (413, "body-too-large"));
    let announced =
        shop.send("POST", "/api/v1/carts", &[("content-length", "1048577")], chunks(17)).await;
    assert_eq!(announced.status, 413);
}

#[tokio::test]
async fn staff_may_upload_what_would_let_others_fill_the_memory() {
    let shop = Shop::open().await;
    for (path, mib) in [("/api/v1/catalog/media", 32), ("/api/v1/catalog/imports/products", 64)] {
        let guest = shop.send("POST", path, &[], chunks(17)).await;
        assert_eq!(guest.status, 413);
        let staff = [("authorization", "Bearer staff-token")];
        let fits = shop.send("POST", path, &staff, chunks(mib * 16)).await;
        assert_eq!(fits.seen().body_bytes, mib << 20);
        let too_large = shop.send("POST", path, &staff, chunks(mib * 16 + 1)).await;
        assert_eq!(too_large.problem(), "body-too-large");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_clients_affair() {
    let shop = Shop::open().await;
    let broken = stream::iter([Ok(Bytes::from("{")), Err(std::io::Error::other("gone"))]);
    let answer = shop.send("POST", "/api/v1/carts", &[], Body::from_stream(broken)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (400, "malformed-body"));
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_a_504_and_a_body_that_never_ends_a_408() {
    let shop = Shop::configured(Config { request_timeout_seconds: 1, ..Config::default() }).await;
    let answer = shop.get("/never", &[]).await;
    assert_eq!((answer.status, answer.problem().as_str()), (504, "timeout"));
    let slow = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = shop.send("POST", "/api/v1/carts", &[], slow).await;
    assert_eq!((answer.status, answer.problem().as_str()), (408, "request-timeout"));
}

#[tokio::test]
async fn further_requests_than_it_bears_are_told_to_come_back() {
    let shop = Shop::configured(Config { requests_at_once: 2, ..Config::default() }).await;
    {
        let waiting = [shop.get("/never", &[]), shop.get("/never", &[])];
        let mut waiting = waiting.map(Box::pin);
        for request in &mut waiting {
            assert!(request.now_or_never().is_none());
        }
        let refused = shop.get("/page", &[]).await;
        assert_eq!((refused.status, refused.problem().as_str()), (503, "unavailable"));
        assert_eq!(refused.header("retry-after"), "1");
    }
    tokio::time::sleep(Duration::ZERO).await;
    assert_eq!(shop.get("/page", &[]).await.status, 200, "who went away has made room");
}

#[tokio::test]
async fn whoever_looks_after_the_store_is_not_kept_out_by_the_crowd() {
    let shop = Shop::configured(Config { requests_at_once: 1, ..Config::default() }).await;
    let mut waiting = Box::pin(shop.get("/never", &[]));
    assert!((&mut waiting).now_or_never().is_none());
    assert_eq!(shop.get("/page", &[]).await.status, 503);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(shop.get(path, &[]).await.status, 200, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_may_have_less_time_than_the_others() {
    let timeouts = [("/".to_owned(), 2)].into();
    let shop = Shop::configured(Config { timeouts, ..Config::default() }).await;
    let began = tokio::time::Instant::now();
    assert_eq!(shop.get("/never", &[]).await.problem(), "timeout");
    assert!(began.elapsed() < Duration::from_millis(2500), "{:?}", began.elapsed());
}

#[test]
fn settings_that_cannot_work_are_named() {
    let mut config = Config { proxy_protocol: true, ..Config::default() };
    config.timeouts = [("/api/v1/catalogue".to_owned(), 3), ("/images".to_owned(), 0)].into();
    config.limits.writes.per_minute = 5;
    config.cache.size_mib = 0;
    config.tls.key_file = Some("key.pem".into());
    config.tls.redirect_from = Some(([0, 0, 0, 0], 80).into());
    let wrong = config.check();
    for name in [
        "proxy_protocol",
        "/api/v1/catalogue",
        "/images",
        "limits.writes.burst",
        "cache.size_mib",
        "cert_file",
        "redirect_from",
    ] {
        assert!(wrong.iter().any(|problem| problem.contains(name)), "{name}: {wrong:?}");
    }
}
