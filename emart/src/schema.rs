//! The schema this version has: what a store that was just made looks like. What comes from elsewhere (an archive, a
//! server) is compared with it.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use emart_events::Host;
use emart_store::{Applied, Contents, Files, Snapshot};
use emart_telemetry::Metrics;
use emart_types::Clock;

use crate::compose;
use crate::config::Config;

/// What each service's database holds when the store is new.
#[derive(Debug)]
pub(crate) struct Schema(BTreeMap<String, Contents>);

impl Schema {
    /// That of this program, read off a store made for the purpose.
    pub(crate) async fn of_this_version() -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("emart-schema-").tempdir()?;
        let mut config = Config::default();
        config.keep_data_in(dir.path());
        make_databases(&config).await?;
        let files = Files::in_dir(dir.path());
        let mut services = BTreeMap::new();
        for service in files.services()? {
            let contents = Snapshot::open(files.path(&service))?.contents()?;
            services.insert(service, contents);
        }
        Ok(Self(services))
    }

    /// The services that have a database.
    pub(crate) fn services(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether a service's database can be brought to this version: it has no migration that is not known here.
    pub(crate) fn ensure_known(&self, service: &str, found: &Contents) -> anyhow::Result<()> {
        let Some(known) = self.0.get(service) else {
            bail!("there is no service {service} in this version: it is a newer version's");
        };
        for applied in &found.migrations {
            let same =
                |other: &&Applied| other.set == applied.set && other.version == applied.version;
            match known.migrations.iter().find(same) {
                Some(known) if known.checksum == applied.checksum => {}
                Some(known) => {
                    bail!(
                        "{service}: migration {} is not this version's {}",
                        applied.name,
                        known.name
                    )
                }
                None => bail!("{service}: migration {} is a newer version's", applied.name),
            }
        }
        Ok(())
    }

    /// Whether a database holds more than one that was just made: the table that does.
    pub(crate) fn used_table(&self, service: &str, found: &Contents) -> Option<String> {
        let new = self.0.get(service);
        let is_used = |(table, rows): (&String, &u64)| {
            let new = new.and_then(|new| new.tables.get(table)).copied().unwrap_or_default();
            (table != "schema_migrations" && *rows > new).then(|| table.clone())
        };
        found.tables.iter().find_map(is_used)
    }

    /// Whether a database has had every migration of this version.
    pub(crate) fn is_current(&self, service: &str, found: &Contents) -> bool {
        self.0.get(service).is_some_and(|known| known.migrations == found.migrations)
    }
}

/// Makes every service's database and brings it to this version's schema, without doing anything else with it.
pub(crate) async fn make_databases(config: &Config) -> anyhow::Result<()> {
    let host = Host::new(Clock::system(), Metrics::new(), config.store_settings());
    // Nothing that a service does by itself begins: it would take leases, and a database with leases in it is in use.
    host.tasks.stop().await;
    let composed = compose::compose(config, &host).await;
    if let Ok((mesh, _)) = &composed {
        mesh.drain().await;
    }
    host.stop().await;
    composed.map(|_| ()).context("make the databases")
}
