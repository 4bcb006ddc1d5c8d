//! Who is calling: what the gateway finds out, and what nobody can tell it.

use emart_gateway::Config;

use crate::shop::Shop;

#[tokio::test]
async fn a_guest_is_a_guest_whatever_they_say() {
    let shop = Shop::open().await;
    let spoofed = [
        ("emart-caller", "admin usr_00000000000000000000000000"),
        ("Emart-Session", "admin-session"),
        ("emart-client-addr", "10.0.0.1"),
        ("emart-deadline-ms", "999999"),
        ("emart-device", "someone-elses-device"),
        ("x-forwarded-for", "10.0.0.1"),
    ];
    for path in ["/cart", "/api/v1/carts/x", "/api/v1/identity/me"] {
        let seen = shop.get(path, &spoofed).await.seen();
        assert_eq!((seen.caller.as_str(), seen.path.as_str()), ("guest", path));
        assert_eq!(seen.client.as_deref(), Some("192.0.2.7"));
        assert_eq!(seen.headers.get("emart-session"), None);
        assert_eq!(seen.headers.get("emart-caller"), None);
        assert_eq!(seen.headers.get("emart-device"), None);
        assert!(seen.has_deadline);
    }
}

#[tokio::test]
async fn a_token_says_who_is_calling_and_goes_no_further() {
    let shop = Shop::open().await;
    let seen = shop.get("/api/v1/orders", &[("authorization", "Bearer staff-token")]).await.seen();
    assert!(seen.caller.starts_with("staff usr_"), "{}", seen.caller);
    assert_eq!(seen.headers.get("authorization"), None);
    let lower =
        shop.get("/api/v1/orders", &[("authorization", "bearer customer-token")]).await.seen();
    assert!(lower.caller.starts_with("customer usr_"));
}

