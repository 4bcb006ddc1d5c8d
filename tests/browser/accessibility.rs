//! axe-core (Deque, MPL-2.0) finds no violation of WCAG 2.2 A and AA, nor of its best practices, on any page; and no
//! page scrolls sideways or is heavier than 100 kB without its pictures.

use emart_tests::Store;
use serde_json::{Value, json};

use crate::chromium::{Screen, Setting};
use crate::shop;
use crate::shopper::{Buyer, Shopper};

const AXE: &str = include_str!("axe/axe.min.js");

/// Kilobytes of a page without its pictures, uncompressed scripts and styles included: 100 kB as they are sent.
const HEAVIEST: u64 = 100_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_an_accessibility_violation_at_a_desk() {
    walk(Screen::Desk).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_an_accessibility_violation_on_a_phone() {
    walk(Screen::Phone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_without_words_would_be_found() {
    let store = shop::open().await.unwrap();
    let eve = Shopper::at(&store, Setting { screen: Screen::Desk, scripts: true }).await.unwrap();
    eve.visit("/").await.unwrap();
    let spoil = "document.querySelector('main').append(document.createElement('img'))";
    eve.browser.client.execute(spoil, vec![]).await.unwrap();
    assert_eq!(violations(&eve).await.unwrap()[0]["rule"], "image-alt");
}

async fn walk(screen: Screen) -> anyhow::Result<()> {
    let store = shop::open().await?;
    let eve = Shopper::at(&store, Setting { screen, scripts: true }).await?;
    for path in [
        "/",
        "/c/home",
        "/search?q=mug",
        "/search?q=nothing+like+this",
        "/search?q=mug&vendor=nobody",
        "/p/round-mug",
        "/p/tea",
        "/cart",
        "/sign-in",
        "/register",
        "/forgot",
        "/reset?token=x",
        "/confirm?token=x",
        "/no/such/page",
        "/books",
        "/books/1",
        "/docs",
        "/admin",
    ] {
        eve.visit(path).await?;
        check(&eve, path, HEAVIEST).await?;
    }
    buys(&eve).await?;
    has_an_account(&store, &eve).await?;
    eve.leave().await
}

/// The pages of a purchase, with their errors.
async fn buys(eve: &Shopper) -> anyhow::Result<()> {
    eve.visit("/p/round-mug").await?;
    eve.takes_it().await?;
    check(eve, "the cart", HEAVIEST).await?;
    eve.fills_in(Buyer { email: "eve", card: "4000 0000 0000 0002", password: None }).await?;
    check(eve, "the checkout", HEAVIEST).await?;
    eve.places_the_order().await?;
    eve.sees("#email-error").await?;
    check(eve, "the checkout with mistakes", HEAVIEST).await?;
    eve.types("email", "eve@example.com").await?;
    eve.pays_with("4000 0025 0000 3155").await?;
    eve.places_the_order().await?;
    eve.sees("button[value=approved]").await?;
    check(eve, "the confirmation of a payment", HEAVIEST).await?;
    eve.click("button[value=approved]").await?;
    eve.reads("h1", "Thank you").await?;
    check(eve, "the order", HEAVIEST).await?;
    eve.click("a[href$='/receipt']").await?;
    eve.reads("h1", "Receipt").await?;
    check(eve, "the receipt", HEAVIEST).await
}

/// The pages of someone who is signed in: an administrator has an account like everybody.
async fn has_an_account(store: &Store, eve: &Shopper) -> anyhow::Result<()> {
    let password = "a horse of a different colour";
    shop::make_admin(store, "owner@example.com", password)?;
    eve.visit("/sign-in").await?;
    eve.types("email", "owner@example.com").await?;
    eve.types("password", password).await?;
    eve.click("main form button").await?;
    eve.sees("a.act[href='/account']").await?;
    for path in [
        "/account",
        "/account/addresses",
        "/account/password",
        "/checkout",
        "/books/new",
        "/books/1/edit",
        "/books/1/delete",
        "/admin",
    ] {
        eve.visit(path).await?;
        check(eve, path, HEAVIEST).await?;
    }
    Ok(())
}

/// Looks at a page in light and dark: nothing that keeps anybody out, nothing sideways, nothing too heavy.
pub(crate) async fn check(eve: &Shopper, page: &str, heaviest: u64) -> anyhow::Result<()> {
    for dark in [false, true] {
        eve.browser.dark(dark).await?;
        let found = violations(eve).await?;
        let how = if dark { "dark" } else { "light" };
        anyhow::ensure!(found == json!([]), "axe on {page} ({how}): {found:#}");
    }
    let client = &eve.browser.client;
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    // Less is no wider: a page that keeps the scroll bar's place free is narrower by it.
    let wider = client.execute(wide, vec![]).await?.as_i64().unwrap_or(i64::MAX);
    anyhow::ensure!(wider <= 0, "{page} scrolls sideways by {wider} px");
    let weight = client.execute(WEIGHT, vec![]).await?.as_u64().unwrap_or(u64::MAX);
    anyhow::ensure!(weight <= heaviest || page == "/docs", "{page} weighs {weight} bytes");
    Ok(())
}

const WEIGHT: &str = "
    const parts = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return parts.filter((part) => part.initiatorType !== 'img').reduce((sum, part) => sum + part.encodedBodySize, 0);";

async fn violations(eve: &Shopper) -> anyhow::Result<Value> {
    let client = &eve.browser.client;
    client.execute(AXE, vec![]).await?;
    let run = "
        const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations.map((found) => ({
            rule: found.id, help: found.help, where: found.nodes.slice(0, 5).map((node) => node.failureSummary + ' ' + node.html),
        }))), (error) => done(String(error)));";
    Ok(client.execute_async(run, vec![]).await?)
}
