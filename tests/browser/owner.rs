//! A day of the owner: a clerk is invited, sees what the role allows and no more, and less once the role allows less; the
//! audit log says so; a tax rate is set, a webhook hears of an order, and a second factor guards the door.

use std::sync::Mutex;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use aws_lc_rs::hmac;
use emart_tests::{Engine, Store};

use crate::buying::link_in_mail;
use crate::chromium::{Screen, Setting};
use crate::office::{NEAR, OWNER, connects, receiver};
use crate::shop::make_admin;
use crate::shopper::{PATIENCE, Shopper};

const CLERK: (&str, &str) = ("packer@example.com", "a van full of brown paper");
const WAYS: [Setting; 2] = [
    Setting { screen: Screen::Desk, scripts: true },
    Setting { screen: Screen::Phone, scripts: false },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_invites_a_clerk_sets_taxes_hears_of_an_order_and_locks_the_door() {
    for setting in WAYS {
        let store = Store::on(Engine::Sqlite, 5, &[NEAR]).await.unwrap();
        make_admin(&store, OWNER.0, OWNER.1).unwrap();
        day(&store, setting).await.with_context(|| format!("{setting:?}")).unwrap();
    }
}

async fn day(store: &Store, setting: Setting) -> anyhow::Result<()> {
    let owner = Shopper::at(store, setting).await?;
    owner.signs_in(OWNER, "/admin/people/roles/new").await?;
    let clerk = invites(store, &owner, setting).await?;
    restricts(store, &owner, &clerk).await?;
    clerk.leave().await?;
    taxes(&owner).await?;
    let (hook, told) = receiver().await?;
    connects(&owner, &hook, &told).await?;
    hears_of_an_order(store, &owner, &told).await?;
    locks(store, owner, setting).await
}

/// Makes a role, invites somebody to it; they take the invitation out of the mailbox and come in.
async fn invites(store: &Store, owner: &Shopper, setting: Setting) -> anyhow::Result<Shopper> {
    owner.types("name", "Packer").await?;
    for permission in ["orders:read", "orders:write"] {
        owner.click(&format!("input[name=permissions][value='{permission}']")).await?;
    }
    owner.click(".form-end .btn-main").await?;
    owner.reads("main", "The role Packer is there").await?;
    owner.visit("/admin/people/invite").await?;
    owner.types("email", CLERK.0).await?;
    owner.sees("select[name=position]").await?.select_by_label("Packer").await?;
    owner.click(".form-end .btn-main").await?;
    owner.reads("main", "An invitation is on its way").await?;
    let clerk = Shopper::at(store, setting).await?;
    clerk.visit(&link_in_mail(store, CLERK.0, "/invitation?token=").await?).await?;
    clerk.types("name", "Penny Packer").await?;
    clerk.types("password", CLERK.1).await?;
    clerk.click("main form button").await?;
    clerk.reads("h1", "Home").await?;
    clerk.sees("nav a[href='/admin/orders']").await?;
    for hidden in ["/admin/people", "/admin/taxes", "/admin/customers", "/admin/system"] {
        let menu = format!("nav a[href='{hidden}']");
        let found = clerk.browser.client.find_all(fantoccini::Locator::Css(&menu)).await?;
        anyhow::ensure!(found.is_empty(), "a clerk is shown the way to {hidden}");
        clerk.visit(hidden).await?;
        clerk.reads("main", "You may not do this").await?;
    }
    Ok(clerk)
}

/// Takes a permission from the role: what it allowed goes from the clerk's pages, and the log says who took it.
async fn restricts(store: &Store, owner: &Shopper, clerk: &Shopper) -> anyhow::Result<()> {
    let order = format!("/admin/orders/{}", sell(store, "before").await?);
    clerk.visit(&order).await?;
    clerk.sees("a[href$='/fulfil']").await?;
    owner.visit("/admin/people/roles").await?;
    let role = owner.browser.client.find(fantoccini::Locator::LinkText("Packer")).await?;
    owner.browser.click(&role).await?;
    owner.reads("h1", "Packer").await?;
    owner.click("input[name=permissions][value='orders:write']").await?;
    owner.click(".form-end .btn-main").await?;
    owner.reads("main", "The role Packer is saved").await?;
    let until = Instant::now() + PATIENCE;
    loop {
        clerk.visit(&order).await?;
        clerk.reads("h1", "Order").await?;
        let fulfil = fantoccini::Locator::Css("a[href$='/fulfil']");
        if clerk.browser.client.find_all(fulfil).await?.is_empty() {
            break;
        }
        anyhow::ensure!(Instant::now() < until, "the clerk can still send things");
    }
    for change in ["Staff invited", "Staff joined", "Role created", "Role updated"] {
        owner.finds_in_time("/admin/audit", change).await?;
    }
    owner.reads("main", "orders:write").await
}

async fn taxes(owner: &Shopper) -> anyhow::Result<()> {
    owner.visit("/admin/taxes/new").await?;
    owner.sees("select[name=country]").await?.select_by_value("NO").await?;
    owner.types("name", "MVA 25 %").await?;
    owner.types("rate", "25").await?;
    owner.click(".form-end .btn-main").await?;
    owner.reads("main", "MVA 25 % is there").await?;
    owner.reads("main table", "MVA 25 %").await?;
    owner.finds_in_time("/admin/audit", "Tax rate created").await
}

/// What is sold is told to the webhook, and the back office shows that it was.
async fn hears_of_an_order(
    store: &Store,
    owner: &Shopper,
    told: &Mutex<Vec<String>>,
) -> anyhow::Result<()> {
    let order = sell(store, "after").await?;
    owner.visit("/admin/connections").await?;
    owner.click("main tbody th a").await?;
    owner.reads("main", "webhook.test").await?;
    let path = owner.browser.client.current_url().await?.path().to_owned();
    owner.finds_in_time(&path, "order.placed").await?;
    let until = Instant::now() + PATIENCE;
    while !told.lock().expect("a list").iter().any(|text| text.contains(&order)) {
        anyhow::ensure!(Instant::now() < until, "nobody was told of {order}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Turns a second factor on: without a code of it the password alone opens nothing any more.
async fn locks(store: &Store, owner: Shopper, setting: Setting) -> anyhow::Result<()> {
    owner.visit("/admin/account").await?;
    let form = "form[action='/admin/account/two-factor']";
    owner.sees(&format!("{form} [name=password]")).await?.send_keys(OWNER.1).await?;
    owner.click(&format!("{form} .btn-main")).await?;
    owner.sees("#secret").await?;
    let secret = owner.text("#secret").await?;
    owner.types("code", &code(&secret, 0)?).await?;
    owner.click("form[action$='/confirm'] .btn-main").await?;
    owner.sees(".codes li").await?;
    owner.leave().await?;
    let again = Shopper::at(store, setting).await?;
    again.signs_in(OWNER, "/admin").await?;
    again.reads("h1", "Enter your code").await?;
    again.types("code", "000000").await?;
    again.click("main form button").await?;
    again.reads("main", "This code is not right").await?;
    // A code counts once; that of the next half minute counts already.
    again.types("code", &code(&secret, 1)?).await?;
    again.click("main form button").await?;
    again.reads("h1", "Home").await?;
    again.leave().await
}

/// Somebody buys a tea; returns the order's id.
async fn sell(store: &Store, key: &str) -> anyhow::Result<String> {
    let mut client = store.client().await?;
    let cart = client.cart(&store.variant("tea").await?, 1).await?;
    let bought = client.buy_patiently(&cart, "4242424242424242", key).await?.json();
    let order = bought["order_id"].as_str();
    Ok(order.with_context(|| format!("no order: {bought}"))?.to_owned())
}

/// What an app with this secret shows, so many half minutes from now (RFC 6238).
fn code(secret: &str, later: u64) -> anyhow::Result<String> {
    let secret = data_encoding::BASE32_NOPAD.decode(secret.trim().as_bytes())?;
    #[expect(clippy::disallowed_methods, reason = "the store under test has the machine's clock")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = hmac::sign(&key, &(now / 30 + later).to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[at..at + 4].try_into()?) & 0x7fff_ffff;
    Ok(format!("{:06}", number % 1_000_000))
}
