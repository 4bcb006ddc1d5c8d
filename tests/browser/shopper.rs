//! What a shopper does on the pages, by the words and names they see there.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use emart_tests::Store;
use fantoccini::Locator;
use fantoccini::elements::Element;

use crate::chromium::{Browser, Screen, Setting};

/// How long a page may take on a busy machine before the test calls it broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Every way a shop is visited.
pub(crate) const SETTINGS: [Setting; 4] = [
    Setting { screen: Screen::Desk, scripts: true },
    Setting { screen: Screen::Desk, scripts: false },
    Setting { screen: Screen::Phone, scripts: true },
    Setting { screen: Screen::Phone, scripts: false },
];

/// Someone at a browser.
#[derive(Debug)]
pub(crate) struct Shopper {
    pub(crate) browser: Browser,
    shop: String,
}

/// What is typed into the checkout form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Buyer<'a> {
    pub(crate) email: &'a str,
    pub(crate) card: &'a str,
    /// An account is asked for with it.
    pub(crate) password: Option<&'a str>,
}

impl Shopper {
    pub(crate) async fn at(store: &Store, setting: Setting) -> anyhow::Result<Self> {
        let browser = Browser::open(setting).await?;
        Ok(Self { browser, shop: format!("http://{}", store.addr) })
    }

    /// By a name: what belongs to one is not there by the number.
    pub(crate) async fn at_localhost(store: &Store, setting: Setting) -> anyhow::Result<Self> {
        let browser = Browser::open(setting).await?;
        Ok(Self { browser, shop: format!("http://localhost:{}", store.addr.port()) })
    }

    pub(crate) async fn leave(self) -> anyhow::Result<()> {
        self.browser.close().await
    }

    pub(crate) async fn visit(&self, path: &str) -> anyhow::Result<()> {
        Ok(self.browser.client.goto(&format!("{}{path}", self.shop)).await?)
    }

    /// Gives address and password, to go on to a page.
    pub(crate) async fn signs_in(&self, who: (&str, &str), next: &str) -> anyhow::Result<()> {
        self.visit(&format!("/sign-in?next={next}")).await?;
        self.types("email", who.0).await?;
        self.types("password", who.1).await?;
        self.click("main form button").await
    }

    /// Waits for something to be on the page.
    pub(crate) async fn sees(&self, css: &str) -> anyhow::Result<Element> {
        let wait = self.browser.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => Ok(element),
            Err(error) => {
                let text = self.text("body").await.unwrap_or_default();
                let at = self.browser.client.current_url().await?;
                let how = self.browser.setting;
                Err(error).with_context(|| format!("no {css} on {at} ({how:?}):\n{text}"))
            }
        }
    }

    /// Waits until what is at `css` says `words`.
    pub(crate) async fn reads(&self, css: &str, words: &str) -> anyhow::Result<()> {
        let mut text = String::new();
        let found = tokio::time::timeout(PATIENCE, async {
            while !text.contains(words) {
                // The page may be changing under our hands.
                text = self.text(css).await.unwrap_or_default();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        found.await.with_context(|| format!("{css} does not say {words:?} but {text:?}"))
    }

    /// Visits a page again until it says `words`: what an event brings there comes a moment later.
    pub(crate) async fn finds_in_time(&self, path: &str, words: &str) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            self.visit(path).await?;
            let text = self.text("main").await?;
            if text.contains(words) {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < until, "{path} never says {words:?} but {text:?}");
        }
    }

    pub(crate) async fn text(&self, css: &str) -> anyhow::Result<String> {
        Ok(self.browser.client.find(Locator::Css(css)).await?.text().await?)
    }

    pub(crate) async fn click(&self, css: &str) -> anyhow::Result<()> {
        let element = self.sees(css).await?;
        self.browser.click(&element).await.with_context(|| format!("click on {css}"))
    }

    pub(crate) async fn types(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let field = self.sees(&format!("[name={name}]")).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("type into {name}"))
    }

    /// Types into the field of this id.
    pub(crate) async fn types_into(&self, id: &str, text: &str) -> anyhow::Result<()> {
        let field = self.sees(&format!("#{id}")).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("type into #{id}"))
    }

    /// Looks for something and goes to the page of the first product that is found.
    pub(crate) async fn finds(&self, words: &str) -> anyhow::Result<()> {
        self.types("q", words).await?;
        self.click("[data-find] button[aria-label=Search]").await?;
        self.click("[data-goods] h3 a").await?;
        self.sees("[data-add]").await?;
        Ok(())
    }

    /// Chooses a value of the product's first option.
    pub(crate) async fn chooses(&self, value: &str) -> anyhow::Result<()> {
        self.click(&format!(".pill:has(input[value='{value}'])")).await?;
        if !self.browser.setting.scripts {
            self.click("noscript .btn").await?;
        }
        Ok(())
    }

    /// Puts the product that is shown into the cart and goes there.
    pub(crate) async fn takes_it(&self) -> anyhow::Result<()> {
        self.click("[data-add-button]").await?;
        if self.browser.setting.scripts {
            self.reads("[data-toast]", "cart").await?;
            self.click("a.act[href='/cart']").await?;
        }
        self.sees("[data-cart] .lines").await?;
        Ok(())
    }

    /// Fills the checkout in, from the cart on, without sending it.
    pub(crate) async fn fills_in(&self, buyer: Buyer<'_>) -> anyhow::Result<()> {
        self.click("a[href='/checkout']").await?;
        self.types("email", buyer.email).await?;
        self.types("name", "Ada Lovelace").await?;
        self.types("line1", "1 Analytical Way").await?;
        self.types("postal_code", "10115").await?;
        self.types("city", "Berlin").await?;
        if let Some(password) = buyer.password {
            self.types("password", password).await?;
        }
        self.pays_with(buyer.card).await
    }

    pub(crate) async fn pays_with(&self, card: &str) -> anyhow::Result<()> {
        self.types("card_number", card).await?;
        self.types("card_expiry", "12/40").await?;
        self.types("card_cvc", "123").await
    }

    pub(crate) async fn places_the_order(&self) -> anyhow::Result<()> {
        self.click("[data-place]").await
    }
}
