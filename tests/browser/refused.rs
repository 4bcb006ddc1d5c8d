//! What goes wrong while buying, and what the shopper is told.

use emart_tests::Store;

use crate::chromium::Setting;
use crate::shop;
use crate::shopper::{Buyer, SETTINGS, Shopper};

const ADA: Buyer<'_> =
    Buyer { email: "ada@example.com", card: "4242 4242 4242 4242", password: None };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_card_is_said_and_another_one_pays_without_typing_the_rest_again() {
    let store = shop::open().await.unwrap();
    for setting in SETTINGS {
        declined(&store, setting).await.unwrap();
    }
}

async fn declined(store: &Store, setting: Setting) -> anyhow::Result<()> {
    let ada = Shopper::at(store, setting).await?;
    ada.visit("/p/tea").await?;
    ada.takes_it().await?;
    ada.fills_in(Buyer { card: "4000 0000 0000 0002", ..ADA }).await?;
    ada.places_the_order().await?;
    ada.reads("#problems", "declined").await?;
    ada.pays_with(ADA.card).await?;
    ada.places_the_order().await?;
    ada.reads("h1", "Thank you").await?;
    ada.leave().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_asks_for_confirmation_pays_once_it_is_confirmed() {
    let store = shop::open().await.unwrap();
    for setting in SETTINGS {
        confirmed(&store, setting).await.unwrap();
    }
}

async fn confirmed(store: &Store, setting: Setting) -> anyhow::Result<()> {
    let ada = Shopper::at(store, setting).await?;
    ada.visit("/p/tea").await?;
    ada.takes_it().await?;
    ada.fills_in(Buyer { card: "4000 0025 0000 3155", ..ADA }).await?;
    ada.places_the_order().await?;
    ada.click("button[value=approved]").await?;
    ada.reads("h1", "Thank you").await?;
    ada.leave().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sold_out_meanwhile_is_said_and_nothing_is_charged() {
    for setting in SETTINGS {
        let store = shop::open().await.unwrap();
        sold_out(&store, setting).await.unwrap();
    }
}

async fn sold_out(store: &Store, setting: Setting) -> anyhow::Result<()> {
    let ada = Shopper::at(store, setting).await?;
    ada.visit("/p/tall-vase").await?;
    ada.takes_it().await?;
    ada.fills_in(ADA).await?;
    // Somebody else is quicker.
    let mut other = store.client().await?;
    let vase = other.get("/api/v1/catalog/products/tall-vase").await?.json();
    let cart = other.cart(vase["variants"][0]["id"].as_str().unwrap_or_default(), 1).await?;
    let bought = other.buy_patiently(&cart, "4242424242424242", "quicker").await?;
    anyhow::ensure!(bought.status == 201, "{bought:?}");
    ada.places_the_order().await?;
    ada.reads("[data-cart]", "Sold out meanwhile").await?;
    ada.leave().await
}
