//! BooksMart: the books of the store, as `/webapi/books` has always served them and as `/api/v1/books` does.

mod change;
mod domain;
mod error;
mod routes;
mod store;

use emart_events::Host;
use emart_http::Service;
use emart_store::{Db, migrations};
use emart_types::Clock;
use serde::{Deserialize, Serialize};

/// Settings of `books`.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether anybody may add, change and delete books through `/webapi/books`, signed in or not. As it once was; only
    /// for networks where everybody may.
    pub open_writes: bool,
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub const fn check(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What every handler has.
#[derive(Debug, Clone)]
struct Books {
    db: Db,
    config: Config,
    clock: Clock,
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host) -> anyhow::Result<Service> {
    if config.open_writes {
        tracing::warn!(
            "books.open_writes is on: anybody may change and delete books through /webapi/books"
        );
    }
    let db = host.open("books", migrations!["0001_books"]).await?;
    let books = Books { db: db.clone(), config: *config, clock: host.clock.clone() };
    Ok(Service::new("books", &host.metrics, routes::routes(books)).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
