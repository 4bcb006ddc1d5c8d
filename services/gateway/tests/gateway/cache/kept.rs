//! What is kept, and for how long.

use std::time::Duration;

use emart_gateway::CacheOn;
use tokio::time::advance;

use super::source::{Mood, Source};

const MINUTE: [(&str, &str); 1] = [("cache-control", "public, max-age=60")];

#[tokio::test(start_paused = true)]
async fn what_is_fresh_is_answered_from_memory_and_says_how_old_it_is() {
    let source = Source::saying(&MINUTE);
    let shop = source.shop().await;
    let first = shop.get("/p/tea", &[]).await;
    assert_eq!(first.header("cache-status"), "emart; fwd=uri-miss; fwd-status=200; stored");
    advance(Duration::from_secs(59)).await;
    let second = shop.get("/p/tea", &[]).await;
    assert_eq!((second.text(), source.asked()), (first.text(), 1));
    assert_eq!((second.header("age"), second.header("cache-status")), ("59", "emart; hit; ttl=1"));
    assert_eq!(second.header("cache-control"), "public, max-age=60");
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    advance(Duration::from_secs(1)).await;
    let third = shop.get("/p/tea", &[]).await;
    assert!(third.text().starts_with("answer 2 "), "{}", third.text());
    assert_eq!(third.header("cache-status"), "emart; fwd=stale; fwd-status=200; stored");
}

