//! What the gateway may keep: only what is made for a stranger. The header is the only thing that lets it.

use axum::body::Body;
use emart_http::{Caller, Role};
use http::Request;
use http::header::SET_COOKIE;

use super::{Browser, Seen};

const EVERYONES: [&str; 6] =
    ["/", "/c/kitchen", "/search?q=mug", "/search/suggest?q=mug", "/p/mug", "/p/mug?o1=Sand"];
const OTHERS: [&str; 9] = [
    "/cart",
    "/sign-in",
    "/register",
    "/forgot",
    "/setup/abc",
    "/confirm?token=abc",
    "/account",
    "/checkout",
    "/nowhere",
];

fn may_be_kept(seen: &Seen) -> bool {
    let says = seen.headers.get("emart-cache-control");
    assert_eq!(seen.headers["cache-control"], "private, no-cache", "browsers keep nothing for us");
    says.is_some_and(|says| says.as_bytes().starts_with(b"max-age=1, "))
}

#[tokio::test]
async fn what_a_stranger_sees_may_be_kept_and_is_what_the_next_stranger_sees() {
    for path in EVERYONES {
        let first = Browser::new().await.open(path).await;
        assert!(may_be_kept(&first), "{path}");
        assert!(!first.headers.contains_key(SET_COOKIE), "{path}");
        let second = Browser::new().await.open(path).await;
        assert_eq!(first.body, second.body, "{path}");
    }
}

#[tokio::test]
async fn nothing_that_somebody_known_sees_may_be_kept() {
    for cookie in [
        "emart_session",
        "__Host-emart_session",
        "emart_cart",
        "emart_badge",
        "emart_device",
        "emart_draft",
        "emart_order",
    ] {
        for value in ["3", "x", ""] {
            let mut browser = Browser::new().await;
            browser.cookies.push((cookie.to_owned(), value.to_owned()));
            for path in EVERYONES {
                assert!(!may_be_kept(&browser.open(path).await), "{path} with {cookie}={value}");
            }
        }
    }
    let mut browser = Browser::new().await;
    browser.caller = Caller::person(Role::Customer, "usr_1");
    for path in EVERYONES {
        assert!(!may_be_kept(&browser.open(path).await), "{path}");
    }
    let mut browser = Browser::with_a_mug().await;
    for path in EVERYONES {
        assert!(!may_be_kept(&browser.open(path).await), "{path} with a cart");
    }
}

#[tokio::test]
async fn a_page_with_a_form_of_somebodys_own_an_error_or_a_change_is_never_kept() {
    for path in OTHERS {
        let seen = Browser::new().await.open(path).await;
        assert!(!seen.headers.contains_key("emart-cache-control"), "{path}");
    }
    let request =
        Request::post("/cart/add").header("content-type", "application/x-www-form-urlencoded");
    let wrong =
        Browser::new().await.send(request.body(Body::from("handle=mug&quantity=x")).unwrap()).await;
    assert!(!wrong.headers.contains_key("emart-cache-control"), "{}", wrong.status);
}
