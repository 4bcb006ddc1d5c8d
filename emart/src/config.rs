//! Settings: one section per service; defaults, then the file, then `EMART_*` variables, then flags.
//!
//! The only file that reads the environment.

mod faults;
mod mesh_tls;
mod split;
mod telemetry;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use emart_store::{Durability, Settings};
use emart_types::{Currency, Secret};
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub(crate) use self::faults::FaultsConfig;
pub(crate) use self::split::{Bus, MeshConfig, keeps_data};
pub(crate) use self::telemetry::Telemetry;
use crate::cli::Global;

/// All settings of a process.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The services that run in this process; all, when it is empty. From the command line only.
    #[serde(skip)]
    pub(crate) services: Vec<String>,
    /// Where these settings come from, to be read again.
    #[serde(skip)]
    source: Option<Arc<(Global, Flags)>>,
    /// Where the store listens.
    pub(crate) listen: SocketAddr,
    /// The address shoppers type, when it is not that of `listen`: `https://shop.example`.
    pub(crate) public_url: Option<String>,
    /// Where the data is kept.
    pub(crate) data: PathBuf,
    /// Whether an empty store fills itself with the demo catalogue.
    pub(crate) demo: bool,
    pub(crate) shop: Shop,
    pub(crate) log: Log,
    pub(crate) telemetry: Telemetry,
    pub(crate) store: Store,
    pub(crate) mesh: MeshConfig,
    pub(crate) faults: FaultsConfig,
    pub(crate) bus: Bus,
    /// Where services are that run in other processes: `orders = "http://orders:7000"`. All addresses of a name are
    /// copies; so are several URLs with commas between them.
    pub(crate) peers: BTreeMap<String, String>,
    pub(crate) backup: crate::backup::Config,
    pub(crate) gateway: emart_gateway::Config,
    pub(crate) identity: emart_identity::Config,
    pub(crate) inventory: emart_inventory::Config,
    pub(crate) catalog: emart_catalog::Config,
    pub(crate) pricing: emart_pricing::Config,
    pub(crate) cart: emart_cart::Config,
    pub(crate) payments: emart_payments::Config,
    pub(crate) orders: emart_orders::Config,
    pub(crate) notifications: emart_notifications::Config,
    pub(crate) books: emart_books::Config,
    #[serde(skip)]
    pub(crate) content: emart_content::Config,
    pub(crate) classic: emart_classic::Config,
    pub(crate) storefront: emart_storefront::Config,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            services: Vec::new(),
            source: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            data: PathBuf::from("data"),
            demo: true,
            shop: Shop::default(),
            log: Log::default(),
            telemetry: Telemetry::default(),
            store: Store::default(),
            mesh: MeshConfig::default(),
            faults: FaultsConfig::default(),
            bus: Bus::default(),
            peers: BTreeMap::new(),
            backup: Default::default(),
            gateway: Default::default(),
            identity: Default::default(),
            inventory: Default::default(),
            catalog: Default::default(),
            pricing: Default::default(),
            cart: Default::default(),
            payments: Default::default(),
            orders: Default::default(),
            notifications: Default::default(),
            books: Default::default(),
            content: Default::default(),
            classic: Default::default(),
            storefront: Default::default(),
        }
    }
}

/// What the shop is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Shop {
    /// Its name, on pages, receipts and e-mails.
    pub(crate) name: String,
    /// The currency of all its prices (ISO 4217). Cannot be changed once there are prices.
    pub(crate) currency: Currency,
}

impl Default for Shop {
    fn default() -> Self {
        Self { name: "E-Mart".to_owned(), currency: Currency::EUR }
    }
}

/// What is logged, and how.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// `pretty` or `json`.
    pub(crate) format: emart_telemetry::Format,
    /// A level, or a filter such as `info,emart_orders=debug`.
    pub(crate) filter: Option<String>,
}

