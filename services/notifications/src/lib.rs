//! E-mails and webhooks: written when something happened that somebody should hear of, handed over until they are
//! through.

mod compose;
mod deliver;
mod domain;
mod error;
mod events;
mod queue;
mod routes;
mod store;
mod webhooks;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use emart_events::{Host, Outbox};
use emart_http::Service;
use emart_outside::Outside;
use emart_store::{Db, EngineKind, Error, Migration, Tx, migrations};
use emart_types::{Clock, Secret};
use serde::{Deserialize, Serialize};

use crate::compose::{Composer, Draft, Letter};
use crate::deliver::Emails;
use crate::deliver::carriers::Carriers;
use crate::store::{deliveries, emails, shop, templates};
use crate::webhooks::deliver::Deliveries;

const MIGRATIONS: &[Migration] =
    migrations!["0001_emails", "0002_trace", "0003_webhooks", "0004_templates", "0005_shop"];
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Settings of `notifications`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Who the e-mails are from: `Shop <shop@example.com>`.
    pub from: String,
    /// The mail server: `smtps://user:password@mail.example.com`, or `smtp://host:25`. Without one, e-mails go into
    /// the mailbox folder, where `emart mail list` finds them.
    pub smtp_url: Option<Secret<String>>,
    /// A file that holds `smtp_url`, for container secrets.
    pub smtp_url_file: Option<PathBuf>,
    /// How often an e-mail is tried before it is given up; the waits between double from 30 s to at most 1 h.
    pub tries: u32,
    /// Seconds for which an e-mail is left to the process that hands it over; what a dead process had is handed over
    /// after them.
    pub lease_seconds: u32,
    /// Days after which e-mails are forgotten.
    pub keep_days: u32,
    /// Where e-mails to whoever runs the shop go; `from` if absent.
    pub notices_to: Option<String>,
    /// Webhooks.
    pub webhooks: WebhookConfig,
    /// The shop's name; set for all services by `[shop]`.
    #[serde(skip)]
    pub shop_name: String,
    /// The address of the shop's pages; set for all services.
    #[serde(skip)]
    pub public_url: String,
    /// Where e-mails go without a mail server; set from `data`.
    #[serde(skip)]
    pub mailbox_dir: PathBuf,
}

/// Settings of webhooks.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookConfig {
    /// Whether webhooks may have private addresses (this machine, its network), plain http, and any port.
    pub private_addresses: bool,
    /// Seconds a receiver may take for its answer.
    pub timeout_seconds: u32,
    /// A webhook that took nothing for so many days is turned off.
    pub off_after_days: u32,
    /// Days after which deliveries are forgotten.
    pub keep_days: u32,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self { private_addresses: false, timeout_seconds: 15, off_after_days: 5, keep_days: 30 }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            from: "E-Mart <shop@localhost>".to_owned(),
            smtp_url: None,
            smtp_url_file: None,
            tries: 12,
            lease_seconds: 120,
            keep_days: 90,
            notices_to: None,
            webhooks: WebhookConfig::default(),
            shop_name: "E-Mart".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            mailbox_dir: PathBuf::from("data/mailbox"),
        }
    }
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Err(error) = deliver::check_sender(&self.from) {
            wrong.push(format!("from: {error}"));
        }
        if !(1..=100).contains(&self.tries) {
            wrong.push("tries: must be from 1 to 100".to_owned());
        }
        if !(1..=3600).contains(&self.lease_seconds) {
            wrong.push("lease_seconds: must be from 1 to 3600".to_owned());
        }
        if self.keep_days == 0 {
            wrong.push("keep_days: must be 1 or more".to_owned());
        }
        if let Some(to) = &self.notices_to
            && let Err(error) = deliver::check_sender(to)
        {
            wrong.push(format!("notices_to: {error}"));
        }
        let webhooks = &self.webhooks;
        if !(1..=60).contains(&webhooks.timeout_seconds) {
            wrong.push("webhooks.timeout_seconds: must be from 1 to 60".to_owned());
        }
        if webhooks.off_after_days == 0 || webhooks.keep_days == 0 {
            wrong.push("webhooks.off_after_days, keep_days: must be 1 or more".to_owned());
        }
        if self.smtp_url.is_some() && self.smtp_url_file.is_some() {
            wrong.push("smtp_url and smtp_url_file: only one of them".to_owned());
        }
        if let Some(url) = &self.smtp_url
            && let Err(error) = deliver::smtp::check_url(url.expose())
        {
            wrong.push(format!("smtp_url: {error}"));
        }
        wrong
    }

    /// Where e-mails to whoever runs the shop go.
    fn notices_to(&self) -> String {
        self.notices_to.clone().unwrap_or_else(|| deliver::address(&self.from))
    }

    const fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds as u64)
    }
}

/// What every handler and job has.
#[derive(Clone)]
struct Notifications {
    db: Db,
    clock: Clock,
    composer: Arc<Composer>,
    carriers: Arc<Carriers>,
    outbox: Outbox,
    config: Arc<Config>,
}

impl Notifications {
    /// Writes an e-mail, from staff's own template where there is one.
    async fn write_letter(&self, tx: &Tx, letter: &Letter) -> Result<Draft, Error> {
        let own = templates::of(tx, letter.kind).await?;
        let shop = shop::name(tx).await?;
        let own = own.as_ref().map(|own| &own.content);
        let draft = self.composer.write(letter, shop.as_deref(), own);
        draft.map_err(|error| {
            Error::Parameters(format!("the e-mail could not be written: {error:#}"))
        })
    }
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host) -> anyhow::Result<Service> {
    let db = host.open("notifications", MIGRATIONS).await?;
    if db.engine() == EngineKind::Sqlite {
        // One process has the file: whoever was handing something over before is gone, and no lease need run out.
        emails::end_leases(&db, host.clock.now()).await?;
        deliveries::end_leases(&db, host.clock.now()).await?;
    }
    let notifications = Notifications {
        db: db.clone(),
        clock: host.clock.clone(),
        composer: Arc::new(Composer::new(config)?),
        carriers: Arc::new(Carriers::new(config)?),
        outbox: host.outbox("notifications", &db),
        config: Arc::new(config.clone()),
    };
    host.subscribe(events::consumer(&notifications));
    host.tasks.spawn("e-mail delivery", queue::run(Emails(notifications.clone())));
    let outside = Outside::new(config.webhooks.private_addresses);
    let deliveries = Deliveries { notifications: notifications.clone(), outside };
    host.tasks.spawn("webhook delivery", queue::run(deliveries));
    let routes = routes::routes(notifications);
    Ok(Service::new("notifications", &host.metrics, routes).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
