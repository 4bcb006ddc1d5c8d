//! Somebody looks after the goods: corrects stock, changes a price where it stands, brings products in from a file with
//! mistakes in it, and sees in the shop what came of it.

use emart_tests::Store;
use fantoccini::Locator;

use crate::chromium::{Screen, Setting};
use crate::shop;
use crate::shopper::Shopper;

const EMAIL: &str = "clerk@example.com";
const PASSWORD: &str = "a horse of a different colour";
const CSV: &str = "Handle,Title,Variant Price,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty\n\
    oak-tray,<b>Oak</b> tray,24.00,OAK-1,shopify,6\n\
    bad-tray,Bad tray,a lot,BAD-1,shopify,1\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_a_price_and_a_file_of_products_reach_the_shop() {
    let store = shop::open().await.unwrap();
    shop::make_admin(&store, EMAIL, PASSWORD).unwrap();
    let csv = store.data().join("trays.csv");
    std::fs::write(&csv, CSV).unwrap();
    for (round, setting) in [(Screen::Desk, true), (Screen::Phone, false)].into_iter().enumerate() {
        let (screen, scripts) = setting;
        looks_after(&store, Setting { screen, scripts }, round, csv.to_str().unwrap())
            .await
            .unwrap();
    }
}

async fn looks_after(
    store: &Store,
    setting: Setting,
    round: usize,
    csv: &str,
) -> anyhow::Result<()> {
    let clerk = Shopper::at(store, setting).await?;
    clerk.visit("/sign-in?next=/admin/products").await?;
    clerk.types("email", EMAIL).await?;
    clerk.types("password", PASSWORD).await?;
    clerk.click("main form button").await?;
    clerk.reads("h1", "Products").await?;
    corrects_stock(&clerk, round).await?;
    changes_a_price(&clerk, round).await?;
    imports(&clerk, csv, round).await?;
    clerk.leave().await
}

async fn corrects_stock(clerk: &Shopper, round: usize) -> anyhow::Result<()> {
    clerk.visit("/admin/inventory?by=sku&q=vase").await?;
    clerk.click("tbody .cell-link").await?;
    clerk.types("pieces", &(round + 2).to_string()).await?;
    clerk.click("form[action$='/adjust'] .btn-main").await?;
    clerk.reads("[data-flash]", &format!("There are {} pieces now", round + 2)).await?;
    clerk.reads(".timeline", "Corrected").await
}

async fn changes_a_price(clerk: &Shopper, round: usize) -> anyhow::Result<()> {
    clerk.visit("/admin/products?q=vase").await?;
    clerk.types("price", &format!("7{round}.50")).await?;
    if clerk.browser.setting.scripts {
        // Leaving the field saves it.
        clerk.sees("[name=stock]").await?.click().await?;
        clerk.reads("tbody", "Saved").await?;
    } else {
        clerk.click(".row-save .btn").await?;
        clerk.reads("[data-flash]", "Saved").await?;
    }
    clerk.finds_in_time("/p/tall-vase", &format!("7{round}.50")).await
}

async fn imports(clerk: &Shopper, csv: &str, round: usize) -> anyhow::Result<()> {
    clerk.visit("/admin/products/import").await?;
    let file = clerk.sees("input[type=file]").await?;
    file.send_keys(csv).await?;
    clerk.click("form[enctype] .btn-main").await?;
    clerk.reads("h1", "What the file would do").await?;
    clerk.reads("main", "bad-tray").await?;
    if round == 0 {
        clerk.click("form[action$='/apply'] .btn-main").await?;
        clerk.reads("h1", "What the file did").await?;
    }
    clerk.visit("/p/oak-tray").await?;
    clerk.reads("h1", "<b>Oak</b> tray").await?;
    let bold = clerk.browser.client.find_all(Locator::Css("h1 b")).await?;
    anyhow::ensure!(bold.is_empty(), "a title is never markup");
    clerk.reads("[data-price]", "24.00").await
}