/// Where the databases are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Store {
    /// `full`: an answer is given when the data is on the disk. `relaxed`: a power cut may lose the last moments.
    pub(crate) durability: DurabilityName,
    /// `postgres://user:password@host/database`; SQLite files under `data` if absent.
    pub(crate) postgres_url: Option<Secret<String>>,
    /// A file that holds `postgres_url`, for container secrets.
    pub(crate) postgres_url_file: Option<PathBuf>,
    /// Connections each service may hold on PostgreSQL.
    pub(crate) pool_size: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            durability: DurabilityName::Full,
            postgres_url: None,
            postgres_url_file: None,
            pool_size: 8,
        }
    }
}

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DurabilityName {
    Full,
    Relaxed,
}

/// What flags set; it wins over everything else.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Flags {
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    demo: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<LogFlag>,
}

#[derive(Debug, Clone, Serialize)]
struct LogFlag {
    filter: String,
}

impl Flags {
    pub(crate) fn new(global: &Global, listen: Option<SocketAddr>, no_demo: bool) -> Self {
        Self {
            listen,
            data: global.data.clone(),
            demo: no_demo.then_some(false),
            log: global.log.clone().map(|filter| LogFlag { filter }),
        }
    }
}

impl Config {
    /// Reads the settings in their order.
    pub(crate) fn load(global: &Global, flags: &Flags) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        match &global.config {
            Some(file) if !file.is_file() => bail!("there is no settings file {}", file.display()),
            Some(file) => figment = figment.merge(Toml::file_exact(file)),
            None if Path::new("emart.toml").is_file() => {
                figment = figment.merge(Toml::file_exact("emart.toml"));
            }
            None => {}
        }
        let figment = figment.merge(Env::prefixed("EMART_").split("__"));
        let mut config: Self =
            figment.merge(Serialized::defaults(flags)).extract().context("the settings")?;
        config.read_secret_files()?;
        config.hand_down();
        config.source = Some(Arc::new((global.clone(), flags.clone())));
        Ok(config)
    }

    /// Reads them once more, from where these came from; wrong ones are refused.
    pub(crate) fn read_again(&self) -> anyhow::Result<Self> {
        let source = self.source.as_deref().context("these settings were not read")?;
        let mut again = Self::load(&source.0, &source.1)?;
        again.services.clone_from(&self.services);
        again.ensure_valid()?;
        Ok(again)
    }

    /// What several services need stands once in the file; here it reaches each of them.
    fn hand_down(&mut self) {
        let (name, currency, url) = (&self.shop.name, self.shop.currency, self.public_url());
        let pages = self.pages_url();
        self.catalog.currency = currency;
        self.catalog.media_dir = self.data.join("media");
        self.catalog.index_dir = self.data.join("search");
        self.pricing.currency = currency;
        self.cart.currency = currency;
        self.payments.currency = currency;
        self.classic.currency = currency;
        self.classic.country.clone_from(&self.pricing.country);
        self.orders.shop_name.clone_from(name);
        self.orders.currency = currency;
        self.orders.time_zone.clone_from(&self.pricing.time_zone);
        self.notifications.shop_name.clone_from(name);
        self.notifications.public_url.clone_from(&pages);
        self.notifications.mailbox_dir = self.data.join("mailbox");
        self.identity.issuer.clone_from(&url);
        self.identity.shop.clone_from(name);
        self.identity.provider_return = format!("{pages}/sign-in/with/{{name}}/return");
        self.storefront.shop_name.clone_from(name);
        self.storefront.public_url = pages;
        self.storefront.prices_include_tax = self.pricing.prices_include_tax;
        self.content = emart_content::Config {
            shop_name: name.clone(),
            headline: self.storefront.headline.clone(),
            tagline: self.storefront.tagline.clone(),
            contact: self.storefront.contact.clone(),
            language: self.storefront.language.clone(),
        };
        self.gateway.shop_name.clone_from(name);
        self.gateway.public_url = url;
    }

    /// What the back office is told of the shop.
    pub(crate) fn admin(&self) -> emart_admin::Config {
        emart_admin::Config {
            shop_name: self.shop.name.clone(),
            shop_url: self.pages_url(),
            currency: self.shop.currency,
            payment_timeout_ms: self.payments.provider_timeout_ms,
        }
    }

    /// Keeps all data in another place.
    pub(crate) fn keep_data_in(&mut self, dir: &Path) {
        dir.clone_into(&mut self.data);
        self.hand_down();
    }

    /// The address shoppers type.
    pub(crate) fn public_url(&self) -> String {
        let url = self.public_url.clone().unwrap_or_else(|| {
            let named = self.gateway.tls.acme.as_ref().and_then(|acme| acme.domains.first());
            let host = if let Some(name) = named {
                name.clone()
            } else if self.listen.ip().is_unspecified() {
                "localhost".to_owned()
            } else {
                SocketAddr::new(self.listen.ip(), 0).ip().to_string()
            };
            let host = if self.listen.is_ipv6() && host.contains(':') {
                format!("[{host}]")
            } else {
                host
            };
            match (self.gateway.tls.is_on(), self.listen.port()) {
                (false, 80) => format!("http://{host}"),
                (true, 443) => format!("https://{host}"),
                (false, port) => format!("http://{host}:{port}"),
                (true, port) => format!("https://{host}:{port}"),
            }
        });
        url.trim_end_matches('/').to_owned()
    }

    /// The address of the shop's own pages.
    pub(crate) fn pages_url(&self) -> String {
        self.public_url() + self.gateway.shop_path()
    }

    /// How the services open their databases.
    pub(crate) fn store_settings(&self) -> Settings {
        let mut settings = match &self.store.postgres_url {
            Some(url) => Settings::postgres(url.expose().clone(), self.store.pool_size),
            None => Settings::sqlite(&self.data),
        };
        settings.durability = match self.store.durability {
            DurabilityName::Full => Durability::Full,
            DurabilityName::Relaxed => Durability::Relaxed,
        };
        settings
    }

    /// Everything that is wrong with the settings, each with its section.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let url = self.public_url();
        if !url.starts_with("http://") && !url.starts_with("https://") {
            problems.push(format!("public_url: must begin with http:// or https://, not {url}"));
        }
        if self.shop.name.trim().is_empty() || self.shop.name.chars().count() > 60 {
            problems.push("shop.name: must be 1 to 60 characters".to_owned());
        }
        if self.store.pool_size == 0 {
            problems.push("store.pool_size: must be 1 or more".to_owned());
        }
        problems.extend(self.split_problems());
        problems.extend(self.mesh_tls_problems());
        problems.extend(self.fault_problems());
        let sections = [
            ("telemetry", self.telemetry.check()),
            ("backup", self.backup.check()),
            ("gateway", self.gateway.check()),
            ("identity", self.identity.check()),
            ("inventory", self.inventory.check()),
            ("catalog", self.catalog.check()),
            ("pricing", self.pricing.check()),
            ("cart", self.cart.check()),
            ("payments", self.payments.check()),
            ("orders", self.orders.check()),
            ("notifications", self.notifications.check()),
            ("books", self.books.check()),
            ("classic", self.classic.check()),
            ("storefront", self.storefront.check()),
        ];
        for (section, found) in sections {
            problems.extend(found.into_iter().map(|problem| format!("{section}.{problem}")));
        }
        problems
    }

    /// Refuses settings that cannot work, naming all that is wrong at once.
    pub(crate) fn ensure_valid(&self) -> anyhow::Result<()> {
        let problems = self.problems();
        if problems.is_empty() {
            return Ok(());
        }
        bail!("the settings cannot work:\n  {}", problems.join("\n  "))
    }
}

/// Prints the settings in effect, or only what is wrong with them.
#[expect(clippy::print_stdout, reason = "printing is what the command is for")]
pub(crate) fn print(config: &Config, check: bool) -> anyhow::Result<()> {
    if !check {
        print!("{}", toml::to_string_pretty(config)?);
    }
    config.ensure_valid()?;
    if check {
        println!("the settings are good");
    }
    Ok(())
}
