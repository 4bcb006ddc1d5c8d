//! How often somebody may ask.

use std::time::Duration;

use axum::body::Body;
use emart_gateway::{Config, LimitsConfig, Rate};
use tokio::time::advance;

use crate::shop::{Answer, Shop};

const NONE: Rate = Rate { per_minute: 0, burst: 0 };

async fn shop(change: impl FnOnce(&mut LimitsConfig)) -> Shop {
    let mut limits =
        LimitsConfig { on: true, sign_in: NONE, checkouts: NONE, writes: NONE, reads: NONE };
    change(&mut limits);
    Shop::configured(Config { limits, ..Config::default() }).await
}

async fn post(shop: &Shop, from: &str, path: &str) -> Answer {
    shop.send_from(from, "POST", path, &[], Body::from("{}")).await
}

#[tokio::test(start_paused = true)]
async fn who_asks_too_often_is_told_when_to_come_back_and_let_in_then() {
    let shop = shop(|limits| limits.writes = Rate { per_minute: 30, burst: 3 }).await;
    for left in [2, 1, 0] {
        let answer = post(&shop, "192.0.2.1", "/api/v1/carts").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"writes\";q=3;w=6");
        assert_eq!(answer.header("ratelimit"), format!("\"writes\";r={left};t={}", 2 * (3 - left)));
    }
    let refused = post(&shop, "192.0.2.1", "/api/v1/carts").await;
    assert_eq!((refused.status, refused.problem().as_str()), (429, "too-many-requests"));
    assert_eq!(refused.header("retry-after"), "2");
    assert_eq!(refused.header("ratelimit"), "\"writes\";r=0;t=6");
    assert_eq!(post(&shop, "192.0.2.2", "/api/v1/carts").await.status, 200, "others are let in");
    advance(Duration::from_secs(2)).await;
    assert_eq!(post(&shop, "192.0.2.1", "/api/v1/carts").await.status, 200);
    assert_eq!(post(&shop, "192.0.2.1", "/api/v1/carts").await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn a_person_is_told_on_a_page() {
    let shop = shop(|limits| limits.reads = Rate { per_minute: 1, burst: 1 }).await;
    let browser = [("accept", "text/html")];
    assert_eq!(shop.get("/page", &browser).await.status, 200);
    let page = shop.get("/page", &browser).await;
    assert_eq!((page.status, page.header("retry-after")), (429, "60"));
    assert!(page.text().contains("One moment, please"));
    assert_eq!(page.header("ratelimit"), "\"reads\";r=0;t=60");
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_request_is_counted_by_itself() {
    let one = Rate { per_minute: 1, burst: 1 };
    let shop = shop(|limits| (limits.sign_in, limits.checkouts) = (one, one)).await;
    for (paths, name) in [
        (
            &[
                "/sign-in",
                "/register",
                "/forgot",
                "/reset",
                "/setup/token",
                "/api/v1/identity/tokens",
                "/api/v1/identity/registrations/confirm",
                "/api/v1/identity/sessions",
            ][..],
            "sign-in",
        ),
        (
            &["/checkout", "/checkout/x", "/api/v1/checkouts", "/api/v1/payments/card-tokens"],
            "checkouts",
        ),
    ] {
        for (at, path) in paths.iter().enumerate() {
            let answer = post(&shop, "192.0.2.1", path).await;
            assert_eq!(answer.status, if at == 0 { 200 } else { 429 }, "{path}");
            assert!(answer.header("ratelimit-policy").contains(name), "{path}");
        }
    }
    for _ in 0..5 {
        let cart = post(&shop, "192.0.2.1", "/api/v1/carts").await;
        assert_eq!(
            (cart.status, cart.header("ratelimit")),
            (200, ""),
            "no limit, and none told of"
        );
        assert_eq!(shop.get("/sign-in", &[]).await.status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn of_ipv6_the_network_counts_and_a_mapped_address_is_its_ipv4_one() {
    let shop = shop(|limits| limits.writes = Rate { per_minute: 1, burst: 1 }).await;
    for (from, status) in [
        ("2001:db8:1:1::1", 200),
        ("2001:db8:1:1:ffff::9", 429),
        ("2001:db8:1:2::1", 200),
        ("192.0.2.9", 200),
        ("::ffff:192.0.2.9", 429),
        ("127.0.0.1", 200),
        ("127.0.0.1", 429),
        ("10.0.0.1", 200),
        ("10.0.0.1", 429),
    ] {
        assert_eq!(post(&shop, from, "/api/v1/carts").await.status, status, "{from}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_is_counted_wherever_it_comes_from() {
    let limits = Rate { per_minute: 1, burst: 2 };
    let shop = shop(|config| config.writes = limits).await;
    // Every sign-in of the fake `identity` is somebody new, so the address is what counts here.
    let token = [("authorization", "Bearer customer-token")];
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = shop.send("POST", "/api/v1/carts", &token, Body::empty()).await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [200, 200, 429]);
    let same = [("authorization", "Bearer same-customer")];
    for (from, status) in [("192.0.2.51", 200), ("192.0.2.52", 200), ("192.0.2.53", 429)] {
        let answer = shop.send_from(from, "POST", "/api/v1/carts", &same, Body::empty()).await;
        assert_eq!(answer.status, status, "{from}");
    }
}

#[tokio::test]
async fn health_is_never_limited_and_the_switch_turns_all_limits_off() {
    let one = Rate { per_minute: 1, burst: 1 };
    let limited = shop(|limits| limits.reads = one).await;
    for _ in 0..5 {
        assert_eq!(limited.get("/healthz", &[]).await.status, 200);
        assert_eq!(limited.get("/readyz", &[]).await.status, 200);
    }
    let off = shop(|limits| (limits.on, limits.reads) = (false, one)).await;
    for _ in 0..5 {
        assert_eq!(off.get("/page", &[]).await.status, 200);
    }
}
