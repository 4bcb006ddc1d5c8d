//! The back office, with scripts and without: a webhook is added and told, a page is written and seen in the shop.

use std::sync::{Arc, Mutex};

use emart_tests::{Engine, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::chromium::{Screen, Setting};
use crate::shop::make_admin;
use crate::shopper::{PATIENCE, Shopper};

pub(crate) const OWNER: (&str, &str) = ("owner@example.com", "what the tests know of words");
pub(crate) const NEAR: (&str, &str) = ("EMART_NOTIFICATIONS__WEBHOOKS__PRIVATE_ADDRESSES", "true");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_adds_a_webhook_that_is_told_and_writes_a_page_that_is_read() {
    let store = Store::on(Engine::Sqlite, 5, &[NEAR]).await.unwrap();
    make_admin(&store, OWNER.0, OWNER.1).unwrap();
    let (hook, told) = receiver().await.unwrap();
    for (n, scripts) in [true, false].into_iter().enumerate() {
        let setting = Setting { screen: Screen::Desk, scripts };
        let owner = Shopper::at(&store, setting).await.unwrap();
        owner.signs_in(OWNER, "/admin/connections").await.unwrap();
        connects(&owner, &hook, &told).await.unwrap();
        writes(&owner, n).await.unwrap();
        owner.leave().await.unwrap();
    }
}

/// Adds a webhook and tries it.
pub(crate) async fn connects(
    owner: &Shopper,
    hook: &str,
    told: &Mutex<Vec<String>>,
) -> anyhow::Result<()> {
    told.lock().expect("a list").clear();
    owner.visit("/admin/connections").await?;
    owner.click("a[href='/admin/connections/webhooks/new']").await?;
    owner.types("url", hook).await?;
    owner.types("description", "Warehouse").await?;
    owner.click("input[name=events][value='order.placed']").await?;
    owner.click(".form-end .btn-main").await?;
    owner.reads("main", "whsec_").await?;
    owner.click("form[action$='/test'] button").await?;
    owner.reads("h1", "webhook.test").await?;
    let path = owner.browser.client.current_url().await?.path().to_owned();
    owner.finds_in_time(&path, "204").await?;
    owner.reads("h1", "Delivered").await?;
    let got = told.lock().expect("a list").join("\n");
    anyhow::ensure!(
        got.contains("webhook-signature: v1,") && got.contains("webhook.test"),
        "{got}"
    );
    Ok(())
}

async fn writes(owner: &Shopper, n: usize) -> anyhow::Result<()> {
    owner.visit("/admin/content/pages/new").await?;
    owner.types("title", &format!("About us {n}")).await?;
    owner.types("body", "We sell tea.").await?;
    owner.click("input[name=state][value=published]").await?;
    owner.click(".form-end .btn-main").await?;
    owner.reads("main", "Saved").await?;
    owner.visit(&format!("/pages/about-us-{n}")).await?;
    owner.reads("main", "We sell tea.").await?;
    owner.visit("/admin/content/menus/footer").await?;
    owner.types_into("label-1", &format!("About {n}")).await?;
    owner.types_into("value-1", &format!("about-us-{n}")).await?;
    owner.click(".form-end .btn-main").await?;
    owner.reads("main", "Saved").await?;
    let until = std::time::Instant::now() + PATIENCE;
    while !owner.text("footer").await.unwrap_or_default().contains(&format!("About {n}")) {
        anyhow::ensure!(std::time::Instant::now() < until, "the foot does not lead to the page");
        owner.visit(&format!("/pages/about-us-{n}?again")).await?;
    }
    Ok(())
}

/// Somebody who is told: keeps what arrives, and answers 204.
pub(crate) async fn receiver() -> anyhow::Result<(String, Arc<Mutex<Vec<String>>>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("http://{}/hook", listener.local_addr()?);
    let told = Arc::new(Mutex::new(Vec::new()));
    let got = Arc::clone(&told);
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut text, mut part) = (Vec::new(), [0; 4096]);
            // A test's body is small and ends with its braces.
            while !text.ends_with(b"}") {
                match stream.read(&mut part).await {
                    Ok(read @ 1..) => text.extend_from_slice(&part[..read]),
                    _ => break,
                }
            }
            got.lock().expect("a list").push(String::from_utf8_lossy(&text).into_owned());
            let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer).await;
        }
    });
    Ok((address, told))
}