#[tokio::test]
async fn each_address_has_its_own_answer() {
    let source = Source::saying(&MINUTE);
    let shop = source.shop().await;
    let paths = ["/p/tea", "/p/mug", "/p/tea?o1=Red", "/p/tea?o1=Blue", "/", "/search?q=tea"];
    for _ in 0..2 {
        for (at, path) in paths.into_iter().enumerate() {
            let answer = shop.get(path, &[]).await;
            assert!(answer.text().starts_with(&format!("answer {} ", at + 1)), "{path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_a_little_over_its_time_is_given_out_while_a_newer_one_is_fetched() {
    let source = Source::saying(&[("emart-cache-control", "max-age=1, stale-while-revalidate=5")]);
    let shop = source.shop().await;
    shop.get("/", &[]).await;
    advance(Duration::from_secs(3)).await;
    let old = shop.get("/", &[]).await;
    assert!(old.text().starts_with("answer 1 "));
    assert_eq!(old.header("cache-status"), "emart; hit; ttl=-2; detail=stale-while-revalidate");
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let new = shop.get("/", &[]).await;
    assert!(new.text().starts_with("answer 2 "));
    assert_eq!(new.header("cache-status"), "emart; hit; ttl=1");
    advance(Duration::from_secs(7)).await;
    assert!(shop.get("/", &[]).await.text().starts_with("answer 3 "), "too old for that");
}

#[tokio::test]
async fn what_is_not_to_be_kept_is_not() {
    for headers in [
        &[][..],
        &[("cache-control", "no-store")],
        &[("cache-control", "private, max-age=60")],
        &[("cache-control", "private, no-cache")],
        &[("cache-control", "public, max-age=60"), ("set-cookie", "emart_session=secret")],
        &[("cache-control", "public, max-age=60"), ("vary", "*")],
        &[("cache-control", "public, max-age=60"), ("vary", "cookie")],
        &[("cache-control", "public, max-age=60"), ("emart-cache-control", "no-store")],
    ] {
        let source = Source::saying(headers);
        let shop = source.shop().await;
        for times in 1..=3 {
            let answer = shop.get("/p/tea", &[]).await;
            assert!(answer.text().starts_with(&format!("answer {times} ")), "{headers:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_a_tag_is_asked_for_again_without_being_sent_again() {
    let source = Source::saying(&[("cache-control", "no-cache"), ("etag", "\"7\"")]);
    let shop = source.shop().await;
    let first = shop.get("/p/tea", &[]).await;
    let second = shop.get("/p/tea", &[]).await;
    assert_eq!((second.text(), source.asked()), (first.text(), 2));
    assert_eq!(second.header("cache-status"), "emart; fwd=stale; fwd-status=304; stored");
    source.says(&[("cache-control", "max-age=60"), ("etag", "\"8\"")]);
    let third = shop.get("/p/tea", &[]).await;
    assert!(third.text().starts_with("answer 3 "));
    assert_eq!(third.header("etag"), "\"8\"");
    assert_eq!(shop.get("/p/tea", &[]).await.text(), third.text());
    advance(Duration::from_secs(61)).await;
    source.says(&[("cache-control", "no-store"), ("etag", "\"8\"")]);
    assert_eq!(shop.get("/p/tea", &[]).await.status, 200);
    source.says(&[("cache-control", "max-age=60")]);
    assert!(shop.get("/p/tea", &[]).await.text().starts_with("answer 5 "));
}

#[tokio::test]
async fn a_client_who_has_it_already_hears_only_that() {
    let source = Source::saying(&[("cache-control", "max-age=60"), ("etag", "\"7\"")]);
    let shop = source.shop().await;
    for tags in ["\"7\"", "W/\"7\"", "\"1\", W/\"7\"", "*"] {
        let known = shop.get("/p/tea", &[("if-none-match", tags)]).await;
        assert_eq!((known.status, known.body.len()), (304, 0), "{tags}");
        assert_eq!(known.header("etag"), "\"7\"");
    }
    let other = shop.get("/p/tea", &[("if-none-match", "\"6\"")]).await;
    assert_eq!((other.status, source.asked()), (200, 1));
}

#[tokio::test]
async fn each_language_that_a_page_is_in_is_kept_by_itself() {
    let source = Source::saying(&[("cache-control", "max-age=60"), ("vary", "Accept-Language")]);
    let shop = source.shop().await;
    for _ in 0..2 {
        for (at, language) in ["de", "fr", ""].into_iter().enumerate() {
            let answer = shop.get("/p/tea", &[("accept-language", language)]).await;
            let text = format!("answer {} for guest in {language} ", at + 1);
            assert!(answer.text().starts_with(&text), "{}", answer.text());
        }
    }
    shop.post("/p/tea", &[]).await;
    let again = shop.get("/p/tea", &[("accept-language", "fr")]).await;
    assert!(again.text().starts_with("answer 5 "), "{}", again.text());
}

#[tokio::test]
async fn what_was_changed_is_forgotten() {
    let source = Source::saying(&MINUTE);
    let shop = source.shop().await;
    shop.get("/p/tea", &[]).await;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        shop.send(method, "/p/tea", &[], axum::body::Body::empty()).await;
        let before = source.asked();
        shop.get("/p/tea", &[]).await;
        assert_eq!(source.asked(), before + 1, "{method}");
    }
    source.is(Mood::Says(409));
    shop.post("/p/tea", &[]).await;
    source.is(Mood::Well);
    let before = source.asked();
    shop.get("/p/tea", &[]).await;
    assert_eq!(source.asked(), before, "what was refused has changed nothing");
}

#[tokio::test]
async fn the_head_alone_comes_from_the_same_answer() {
    let source = Source::saying(&MINUTE);
    let shop = source.shop().await;
    let head = shop.send("HEAD", "/p/tea", &[], axum::body::Body::empty()).await;
    let page = shop.get("/p/tea", &[]).await;
    assert_eq!((head.status, head.body.len(), source.asked()), (200, 0, 1));
    assert_eq!(head.header("content-length"), page.body.len().to_string());
}

#[tokio::test(start_paused = true)]
async fn many_who_ask_the_same_ask_once() {
    let source = Source::saying(&MINUTE);
    source.takes(Duration::from_secs(2));
    let shop = source.shop().await;
    let asking = (0..50).map(|_| shop.get("/p/tea", &[]));
    let answers = futures_util::future::join_all(asking).await;
    assert_eq!(source.asked(), 1);
    assert!(answers.iter().all(|answer| answer.text() == answers[0].text()));
    assert_eq!(answers[7].header("cache-status"), "emart; hit; ttl=60");
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_go_on_when_the_one_who_asked_goes_away() {
    let source = Source::saying(&MINUTE);
    source.takes(Duration::from_secs(2));
    let shop = source.shop().await;
    let first = shop.get("/p/tea", &[]);
    let first = tokio::time::timeout(Duration::from_secs(1), first);
    let (first, second) = tokio::join!(first, shop.get("/p/tea", &[]));
    assert!(first.is_err());
    assert!(second.text().starts_with("answer 2 "), "{}", second.text());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_shared_is_not_waited_for_one_after_the_other() {
    let source = Source::saying(&[("cache-control", "private, no-cache")]);
    source.takes(Duration::from_secs(2));
    let shop = source.shop().await;
    let began = tokio::time::Instant::now();
    let asking = (0..50).map(|_| shop.get("/p/tea", &[]));
    futures_util::future::join_all(asking).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(source.asked(), 50);
}

#[tokio::test]
async fn the_cache_takes_no_more_memory_than_it_may() {
    let source = Source::saying(&MINUTE);
    let shop = source.shop_with(|cache| cache.size_mib = 1).await;
    for page in 0..5000 {
        shop.get(&format!("/search?q=tea&page={page}"), &[]).await;
    }
    let again = source.asked();
    for page in 0..5000 {
        shop.get(&format!("/search?q=tea&page={page}"), &[]).await;
    }
    let asked = source.asked() - again;
    // Each takes more than 500 bytes.
    assert!(asked > 5000 - (1 << 20) / 500, "{asked} of 5000 were not there any more");
}

#[tokio::test]
async fn in_one_process_there_is_no_cache_unless_it_is_asked_for() {
    let source = Source::saying(&MINUTE);
    for (on, asked) in [(CacheOn::Auto, 2), (CacheOn::Never, 2), (CacheOn::Always, 1)] {
        let before = source.asked();
        let shop = source.shop_with(|cache| cache.on = on).await;
        for _ in 0..2 {
            let answer = shop.get("/p/tea", &[]).await;
            assert_eq!(answer.header("cache-status").is_empty(), asked == 2);
        }
        assert_eq!(source.asked() - before, asked, "{on:?}");
    }
}
