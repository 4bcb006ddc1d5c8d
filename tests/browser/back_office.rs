//! The back office in a browser: coming in, the menu at a desk and on a phone, the palette by keys alone; and every page
//! that the menu leads to, which axe-core looks at.

use emart_tests::Store;
use fantoccini::Locator;
use serde_json::Value;

use crate::accessibility::check;
use crate::chromium::{Screen, Setting};
use crate::shop;
use crate::shopper::Shopper;

/// Bytes of a page without its pictures, scripts and styles included, as they are sent.
const HEAVIEST: u64 = 150_000;
const PASSWORD: &str = "a horse of a different colour";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_the_back_office_is_for_everybody_at_a_desk() {
    walk(Screen::Desk).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_the_back_office_is_for_everybody_on_a_phone() {
    walk(Screen::Phone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_palette_goes_anywhere_by_keys_alone() {
    let store = shop::open().await.unwrap();
    let setting = Setting { screen: Screen::Desk, scripts: true };
    let owner = comes_in(&store, setting).await.unwrap();
    let body = owner.browser.client.find(Locator::Css("body")).await.unwrap();
    // Control, held down.
    body.send_keys("\u{e009}k").await.unwrap();
    owner.sees(".palette[open] [role=option]").await.unwrap();
    let input = owner.sees(".palette-input").await.unwrap();
    input.send_keys("syst").await.unwrap();
    owner.reads(".palette [aria-selected=true]", "System").await.unwrap();
    check(&owner, "the palette", HEAVIEST).await.unwrap();
    input.send_keys("\u{e007}").await.unwrap();
    owner.reads("h1", "System").await.unwrap();
    owner.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn menu_and_search_work_on_a_phone_without_scripts() {
    let store = shop::open().await.unwrap();
    let setting = Setting { screen: Screen::Phone, scripts: false };
    let owner = comes_in(&store, setting).await.unwrap();
    owner.click(".menu-open").await.unwrap();
    owner.click("#menu:popover-open a[href='/admin/system']").await.unwrap();
    owner.reads("h1", "System").await.unwrap();
    owner.click(".find").await.unwrap();
    owner.types("q", "home").await.unwrap();
    owner.click("main form button").await.unwrap();
    owner.click(".hits a[href='/admin']").await.unwrap();
    owner.reads("h1", "Home").await.unwrap();
    owner.leave().await.unwrap();
}

/// The owner, signed in: they wanted to go to the back office and are there.
async fn comes_in(store: &Store, setting: Setting) -> anyhow::Result<Shopper> {
    shop::make_admin(store, "owner@example.com", PASSWORD)?;
    let owner = Shopper::at(store, setting).await?;
    owner.visit("/admin").await?;
    owner.types("email", "owner@example.com").await?;
    owner.types("password", PASSWORD).await?;
    owner.click("main form button").await?;
    owner.reads("h1", "Home").await?;
    Ok(owner)
}

async fn walk(screen: Screen) -> anyhow::Result<()> {
    let store = shop::open().await?;
    let owner = comes_in(&store, Setting { screen, scripts: true }).await?;
    let mut pages = addresses(&owner, "#menu a[href]").await?;
    anyhow::ensure!(pages.len() > 1, "the menu is empty: {pages:?}");
    pages.extend(["/admin/search?q=tea".to_owned(), "/admin/no/such/page".to_owned()]);
    let (mut at, mut wrong) = (0, Vec::new());
    while let Some(path) = pages.get(at).cloned() {
        owner.visit(&path).await?;
        if let Err(error) = check(&owner, &path, HEAVIEST).await {
            wrong.push(format!("{error:#}"));
        }
        at += 1;
        // A view leads to further ones without end: months, pages of lists.
        if path.contains('?') {
            continue;
        }
        // The other views of the same thing, and the forms that make new ones.
        for more in addresses(&owner, ".tabs a[href], .head-acts a[href^='/admin']").await? {
            if !pages.contains(&more) {
                pages.push(more);
            }
        }
    }
    anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    owner.leave().await
}

/// Where the links lead.
async fn addresses(owner: &Shopper, css: &str) -> anyhow::Result<Vec<String>> {
    let script =
        "return [...document.querySelectorAll(arguments[0])].map((a) => a.getAttribute('href'))";
    let found = owner.browser.client.execute(script, vec![css.into()]).await?;
    let texts = found.as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(texts.map(ToOwned::to_owned).collect())
}
