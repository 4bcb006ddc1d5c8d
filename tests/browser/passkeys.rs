//! Passkeys in a browser whose device is Chromium's virtual one: added on the account's page, used, removed.

use emart_tests::{Engine, Store};

use crate::chromium::{Screen, Setting};
use crate::shop::make_admin;
use crate::shopper::Shopper;

const EMAIL: &str = "boss@example.com";
const PASSWORD: &str = "a horse of a different colour";
/// Passkeys belong to a name, and a store that listens everywhere goes by one: `localhost`.
const NAMED: (&str, &str) = ("EMART_LISTEN", "0.0.0.0:0");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_added_opens_the_back_office_and_is_removed() {
    let store = Store::on(Engine::Sqlite, 5, &[NAMED]).await.unwrap();
    make_admin(&store, EMAIL, PASSWORD).unwrap();
    for screen in [Screen::Desk, Screen::Phone] {
        let setting = Setting { screen, scripts: true };
        let boss = Shopper::at_localhost(&store, setting).await.unwrap();
        adds(&boss).await.unwrap();
        comes_in(&boss).await.unwrap();
        removes(&boss).await.unwrap();
        boss.leave().await.unwrap();
    }
}

async fn adds(boss: &Shopper) -> anyhow::Result<()> {
    boss.browser.plug_in_authenticator().await?;
    boss.visit("/sign-in?next=/admin/account").await?;
    boss.types("email", EMAIL).await?;
    boss.types("password", PASSWORD).await?;
    boss.click("main form button").await?;
    boss.click("a[href='/account/passkeys']").await?;
    boss.reads("main", "No passkey yet").await?;
    boss.types("name", "The safe").await?;
    boss.types("password", "not the password").await?;
    boss.click("[data-passkey] button").await?;
    boss.reads("[data-passkey-error]", "This is not your password").await?;
    boss.types("password", PASSWORD).await?;
    boss.click("[data-passkey] button").await?;
    boss.reads("main", "Added on").await?;
    boss.reads("main", "The safe").await
}

async fn comes_in(boss: &Shopper) -> anyhow::Result<()> {
    boss.click("form[action='/sign-out'] button").await?;
    boss.reads("main", "Good things").await?;
    boss.visit("/sign-in?next=/admin/account").await?;
    boss.click("[data-passkey] button").await?;
    boss.reads("main", "Passkeys").await?;
    let path = boss.browser.client.current_url().await?.path().to_owned();
    anyhow::ensure!(path == "/admin/account", "{path}");
    Ok(())
}

async fn removes(boss: &Shopper) -> anyhow::Result<()> {
    boss.visit("/account/passkeys").await?;
    boss.reads("main", "Used last on").await?;
    boss.click("form[action='/account/passkeys/remove'] button").await?;
    boss.reads("main", "No passkey yet").await?;
    boss.click("form[action='/sign-out'] button").await?;
    boss.reads("main", "Good things").await?;
    boss.visit("/sign-in").await?;
    boss.click("[data-passkey] button").await?;
    boss.reads("main", "This passkey opens no account here").await
}
