//! A day of the clerk: finds an order, sends part of it, gives a piece back, cancels another.

use anyhow::Context as _;
use emart_tests::Store;

use crate::chromium::Setting;
use crate::shop;
use crate::shopper::{SETTINGS, Shopper};

const EMAIL: &str = "clerk@example.com";
const PASSWORD: &str = "a horse of a different colour";
const CARD: &str = "4242424242424242";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clerk_finds_an_order_sends_part_of_it_refunds_a_piece_and_cancels_another() {
    let store = shop::open().await.unwrap();
    shop::make_admin(&store, EMAIL, PASSWORD).unwrap();
    for (n, setting) in SETTINGS.into_iter().enumerate() {
        let first = sell(&store, 3, &format!("first{n}")).await.unwrap();
        let second = sell(&store, 1, &format!("second{n}")).await.unwrap();
        day(&store, setting, first, second).await.with_context(|| format!("{setting:?}")).unwrap();
    }
}

/// Somebody buys so much tea; returns the order's number.
async fn sell(store: &Store, pieces: u32, key: &str) -> anyhow::Result<i64> {
    let mut client = store.client().await?;
    let cart = client.cart(&store.variant("tea").await?, pieces).await?;
    let bought = client.buy_patiently(&cart, CARD, key).await?.json();
    bought["order_number"].as_i64().with_context(|| format!("no order: {bought}"))
}

async fn day(store: &Store, setting: Setting, first: i64, second: i64) -> anyhow::Result<()> {
    let clerk = Shopper::at(store, setting).await?;
    clerk.visit("/admin/orders").await?;
    clerk.types("email", EMAIL).await?;
    clerk.types("password", PASSWORD).await?;
    clerk.click("main form button").await?;
    clerk.reads("h1", "Orders").await?;
    opens(&clerk, first).await?;
    clerk.click("a[href$='/fulfil']").await?;
    clerk.types("line-0", "2").await?;
    clerk.types("'tracking.number'", "JJD 42").await?;
    clerk.click("main form .btn-main").await?;
    clerk.reads("main", "Partly sent").await?;
    clerk.reads("main", "JJD 42").await?;
    clerk.click("a[href$='/refund']").await?;
    clerk.types("line-0", "1").await?;
    clerk.types("reason", "It was opened").await?;
    clerk.click("main form .btn-main").await?;
    clerk.reads("main", "goes back to the visa ending in 4242").await?;
    clerk.click("main form .btn-bad").await?;
    clerk.reads("main", "Partly refunded").await?;
    clerk.reads("main", "It was opened").await?;
    clerk.visit("/admin/orders").await?;
    opens(&clerk, second).await?;
    clerk.click("a[href$='/cancel']").await?;
    clerk.types("reason", "Changed their mind").await?;
    clerk.click("main form .btn-main").await?;
    clerk.reads("main", "is cancelled. This cannot be undone").await?;
    clerk.click("main form .btn-bad").await?;
    clerk.reads("h1", "Cancelled").await?;
    clerk.reads("h1", "Refunded").await?;
    clerk.leave().await
}

/// Finds an order by its number and opens it.
async fn opens(clerk: &Shopper, number: i64) -> anyhow::Result<()> {
    let number = number.to_string();
    clerk.visit(&format!("/admin/orders?q={number}")).await?;
    clerk.reads("main", &number).await?;
    clerk.click("main th a").await?;
    clerk.reads("h1", &format!("Order {number}")).await
}
