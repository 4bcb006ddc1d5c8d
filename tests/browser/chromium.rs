//! Chromium in a process of its own for every browser that is opened, driven by `WebDriver` (W3C) through `ChromeDriver`.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// What the visitor holds in their hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// 1440 × 900.
    Desk,
    /// 360 × 740, with touch.
    Phone,
}

/// How the visitor's browser is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) screen: Screen,
    pub(crate) scripts: bool,
}

/// The middle of something, and whether a click there leads to another document. This one is marked, to be told from it.
const MIDDLE: &str = "
    const [it] = arguments;
    it.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = it.getBoundingClientRect();
    const link = it.closest('a[href]:not([href^=\"#\"]):not([download])');
    const form = it.closest('button:not([type=button]):not([popovertarget])')?.form;
    document.documentElement.setAttribute('data-left', '');
    const leads = Boolean(link || (form && (form.noValidate || form.checkValidity())));
    return [box.x + box.width / 2, box.y + box.height / 2, leads];";

/// Whether the page is another than the one that was marked, and all there.
const ARRIVED: &str = "return document.readyState === 'complete' && !document.documentElement.hasAttribute('data-left')";

/// What leads somewhere may be a file, which is kept and not shown: then the page stays.
const LONGEST_WAY: Duration = Duration::from_secs(5);

/// An open browser; `close` it to see whether the pages complained in its console.
#[derive(Debug)]
pub(crate) struct Browser {
    /// What drives it.
    pub(crate) client: Client,
    pub(crate) setting: Setting,
    driver: Child,
}

impl Browser {
    pub(crate) async fn open(setting: Setting) -> anyhow::Result<Self> {
        let (driver, port) = start_driver()?;
        let capabilities = capabilities(setting);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().context("capabilities")?.clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        let browser = Self { client, setting, driver };
        browser.dark(false).await?;
        Ok(browser)
    }

    /// Shows pages as someone sees them who prefers dark ones, or light ones.
    pub(crate) async fn dark(&self, dark: bool) -> anyhow::Result<()> {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            // What moves is measured in between otherwise.
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await
    }

    /// Clicks in the middle of something. `ChromeDriver`'s own click waits for a timer in the page, which does not
    /// run where scripts are switched off.
    pub(crate) async fn click(&self, element: &Element) -> anyhow::Result<()> {
        if self.setting.scripts {
            return Ok(element.click().await?);
        }
        let at = self.client.execute(MIDDLE, vec![serde_json::to_value(element)?]).await?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1});
            self.devtools("Input.dispatchMouseEvent", event).await?;
        }
        if at[2] == true {
            self.arrive().await;
        }
        Ok(())
    }

    /// Waits for the next page, as `ChromeDriver`'s own click does.
    async fn arrive(&self) {
        let until = Instant::now() + LONGEST_WAY;
        while Instant::now() < until {
            // Between two pages there is none that could answer.
            if matches!(self.client.execute(ARRIVED, vec![]).await, Ok(Value::Bool(true))) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Gives the device something that keeps passkeys and knows who holds it (Web Authentication Level 3, 11).
    pub(crate) async fn plug_in_authenticator(&self) -> anyhow::Result<()> {
        let body = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true,
        });
        self.client.issue_cmd(Chrome("webauthn/authenticator", body)).await?;
        Ok(())
    }

    async fn devtools(&self, command: &str, params: Value) -> anyhow::Result<()> {
        let body = json!({"cmd": command, "params": params});
        self.client.issue_cmd(Chrome("goog/cdp/execute", body)).await?;
        Ok(())
    }

    /// Closes it. What the pages wrote into the console as errors (a script that failed, a blocked style) is an
    /// error, but for the answers 404 and 4xx themselves, which tests ask for.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        let log = self.client.issue_cmd(Chrome("se/log", json!({"type": "browser"}))).await?;
        let bad: Vec<&Value> = log
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["level"] == "SEVERE" && entry["source"] != "network")
            .collect();
        anyhow::ensure!(bad.is_empty(), "in the console: {bad:#?}");
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver leads a group, in which its browsers are.
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.driver.wait();
    }
}

fn start_driver() -> anyhow::Result<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("chromedriver; cargo xtask test installs it")?;
    let stdout = driver.stdout.take().context("chromedriver's output")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return Ok((driver, port.trim_end_matches('.').parse()?));
        }
    }
    anyhow::bail!("chromedriver did not start")
}

fn capabilities(setting: Setting) -> Value {
    let mut options = json!({
        "args": [
            // As root in a container there is no other way; the pages are our own.
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--window-size=1440,900",
        ],
    });
    if setting.screen == Screen::Phone {
        options["mobileEmulation"] =
            json!({"deviceMetrics": {"width": 360, "height": 740, "pixelRatio": 2, "touch": true}});
    }
    if !setting.scripts {
        options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": {"browser": "ALL"},
    })
}

/// A command of Chromium's own: its path in the session, and its body.
#[derive(Debug)]
struct Chrome(&'static str, Value);

impl WebDriverCompatibleCommand for Chrome {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}
