//! E-mails: written when something happened that a person should hear of, handed over until they are through.

mod compose;
mod deliver;
mod error;
mod events;
mod routes;
mod store;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use emart_events::Host;
use emart_http::Service;
use emart_store::{Db, EngineKind, migrations};
use emart_types::{Clock, Secret};
use serde::{Deserialize, Serialize};

use crate::compose::Composer;
use crate::deliver::Carrier;

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

impl Default for Config {
    fn default() -> Self {
        Self {
            from: "E-Mart <shop@localhost>".to_owned(),
            smtp_url: None,
            smtp_url_file: None,
            tries: 12,
            lease_seconds: 120,
            keep_days: 90,
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
    config: Arc<Config>,
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host) -> anyhow::Result<Service> {
    let db = host.open("notifications", migrations!["0001_emails", "0002_trace"]).await?;
    if db.engine() == EngineKind::Sqlite {
        // One process has the file: whoever was handing e-mails over before is gone, and no lease need run out.
        store::end_leases(&db, host.clock.now()).await?;
    }
    let carrier = Carrier::new(config)?;
    let notifications = Notifications {
        db: db.clone(),
        clock: host.clock.clone(),
        composer: Arc::new(Composer::new(config)?),
        config: Arc::new(config.clone()),
    };
    host.subscribe(events::consumer(&notifications));
    host.tasks.spawn("e-mail delivery", deliver::run(notifications.clone(), carrier));
    let routes = routes::routes(notifications);
    Ok(Service::new("notifications", &host.metrics, routes).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
