//! What belongs to someone: orders, receipts, the account, checkouts on their way.

use http::StatusCode;

use super::Browser;
use crate::shop::{HOSTILE, address};

const ORDER: &str = "/orders/ord_00000000000000000000000001";
const CHECKOUT: &str = "/checkout/chk_0000000000000000000000000";

#[tokio::test]
async fn an_order_shows_what_was_bought_where_it_goes_and_how_far_it_is() {
    let seen = Browser::of_ada().await.open(ORDER).await;
    for text in [
        "Order 1042",
        "Payment received",
        "Wednesday 25 November",
        "Paid by Visa ending in 4242",
        "€40.90",
        "Germany",
    ] {
        assert!(seen.body.contains(text), "{text}");
    }
    assert!(!seen.body.contains(HOSTILE) && seen.body.contains("noindex"));
}

#[tokio::test]
async fn a_guest_sees_an_order_by_its_token_only() {
    let mut browser = Browser::new().await;
    assert!(browser.open(ORDER).await.location.starts_with("/sign-in"));
    browser.open(&format!("{ORDER}?token=ordersecret")).await;
    assert!(browser.open(ORDER).await.body.contains("Order 1042"));
    assert!(browser.open(&format!("{ORDER}?placed")).await.body.contains("Thank you."));
}

#[tokio::test]
async fn a_receipt_can_be_printed_and_downloaded() {
    let mut browser = Browser::of_ada().await;
    let page = browser.open(&format!("{ORDER}/receipt")).await;
    assert!(page.body.contains("Receipt") && page.body.contains("Includes VAT 19 %"));
    let pdf = browser.open(&format!("{ORDER}/receipt.pdf")).await;
    assert_eq!((pdf.content_type.as_str(), pdf.body.as_str()), ("application/pdf", "%PDF-"));
}

#[tokio::test]
async fn an_account_lists_orders_and_addresses() {
    let mut browser = Browser::of_ada().await;
    let orders = browser.open("/account").await;
    assert!(orders.body.contains("Order 1042") && orders.body.contains("/account?cursor=older"));
    let addresses = browser.open("/account/addresses").await;
    assert!(addresses.body.contains("Ada Lovelace") && addresses.body.contains("10117 Berlin"));
    let id = "id=adr_00000000000000000000000001";
    let removed = browser.post("/account/addresses/remove", id).await;
    assert_eq!(removed.location, "/account/addresses");
}

#[tokio::test]
async fn an_address_with_gaps_says_so_and_keeps_the_rest() {
    let mut browser = Browser::of_ada().await;
    let seen = browser.post("/account/addresses", "name=Ada&country=DE").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains(r#"value="Ada""#) && seen.body.contains(r#"id="city-error""#));
}

#[tokio::test]
async fn a_wrong_current_password_is_said_beside_it() {
    let mut browser = Browser::of_ada().await;
    let seen = browser.post("/account/password", "current=x&new=correct+horse").await;
    assert!(seen.body.contains(r#"id="current-error""#));
}

#[tokio::test]
async fn a_customer_checks_out_with_a_saved_address() {
    let mut browser = Browser::of_ada().await;
    browser.post("/cart/add", "handle=mug&o1=Sand&o2=L&quantity=1").await;
    let page = browser.open("/checkout").await;
    assert!(page.body.contains(r#"value="adr_00000000000000000000000001" checked"#));
    assert!(page.body.contains(r#"value="ada@example.com""#));
    assert!(!page.body.contains("Keep your details?"));
    let form = "email=ada%40example.com&saved_address=adr_00000000000000000000000001&country=DE\
        &card_number=4242424242424242&card_expiry=0829&card_cvc=123&action=place";
    assert!(browser.post("/checkout", form).await.location.starts_with("/orders/"));
    let checkouts = browser.shop.checkouts.lock().unwrap();
    assert_eq!(checkouts[0].1.shipping_address, address());
}

#[tokio::test]
async fn a_checkout_on_its_way_waits_asks_or_leads_back() {
    let mut browser = Browser::with_a_mug().await;
    let waiting = browser.open(&format!("{CHECKOUT}1")).await;
    assert!(waiting.body.contains("http-equiv=\"refresh\""));
    let asking = browser.open(&format!("{CHECKOUT}a")).await;
    assert!(asking.body.contains("Confirm your payment"));
    let back = browser.open(&format!("{CHECKOUT}f")).await.location;
    let form = browser.open(&back).await;
    assert!(form.body.contains("This day has just been fully booked."));
    // Confirmed in another tab meanwhile: what became of it counts.
    let answered = browser.post(&format!("{CHECKOUT}a"), "outcome=approved").await;
    assert!(answered.location.starts_with("/checkout?failed="));
}

#[tokio::test]
async fn a_link_that_has_run_out_says_so_and_keeps_what_was_typed() {
    let mut browser = Browser::new().await;
    let form = "email=ada%40example.com&password=correct+horse";
    let setup = browser.post("/setup/old", form).await;
    assert!(setup.body.contains("has run out"));
    assert!(setup.body.contains(r#"value="ada@example.com""#));
    assert!(browser.post("/confirm", "token=old").await.body.contains("has run out"));
}