#[tokio::test]
async fn a_token_that_is_no_good_is_an_error_not_a_guest() {
    let shop = Shop::open().await;
    for token in ["Bearer expired", "Bearer ", "Bearer \u{e4}"] {
        let answer = shop.get("/api/v1/orders", &[("authorization", token)]).await;
        assert_eq!((answer.status, answer.problem().as_str()), (401, "unauthorized"), "{token:?}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    let basic = shop.get("/page-of-a-protected-site", &[("authorization", "Basic eA==")]).await;
    assert_eq!(basic.seen().caller, "guest");
}

#[tokio::test]
async fn the_session_cookie_says_who_is_calling_and_only_pages_see_its_secret() {
    let shop = Shop::open().await;
    let cookie = [("cookie", "a=1; emart_session=customer-session; b=2")];
    let page = shop.get("/account", &cookie).await.seen();
    assert!(page.caller.starts_with("customer usr_"));
    assert_eq!(page.headers["emart-session"], "customer-session");
    assert_eq!(page.headers["emart-client-addr"], "192.0.2.7");
    let api = shop.get("/api/v1/orders", &cookie).await.seen();
    assert!(api.caller.starts_with("customer usr_"));
    assert_eq!(
        (api.headers["cookie"].as_str(), api.headers.get("emart-session")),
        ("a=1; b=2", None)
    );
    assert_eq!(shop.get("/account", &cookie).await.header("cache-control"), "private, no-store");
    assert_eq!(shop.get("/account", &[]).await.header("cache-control"), "");
    let over = shop.get("/account", &[("cookie", "emart_session=over")]).await.seen();
    assert_eq!(over.caller, "guest");
}

#[tokio::test]
async fn under_tls_only_a_cookie_that_no_other_host_can_set_counts() {
    let config = Config { public_url: "https://shop.example".to_owned(), ..Config::default() };
    let shop = Shop::configured(config).await;
    let plain = shop.get("/account", &[("cookie", "emart_session=customer-session")]).await.seen();
    assert_eq!(plain.caller, "guest");
    let host =
        shop.get("/account", &[("cookie", "__Host-emart_session=customer-session")]).await.seen();
    assert!(host.caller.starts_with("customer"));
}

#[tokio::test]
async fn while_identity_is_away_the_shop_can_be_looked_at_and_nothing_changed() {
    let shop = Shop::open().await;
    let cookie = [("cookie", "emart_session=broken")];
    assert_eq!(shop.get("/p/tea", &cookie).await.seen().caller, "guest");
    assert_eq!(shop.post("/cart", &cookie).await.problem(), "unavailable");
    let token = [("authorization", "Bearer broken")];
    assert_eq!(shop.get("/api/v1/orders", &token).await.problem(), "unavailable");
}

#[tokio::test(start_paused = true)]
async fn while_identity_hangs_nobody_waits_long_to_look() {
    let shop = Shop::open().await;
    let began = tokio::time::Instant::now();
    let seen = shop.get("/p/tea", &[("cookie", "emart_session=hangs")]).await.seen();
    assert_eq!(seen.caller, "guest");
    assert!(began.elapsed() < std::time::Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn other_sites_cannot_make_a_browser_change_anything() {
    let shop = Shop::open().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        for cookie in ["emart_session=customer-session", ""] {
            let answer = shop.post("/cart", &[(name, value), ("cookie", cookie)]).await;
            assert_eq!((answer.status, answer.problem().as_str()), (403, "cross-site-request"));
        }
        assert_eq!(shop.get("/page", &[(name, value)]).await.status, 200, "links are fine");
        let program = shop
            .post("/api/v1/carts", &[(name, value), ("authorization", "Bearer customer-token")])
            .await;
        assert_eq!(program.status, 200, "a token is not sent by accident");
    }
    for headers in
        [&[("sec-fetch-site", "same-origin")][..], &[("origin", "http://127.0.0.1:8080")], &[]]
    {
        assert_eq!(shop.post("/cart", headers).await.status, 200, "{headers:?}");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_is_whom_it_names() {
    let config =
        Config { trusted_proxies: vec!["192.0.2.0/24".parse().unwrap()], ..Config::default() };
    let shop = Shop::configured(config).await;
    let seen = shop.get("/cart", &[("x-forwarded-for", "6.6.6.6, 203.0.113.9")]).await.seen();
    assert_eq!(seen.client.as_deref(), Some("203.0.113.9"));
}

#[tokio::test]
async fn a_request_keeps_its_id_and_its_trace() {
    let shop = Shop::open().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer =
        shop.get("/cart", &[("x-request-id", "from-the-proxy.1"), ("traceparent", trace)]).await;
    assert_eq!(answer.header("x-request-id"), "from-the-proxy.1");
    let seen = answer.seen();
    assert_eq!(
        (seen.request_id.as_str(), seen.trace_id.as_str()),
        ("from-the-proxy.1", &trace[3..35])
    );
    for bad in ["", "two words", "<script>", &"x".repeat(65)] {
        let answer = shop.get("/cart", &[("x-request-id", bad)]).await;
        assert_ne!(answer.header("x-request-id"), bad);
        assert_eq!(answer.header("x-request-id"), answer.seen().request_id);
    }
}

#[tokio::test]
async fn to_the_originals_clients_only_a_token_that_is_good_says_who_they_are() {
    let shop = Shop::open().await;
    let token = |text| [("authorization", text)];
    for path in ["/api/user/login", "/api/shop/info", "/images/x", "/webapi/books"] {
        for text in ["Bearer null", "Bearer expired", "Bearer ", "Basic x"] {
            assert_eq!(shop.get(path, &token(text)).await.seen().caller, "guest", "{text}");
        }
        let cookie = [("cookie", "emart_session=customer-session")];
        assert_eq!(shop.get(path, &cookie).await.seen().caller, "guest");
        let far = [("cookie", "emart_session=customer-session"), ("sec-fetch-site", "cross-site")];
        assert_eq!(shop.post(path, &far).await.seen().caller, "guest");
        let seen = shop.get(path, &token("Bearer customer-token")).await.seen();
        assert!(seen.caller.starts_with("customer "), "{}", seen.caller);
        let handed_on = seen.headers.get("emart-bearer").map(String::as_str);
        let expected = path.starts_with("/api/user").then_some("customer-token");
        assert_eq!(handed_on, expected, "only who may end it is told the token");
    }
    let forged = [("emart-bearer", "x")];
    assert!(
        !shop.get("/api/user/login", &forged).await.seen().headers.contains_key("emart-bearer")
    );
}
