//! What staff write of the shop: its name and looks, its pages, its menus.

mod domain;
mod error;
mod routes;
mod store;

use std::sync::Arc;

use emart_content_api::Profile;
use emart_events::{Host, Outbox};
use emart_http::Service;
use emart_store::{Db, Migration, migrations};
use emart_types::Clock;
use serde::{Deserialize, Serialize};

const MIGRATIONS: &[Migration] = migrations!["0001_content"];

/// What the settings say of the shop, until staff set something else. Handed down from `[shop]` and `[storefront]`;
/// `content` has no settings of its own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The shop's name.
    #[serde(skip)]
    pub shop_name: String,
    /// The sentence on the home page.
    #[serde(skip)]
    pub headline: String,
    /// What the shop sells.
    #[serde(skip)]
    pub tagline: String,
    /// Where questions go.
    #[serde(skip)]
    pub contact: String,
    /// The language of the pages.
    #[serde(skip)]
    pub language: String,
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub const fn check(&self) -> Vec<String> {
        Vec::new()
    }

    fn profile(&self) -> Profile {
        Profile {
            name: self.shop_name.clone(),
            headline: self.headline.clone(),
            tagline: self.tagline.clone(),
            contact_email: self.contact.clone(),
            contact_phone: String::new(),
            language: self.language.clone(),
            accent: None,
            accent_dark: None,
            logo: None,
            version: 0,
            updated_at: None,
        }
    }
}

/// What every handler has.
#[derive(Debug, Clone)]
struct Content {
    db: Db,
    clock: Clock,
    outbox: Outbox,
    config: Arc<Config>,
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host) -> anyhow::Result<Service> {
    let db = host.open("content", MIGRATIONS).await?;
    let content = Content {
        db: db.clone(),
        clock: host.clock.clone(),
        outbox: host.outbox("content", &db),
        config: Arc::new(config.clone()),
    };
    Ok(Service::new("content", &host.metrics, routes::routes(content)).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
