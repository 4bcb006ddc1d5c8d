//! What visitors see while a service is away.

use std::time::Duration;

use tokio::time::{Instant, advance};

use super::source::{Mood, Source};

const KEPT: [(&str, &str); 1] =
    [("emart-cache-control", "max-age=1, stale-while-revalidate=5, stale-if-error=86400")];

const FAILURES: [Mood; 5] =
    [Mood::Unreachable, Mood::Says(500), Mood::Says(502), Mood::Says(503), Mood::Says(504)];

#[tokio::test(start_paused = true)]
async fn a_page_outlives_its_service_by_a_day() {
    for mood in FAILURES {
        let source = Source::saying(&KEPT);
        let shop = source.shop().await;
        let page = shop.get("/p/tea", &[]).await;
        source.is(mood);
        advance(Duration::from_hours(23)).await;
        let stale = shop.get("/p/tea", &[]).await;
        assert_eq!((stale.status, stale.text()), (200, page.text()), "{mood:?}");
        let status = match mood {
            Mood::Says(status) => format!("; fwd-status={status}"),
            _ => String::new(),
        };
        let way = format!("emart; fwd=stale{status}; detail=stale-if-error");
        assert_eq!(stale.header("cache-status"), way);
        assert_eq!(stale.header("age"), "82800");
        advance(Duration::from_hours(2)).await;
        assert!(shop.get("/p/tea", &[]).await.status >= 500, "{mood:?}: a day is over");
        source.is(Mood::Well);
        assert_eq!(shop.get("/p/tea", &[]).await.status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_hangs_makes_nobody_wait_long() {
    let source = Source::saying(&KEPT);
    let shop = source.shop().await;
    let page = shop.get("/p/tea", &[]).await;
    source.is(Mood::Hangs);
    advance(Duration::from_secs(10)).await;
    let began = Instant::now();
    let asking = (0..20).map(|_| shop.get("/p/tea", &[]));
    for stale in futures_util::future::join_all(asking).await {
        assert_eq!((stale.status, stale.text()), (200, page.text()));
        assert_eq!(stale.header("cache-status"), "emart; fwd=stale; detail=slow");
    }
    assert!(began.elapsed() < Duration::from_millis(1100), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_failed_is_left_alone_for_a_moment() {
    let source = Source::saying(&KEPT);
    let shop = source.shop().await;
    shop.get("/p/tea", &[]).await;
    source.is(Mood::Says(503));
    advance(Duration::from_mins(1)).await;
    for _ in 0..20 {
        assert_eq!(shop.get("/p/tea", &[]).await.status, 200);
    }
    assert_eq!(source.asked(), 2);
    source.is(Mood::Well);
    advance(Duration::from_millis(1100)).await;
    assert!(shop.get("/p/tea", &[]).await.text().starts_with("answer 3 "), "it is back");
}

#[tokio::test(start_paused = true)]
async fn what_says_nothing_of_failures_is_kept_as_long_as_the_settings_say() {
    let source = Source::saying(&[("cache-control", "max-age=1")]);
    let shop = source.shop_with(|cache| cache.stale_if_error_seconds = 100).await;
    shop.get("/p/tea", &[]).await;
    source.is(Mood::Unreachable);
    advance(Duration::from_secs(100)).await;
    assert_eq!(shop.get("/p/tea", &[]).await.status, 200);
    advance(Duration::from_secs(2)).await;
    assert_eq!(shop.get("/p/tea", &[]).await.problem(), "bad-gateway");
}

#[tokio::test(start_paused = true)]
async fn what_must_be_asked_for_again_is_not_shown_when_it_cannot_be() {
    for line in ["max-age=1, must-revalidate, stale-if-error=9000", "s-maxage=1"] {
        let source = Source::saying(&[]);
        source.says(&[("cache-control", line)]);
        let shop = source.shop().await;
        shop.get("/p/tea", &[]).await;
        source.is(Mood::Unreachable);
        advance(Duration::from_secs(2)).await;
        assert_eq!(shop.get("/p/tea", &[]).await.status, 502, "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_service_says_itself_is_no_failure() {
    let source = Source::saying(&KEPT);
    let shop = source.shop().await;
    shop.get("/p/tea", &[]).await;
    source.is(Mood::Says(404));
    advance(Duration::from_mins(1)).await;
    assert_eq!(shop.get("/p/tea", &[]).await.status, 404, "the product is gone");
    source.is(Mood::Unreachable);
    assert_eq!(shop.get("/p/tea", &[]).await.status, 502, "and is not brought back");
}

#[tokio::test(start_paused = true)]
async fn a_visitor_with_a_cart_sees_what_anyone_sees_before_they_see_an_error() {
    let source = Source::saying(&KEPT);
    let shop = source.shop().await;
    let page = shop.get("/p/tea", &[]).await;
    let cart = [("cookie", "emart_cart=crt_1.x; emart_badge=2")];
    for mood in FAILURES.into_iter().chain([Mood::Hangs]) {
        source.is(mood);
        let stale = shop.get("/p/tea", &cart).await;
        assert_eq!((stale.status, stale.text()), (200, page.text()), "{mood:?}");
        assert_eq!(stale.header("cache-control"), "private, no-store");
        assert!(shop.get("/cart", &cart).await.status >= 500, "the cart itself is not made up");
    }
    source.is(Mood::Well);
    assert!(!shop.get("/p/tea", &cart).await.text().starts_with("answer 1 "));
}

#[tokio::test(start_paused = true)]
async fn what_was_never_seen_is_an_error_for_everyone_who_asked_together() {
    let source = Source::saying(&KEPT);
    source.is(Mood::Says(503));
    source.takes(Duration::from_secs(1));
    let shop = source.shop().await;
    let asking = (0..20).map(|_| shop.get("/p/tea", &[]));
    let answers = futures_util::future::join_all(asking).await;
    assert!(answers.iter().all(|answer| answer.status >= 500));
    assert_eq!(source.asked(), 1, "a service in trouble is not asked twenty times");
}
