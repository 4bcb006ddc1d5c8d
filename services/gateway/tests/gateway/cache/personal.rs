//! Nothing of one visitor's is ever shown to another.

use super::source::Source;

const PUBLIC: [(&str, &str); 1] = [("cache-control", "public, max-age=60, stale-if-error=60")];

#[tokio::test]
async fn nothing_that_is_asked_by_somebody_known_is_kept_or_taken_from_memory() {
    for (name, value) in [
        ("cookie", "emart_session=customer-session"),
        ("cookie", "__Host-emart_session=customer-session"),
        ("cookie", "a=b; emart_cart=crt_1.secret"),
        ("cookie", "emart_badge=3"),
        ("cookie", "emart_device=d"),
        ("cookie", "emart_draft=d"),
        ("cookie", "emart_order=ord_1.secret"),
        ("authorization", "Bearer customer-token"),
        ("authorization", "Basic eA=="),
    ] {
        let source = Source::saying(&PUBLIC);
        let shop = source.shop().await;
        let own = shop.get("/p/tea", &[(name, value)]).await;
        assert!(own.text().starts_with("answer 1 "), "{}", own.text());
        let anyone = shop.get("/p/tea", &[]).await;
        assert!(anyone.text().starts_with("answer 2 for guest "), "{}", anyone.text());
        let again = shop.get("/p/tea", &[(name, value)]).await;
        assert!(again.text().starts_with("answer 3 "), "{value}: {}", again.text());
    }
}

#[tokio::test]
async fn what_is_kept_was_asked_by_nobody() {
    let source = Source::saying(&PUBLIC);
    let shop = source.shop().await;
    let answer = shop
        .get(
            "/p/tea",
            &[
                ("cookie", "_ga=GA1.1; theme=dark"),
                ("user-agent", "a browser"),
                ("x-forwarded-for", "203.0.113.9"),
                ("x-forwarded-host", "evil.example"),
                ("referer", "https://elsewhere.example/?secret"),
                ("emart-session", "customer-session"),
                ("accept", "text/html"),
                ("accept-language", "de"),
            ],
        )
        .await;
    assert_eq!(answer.text(), "answer 1 for guest in de with accept-language");
}

#[tokio::test]
async fn only_addresses_that_are_for_everyone_are_kept() {
    for path in ["/cart", "/checkout", "/account", "/sign-in", "/orders/x", "/confirm?token=secret"]
    {
        let source = Source::saying(&PUBLIC);
        let shop = source.shop().await;
        shop.get(path, &[]).await;
        let again = shop.get(path, &[]).await;
        assert!(again.text().starts_with("answer 2 "), "{path}");
        assert_eq!(again.header("cache-status"), "");
    }
}

#[tokio::test]
async fn what_a_service_tells_the_gateway_stays_inside() {
    let source = Source::saying(&[
        ("cache-control", "private, no-cache"),
        ("emart-cache-control", "max-age=60"),
    ]);
    let shop = source.shop().await;
    for headers in [&[][..], &[], &[("cookie", "emart_cart=x")]] {
        for path in ["/p/tea", "/cart"] {
            let answer = shop.get(path, headers).await;
            assert_eq!(answer.header("emart-cache-control"), "", "{path}");
            assert_eq!(answer.header("cache-control"), "private, no-cache");
        }
    }
}
