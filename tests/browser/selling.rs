//! The back office makes a coupon, tries it out on a cart, and the shop takes it; a gift card pays the rest.

use emart_tests::Store;

use crate::chromium::Setting;
use crate::shop;
use crate::shopper::{SETTINGS, Shopper};

const PASSWORD: &str = "a horse of a different colour";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_coupon_made_in_the_back_office_counts_in_the_shop() {
    let store = shop::open().await.unwrap();
    shop::make_admin(&store, "owner@example.com", PASSWORD).unwrap();
    for (n, setting) in SETTINGS.into_iter().enumerate() {
        sell(&store, setting, &format!("TEN-{n}")).await.unwrap();
    }
}

async fn sell(store: &Store, setting: Setting, code: &str) -> anyhow::Result<()> {
    let ada = Shopper::at(store, setting).await?;
    ada.visit("/p/round-mug").await?;
    ada.takes_it().await?;

    let boss = Shopper::at(store, setting).await?;
    boss.visit("/sign-in?next=/admin/discounts/new").await?;
    boss.types("email", "owner@example.com").await?;
    boss.types("password", PASSWORD).await?;
    boss.click("main form button").await?;
    boss.types("title", "Ten off").await?;
    boss.types("code", code).await?;
    boss.types("percent", "10").await?;
    boss.click("#try ~ p button[value=preview]").await?;
    boss.reads("main", "It counts").await?;
    boss.click("button[value=save]").await?;
    boss.reads("h1", "Ten off").await?;

    ada.visit("/cart").await?;
    ada.types("coupon", &code.to_lowercase()).await?;
    ada.click(".coupons .field button").await?;
    ada.reads(".totals", code).await?;

    boss.visit("/admin/gift-cards/new").await?;
    boss.types("amount", "100").await?;
    boss.click("main form .form-end button").await?;
    let gift = boss.sees(".gift-code").await?.text().await?;
    ada.visit("/checkout").await?;
    ada.types("gift", &gift).await?;
    ada.click("button[value=gift]").await?;
    ada.reads("main", "nothing left to pay by card").await?;
    boss.leave().await?;
    ada.leave().await
}
