//! Health and metrics.

use std::sync::Arc;

use axum::body::Body;
use emart_gateway::Config;
use serde_json::Value;

use crate::shop::Shop;

async fn unready() -> Shop {
    Shop::with(Config::default(), |services| {
        services[1].ready = Arc::new(|| Box::pin(async { Err("the disk is full".to_owned()) }));
    })
    .await
}

#[tokio::test]
async fn the_store_is_ready_when_every_service_is() {
    let shop = Shop::open().await;
    let answer = shop.get("/readyz", &[]).await;
    let states: Value = answer.json();
    assert_eq!((answer.status, &states["ready"]), (200, &Value::Bool(true)));
    assert_eq!(states["services"].as_object().unwrap().len(), 13);

    let shop = unready().await;
    let answer = shop.get("/readyz", &[]).await;
    let states: Value = answer.json();
    assert_eq!((answer.status, &states["services"]["cart"]["ready"]), (503, &Value::Bool(false)));
    assert_eq!(states["services"]["cart"]["reason"], Value::Null, "not for strangers");
    assert_eq!(shop.get("/healthz", &[]).await.status, 200, "it lives all the same");
}

#[tokio::test]
async fn who_sits_at_the_machine_hears_why() {
    let shop = unready().await;
    let answer = shop.send_from("127.0.0.1", "GET", "/readyz", &[], Body::empty()).await;
    assert_eq!(answer.json::<Value>()["services"]["cart"]["reason"], "the disk is full");
    let through_proxy = [("x-forwarded-for", "203.0.113.9")];
    let answer = shop.send_from("127.0.0.1", "GET", "/readyz", &through_proxy, Body::empty()).await;
    assert_eq!(answer.json::<Value>()["services"]["cart"]["reason"], Value::Null);
}

#[tokio::test]
async fn metrics_are_for_those_the_settings_name() {
    let local = "127.0.0.1";
    let shop = Shop::open().await;
    let answer = shop.send_from(local, "GET", "/metrics", &[], Body::empty()).await;
    assert_eq!(answer.problem(), "not-found");
    let shop = Shop::configured(Config {
        metrics_from: vec![local.parse().unwrap()],
        ..Config::default()
    })
    .await;
    assert_eq!(shop.get("/metrics", &[]).await.status, 404);
    let answer = shop.send_from(local, "GET", "/metrics", &[], Body::empty()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    assert!(answer.text().contains("emart_http_request_duration_seconds"));
    for (name, value) in
        [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9"), ("via", "1.1 proxy")]
    {
        let answer =
            shop.send_from(local, "GET", "/metrics", &[(name, value)], Body::empty()).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}
