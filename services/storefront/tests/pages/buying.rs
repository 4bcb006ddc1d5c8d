//! Cart, checkout, sign in.

use std::sync::atomic::Ordering;

use axum::body::Body;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, StatusCode};

use super::Browser;

const ORDER: &str = "email=ada%40example.com&name=Ada&line1=Linden+1&postal_code=10117&city=Berlin&country=DE\
    &shipping_method=shm_00000000000000000000000001&slot=2026-11-25&key=0123456789abcdef0123456789abcdef\
    &card_number=4242+4242+4242+4242&card_expiry=08%2F29&card_cvc=987&expected_total=4090&action=place";

#[tokio::test]
async fn a_product_goes_into_the_cart_by_a_plain_form() {
    let mut browser = Browser::with_a_mug().await;
    assert_eq!(browser.cookie("emart_badge"), "2");
    assert_eq!(browser.cookie("emart_cart"), "crt_00000000000000000000000001.secret");
    let cart = browser.open("/cart").await;
    assert!(cart.body.contains("The price went up from €16.00 to €18.00"));
    assert!(cart.body.contains("€10.00 more and delivery is free."));
    assert!(cart.body.contains("€40.90"));
}

#[tokio::test]
async fn a_script_gets_the_new_count_as_json() {
    let mut browser = Browser::new().await;
    let request = Request::post("/cart/add")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json");
    let form = Body::from("handle=mug&o1=Moss&o2=S&quantity=1");
    let seen = browser.send(request.body(form).unwrap()).await;
    let said: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(said["count"], 1);
}

#[tokio::test]
async fn what_cannot_go_into_the_cart_says_why_on_the_products_page() {
    let mut browser = Browser::with_a_mug().await;
    for (form, text) in [
        ("handle=mug&o1=Moss&o2=L&quantity=1", "This combination is not made"),
        ("handle=mug&o1=Sand&o2=L&quantity=0", "from 1 to 999"),
        ("handle=mug&o1=Sand&o2=L&quantity=x", "from 1 to 999"),
        ("handle=mug&o1=Sand&o2=L&quantity=99", "Only 3 left."),
    ] {
        let seen = browser.post("/cart/add", form).await;
        assert_eq!(seen.status, StatusCode::CONFLICT, "{form}");
        assert!(seen.body.contains(text), "{form}");
    }
}

#[tokio::test]
async fn an_empty_cart_cannot_be_checked_out() {
    let mut browser = Browser::new().await;
    assert_eq!(browser.open("/checkout").await.location, "/cart");
    assert!(browser.open("/cart").await.body.contains("Your cart is empty"));
}

#[tokio::test]
async fn an_order_is_placed_and_its_page_opens_to_this_browser() {
    let mut browser = Browser::with_a_mug().await;
    let seen = browser.post("/checkout", ORDER).await;
    assert_eq!(seen.location, "/orders/ord_00000000000000000000000001?placed");
    assert_eq!(browser.cookie("emart_order"), "ordersecret");
    assert_eq!((browser.cookie("emart_badge"), browser.cookie("emart_draft")), ("0", ""));
    let checkouts = browser.shop.checkouts.lock().unwrap();
    let (key, checkout) = &checkouts[0];
    assert_eq!(key, "0123456789abcdef0123456789abcdef");
    assert_eq!(checkout.expected_total.unwrap().amount_minor, 4090);
    assert_eq!(checkout.delivery_date.as_deref(), Some("2026-11-25"));
    assert_eq!(checkout.shipping_address.city, "Berlin");
}

#[tokio::test]
async fn a_form_sent_twice_says_the_same_twice() {
    let mut browser = Browser::with_a_mug().await;
    let first = browser.post("/checkout", ORDER).await;
    let second = browser.post("/checkout", ORDER).await;
    assert_eq!(first.location, second.location);
    assert_eq!(browser.shop.card_tokens.load(Ordering::Relaxed), 1);
    let checkouts = browser.shop.checkouts.lock().unwrap();
    assert_eq!(checkouts[0], checkouts[1]);
}

