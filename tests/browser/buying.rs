//! Find, variant, cart, register at the checkout, pay, receipt.

use std::time::{Duration, Instant};

use emart_tests::Store;
use futures_util::future::try_join_all;

use crate::chromium::Setting;
use crate::shop;
use crate::shopper::{Buyer, PATIENCE, SETTINGS, Shopper};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn someone_finds_a_variant_registers_at_the_checkout_pays_and_gets_a_receipt() {
    let store = shop::open().await.unwrap();
    for (n, setting) in SETTINGS.into_iter().enumerate() {
        buy(&store, setting, &format!("ada{n}@example.com")).await.unwrap();
    }
}

async fn buy(store: &Store, setting: Setting, email: &str) -> anyhow::Result<()> {
    let ada = Shopper::at(store, setting).await?;
    ada.visit("/").await?;
    // With a slip of the finger, as people type.
    ada.finds("roud mug").await?;
    ada.reads("[data-price]", "12.00").await?;
    ada.chooses("Large").await?;
    ada.reads("[data-price]", "16.50").await?;
    ada.takes_it().await?;
    ada.reads(".lines", "Large").await?;
    let password = "a horse of a different colour";
    ada.fills_in(Buyer { email, card: "4242 4242 4242 4242", password: Some(password) }).await?;
    ada.places_the_order().await?;
    ada.reads("h1", "Thank you").await?;
    ada.reads("main", email).await?;
    ada.click("a[href$='/receipt']").await?;
    ada.reads("h1", "Receipt").await?;
    ada.reads(".receipt", "16.50").await?;
    opens_the_account(store, &ada, email, password).await?;
    ada.leave().await
}

/// Follows the link in the welcome mail, and signs in.
async fn opens_the_account(
    store: &Store,
    ada: &Shopper,
    email: &str,
    password: &str,
) -> anyhow::Result<()> {
    let link = link_in_mail(store, email, "/confirm?").await?;
    ada.visit(&link).await?;
    ada.click("main form button").await?;
    // The link came to the address, so whoever follows it is let in; elsewhere the password does.
    ada.finds_in_time("/account", "Order 1").await?;
    ada.click("form[action='/sign-out'] button").await?;
    ada.sees("a[href^='/sign-in']").await?;
    ada.visit("/sign-in?next=/account").await?;
    ada.types("email", email).await?;
    ada.types("password", password).await?;
    ada.click("main form button").await?;
    ada.reads("main", "Orders").await
}

/// The path of the first link that begins so in an e-mail to this address.
pub(crate) async fn link_in_mail(store: &Store, email: &str, path: &str) -> anyhow::Result<String> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        for mail in std::fs::read_dir(store.data().join("mailbox")).into_iter().flatten() {
            let text = std::fs::read_to_string(mail?.path())?;
            // Quoted-printable: a long line goes on after "=".
            let text = text.replace("=\r\n", "").replace("=3D", "=");
            if let (true, Some(at)) = (text.contains(email), text.find(path)) {
                let end = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '&');
                return Ok(text[at..].split(end).next().unwrap_or_default().to_owned());
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("no e-mail to {email} has a link {path}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_survives_a_mistake_and_the_mistake_is_named_beside_its_field() {
    let store = shop::open().await.unwrap();
    let all = SETTINGS.into_iter().map(async |setting| {
        let ada = Shopper::at(&store, setting).await?;
        ada.visit("/p/round-mug").await?;
        ada.takes_it().await?;
        ada.fills_in(Buyer { email: "ada@example", card: "4242", password: None }).await?;
        ada.places_the_order().await?;
        ada.sees("#email-error").await?;
        ada.sees("#card_number-error").await?;
        let city = ada.sees("[name=city]").await?.prop("value").await?;
        anyhow::ensure!(city.as_deref() == Some("Berlin"), "{city:?}");
        ada.leave().await
    });
    try_join_all(all).await.unwrap();
}
