//! The catalogue: products and their variants, the category tree, pictures, search; and the memory from which
//! everybody's reads are answered.

mod copies;
mod domain;
mod error;
mod events;
mod export;
mod import;
mod jobs;
mod media;
mod model;
mod ops;
mod routes;
mod search;
mod store;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use emart_events::{Host, Outbox};
use emart_http::Service;
use emart_inventory_api::Inventory;
use emart_store::{Db, Migration, Tx, migrations};
use emart_types::{Clock, Currency};
use serde::{Deserialize, Serialize};

use crate::copies::Copies;
use crate::import::fetch::Fetcher;
use crate::media::Media;
use crate::model::{Everything, Model};
use crate::search::Search;

const MIGRATIONS: &[Migration] = migrations!["0001_catalog", "0002_copies", "0003_back_office"];

/// Settings of `catalog`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The largest picture that is taken in, in MiB.
    pub picture_mib: usize,
    /// The largest picture that is taken in, in millions of pixels.
    pub picture_megapixels: u32,
    /// The largest file of products that the API takes in, in MiB.
    pub import_mib: usize,
    /// Whether an import may fetch pictures from private addresses: from this machine or its network.
    pub fetch_private_addresses: bool,
    /// Where pictures are kept; in the store's data directory.
    #[serde(skip)]
    pub media_dir: PathBuf,
    /// Where the search index is kept; in the store's data directory.
    #[serde(skip)]
    pub index_dir: PathBuf,
    /// The store's currency; set for all services by `[shop]`.
    #[serde(skip)]
    pub currency: Currency,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            picture_mib: 20,
            picture_megapixels: 50,
            import_mib: 64,
            fetch_private_addresses: false,
            media_dir: PathBuf::from("data/media"),
            index_dir: PathBuf::from("data/search"),
            currency: Currency::EUR,
        }
    }
}

impl Config {
    /// What is wrong with the settings.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut range = |name: &str, holds: bool, range: &str| {
            if !holds {
                wrong.push(format!("{name}: must be from {range}"));
            }
        };
        range("picture_mib", (1..=100).contains(&self.picture_mib), "1 to 100");
        range("picture_megapixels", (1..=200).contains(&self.picture_megapixels), "1 to 200");
        range("import_mib", (1..=1024).contains(&self.import_mib), "1 to 1024");
        wrong
    }
}

/// Whom `catalog` calls.
#[derive(Debug, Clone)]
pub struct Clients {
    /// It is told of new variants and their counts.
    pub inventory: Inventory,
}

/// What every handler has.
#[derive(Debug)]
struct Catalog {
    db: Db,
    outbox: Outbox,
    model: Arc<Model>,
    search: Arc<Search>,
    config: Config,
    clock: Clock,
    inventory: Inventory,
    media: Media,
    fetcher: Fetcher,
    /// One write at a time, from its reading to the model's taking it over.
    writing: tokio::sync::Mutex<Copies>,
    /// One at a time tells `inventory` something.
    telling: tokio::sync::Mutex<()>,
    /// There may be an import to run.
    imports: tokio::sync::Notify,
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<Service> {
    let db = host.open("catalog", MIGRATIONS).await?;
    let now = host.clock.now();
    let begin = db.read_blocking(move |tx| async move { copies::begin(&tx, now).await }).await;
    let (copies, all) = begin.context("read the catalogue")?;
    let (several, model) = (copies.are_several(), Arc::new(Model::new(config.currency, all)));
    let (search, follow) = Search::new(config.index_dir.clone(), Arc::clone(&model));
    let catalog = Arc::new(Catalog {
        db: db.clone(),
        outbox: host.outbox("catalog", &db),
        model: Arc::clone(&model),
        search,
        config: config.clone(),
        clock: host.clock.clone(),
        inventory: clients.inventory,
        media: Media::open(config).context("the directory for pictures")?,
        fetcher: Fetcher::new(config),
        writing: tokio::sync::Mutex::new(copies),
        telling: tokio::sync::Mutex::default(),
        imports: tokio::sync::Notify::new(),
    });
    host.subscribe(events::consumer(db.clone(), model, host.clock.clone()));
    host.tasks.spawn("catalog search", follow);
    host.tasks.spawn("catalog stock", jobs::tell_inventory(Arc::clone(&catalog)));
    let leases = host.leases(&db);
    let (publishing, importing) = (Arc::clone(&catalog), Arc::clone(&catalog));
    host.tasks.spawn_leased("catalog publishing", &leases, move || {
        jobs::publish_due(Arc::clone(&publishing))
    });
    host.tasks.spawn_leased("catalog imports", &leases, move || {
        jobs::run_imports(Arc::clone(&importing))
    });
    host.tasks.spawn("catalog titles", jobs::tell_titles(Arc::clone(&catalog)));
    if several {
        let catalog = Arc::clone(&catalog);
        host.tasks.spawn_loop("catalog copies", move || copies::follow(Arc::clone(&catalog)));
    }
    let routes = routes::routes(catalog, &host.tasks);
    Ok(Service::new("catalog", &host.metrics, routes).ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}

async fn everything(tx: &Tx) -> Result<Everything, emart_store::Error> {
    Ok(Everything {
        images: store::images::images(tx).await?,
        categories: store::categories::categories(tx).await?,
        products: store::products::products(tx, store::products::Which::All).await?,
        old_handles: store::handles::old_handles(tx).await?,
        levels: store::stock::levels(tx).await?,
        collections: store::collections::collections(tx).await?,
    })
}