#[tokio::test]
async fn after_an_error_all_is_still_typed_but_the_card() {
    let mut browser = Browser::with_a_mug().await;
    let order = ORDER.replace("name=Ada", "name=").replace("card_cvc=987", "card_cvc=9");
    let seen = browser.post("/checkout", &order).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["ada@example.com", "Linden 1", "10117", "Berlin"] {
        assert!(seen.body.contains(&format!("value=\"{kept}\"")), "{kept}");
    }
    assert!(
        seen.body.contains(r##"<a href="#name">"##) && seen.body.contains(r#"id="name-error""#)
    );
    assert!(seen.body.contains(r#"id="card_cvc-error""#));
    for secret in ["4242 4242 4242 4242\"", "08/29\""] {
        assert!(!seen.body.contains(secret), "{secret}");
    }
    assert_eq!(browser.shop.card_tokens.load(Ordering::Relaxed), 0);
    assert!(!browser.cookie("emart_draft").contains("4242"));
    // Coming back later finds it all again.
    assert!(browser.open("/checkout").await.body.contains(r#"value="Linden 1""#));
}

#[tokio::test]
async fn a_declined_card_is_said_beside_the_card_and_the_next_try_is_a_new_one() {
    let mut browser = Browser::with_a_mug().await;
    let order = ORDER.replace("email=ada", "email=declined");
    let seen = browser.post("/checkout", &order).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("The card was declined. Nothing has been charged."));
    assert!(!seen.body.contains("0123456789abcdef0123456789abcdef"));
}

#[tokio::test]
async fn an_account_is_asked_for_once_even_if_the_card_is_declined() {
    let mut browser = Browser::with_a_mug().await;
    let order = ORDER.replace("email=ada", "email=declined") + "&password=correct+horse";
    let seen = browser.post("/checkout", &order).await;
    assert!(seen.body.contains(r#"name="registered" value="declined@example.com""#));
    let again = order.replace("key=0", "key=1") + "&registered=declined%40example.com";
    browser.post("/checkout", &again).await;
    assert_eq!(browser.shop.registrations.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn totals_can_be_worked_out_anew_without_placing_anything() {
    let mut browser = Browser::with_a_mug().await;
    let seen = browser.post("/checkout", "country=AT&city=Wien&action=update").await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.body.contains(r#"value="AT" selected"#) && seen.body.contains(r#"value="Wien""#));
    assert!(browser.shop.checkouts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_wrong_password_says_no_more_than_that() {
    let mut browser = Browser::new().await;
    let seen =
        browser.post("/sign-in", "email=ada%40example.com&password=x&next=//evil.example").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("The e-mail address or the password is not right."));
    assert!(
        seen.body.contains(r#"value="ada@example.com""#) && !seen.body.contains(r#"value="x""#)
    );
}

#[tokio::test]
async fn pages_of_an_account_lead_to_sign_in_and_back() {
    let mut browser = Browser::new().await;
    assert_eq!(
        browser.open("/account/addresses").await.location,
        "/sign-in?next=%2Faccount%2Faddresses"
    );
    let order = "/orders/ord_00000000000000000000000001";
    assert!(browser.open(order).await.location.starts_with("/sign-in?next="));
}

#[tokio::test]
async fn a_token_in_the_address_of_an_order_moves_into_a_cookie() {
    let mut browser = Browser::new().await;
    let order = "/orders/ord_00000000000000000000000001";
    let seen = browser.open(&format!("{order}?token=abc")).await;
    assert_eq!(seen.location, order);
    assert_eq!(browser.cookie("emart_order"), "abc");
}

#[tokio::test]
async fn a_body_that_is_no_form_is_a_page_that_says_so() {
    let mut browser = Browser::new().await;
    for path in ["/cart/add", "/checkout", "/sign-in", "/register", "/cart/change"] {
        let request = Request::post(path).header(CONTENT_TYPE, "application/json");
        let seen = browser.send(request.body(Body::from("{")).unwrap()).await;
        assert!(
            seen.status.is_client_error() && seen.content_type.starts_with("text/html"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_code_is_put_into_the_cart_by_a_plain_form_and_taken_out_again() {
    let mut browser = Browser::with_a_mug().await;
    let refused = browser.post("/cart/coupon", "coupon=nothing").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("id=\"coupon-error\">We do not know this code."));
    assert!(browser.shop.coupons.lock().unwrap().is_empty());
    assert_eq!(browser.post("/cart/coupon", "coupon=+ten+").await.location, "/cart");
    let cart = browser.open("/cart").await;
    assert!(cart.body.contains("(TEN)") && cart.body.contains("−€3.60"), "{}", cart.body);
    assert!(cart.body.contains("€37.30") && !cart.body.contains("<script>alert"));
    assert_eq!(browser.post("/cart/coupon/remove", "coupon=TEN").await.location, "/cart");
    assert!(!browser.open("/cart").await.body.contains("(TEN)"));
}

#[tokio::test]
async fn a_code_at_checkout_is_used_before_anything_is_paid() {
    let mut browser = Browser::with_a_mug().await;
    let refused = browser.post("/checkout", &format!("{ORDER}&coupon=nothing")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("id=\"coupon-error\""));
    let used = browser.post("/checkout", &format!("{ORDER}&coupon=TEN")).await;
    assert!(used.body.contains("Pay €37.30"), "{}", used.body);
    assert!(browser.shop.checkouts.lock().unwrap().is_empty());
    let form = ORDER.replace("action=place", "action=remove-coupon+TEN");
    assert!(browser.post("/checkout", &form).await.body.contains("Pay €40.90"));
}
