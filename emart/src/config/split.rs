//! Settings of a store whose services run in several processes: which run here, where the others are, how they call
//! each other, and the bus between them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use emart_events::Nats;
use emart_mesh::{Far, SHORTEST_SECRET, check_url};
use emart_types::Secret;
use serde::{Deserialize, Serialize};

use super::Config;
use super::mesh_tls::MeshTls;
use crate::compose::{CALLS, SERVICES};

/// How services in several processes call each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MeshConfig {
    /// Where the services of this process listen for the others.
    pub(crate) listen: SocketAddr,
    /// The secret with which services sign their calls: the same in all processes, 32 bytes or more.
    pub(crate) secret: Option<Secret<String>>,
    /// A file that holds `secret`, for container secrets.
    pub(crate) secret_file: Option<PathBuf>,
    /// How long a call takes at most, all its tries together.
    pub(crate) timeout_ms: u32,
    /// How long one try takes at most.
    pub(crate) try_timeout_ms: u32,
    /// How often names are looked up again and copies asked whether they are ready.
    pub(crate) watch_ms: u32,
    /// How long a process that was told to stop goes on serving, so that others learn of it and ask other copies.
    pub(crate) stop_notice_ms: u32,
    /// TLS between processes.
    pub(crate) tls: MeshTls,
    /// The first reply of each kind of call is lost and noted in this folder, for a test that asks again.
    #[cfg(feature = "fault-injection")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drop_replies: Option<PathBuf>,
}

impl Default for MeshConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7000)),
            secret: None,
            secret_file: None,
            timeout_ms: 30_000,
            try_timeout_ms: 10_000,
            watch_ms: 2_000,
            stop_notice_ms: 5_000,
            tls: MeshTls::default(),
            #[cfg(feature = "fault-injection")]
            drop_replies: None,
        }
    }
}

impl MeshConfig {
    /// How far calls are made.
    pub(crate) fn far(&self) -> Far {
        let ms = |ms: u32| Duration::from_millis(ms.into());
        Far {
            timeout: ms(self.timeout_ms),
            try_timeout: ms(self.try_timeout_ms),
            watch: ms(self.watch_ms),
            ..Far::default()
        }
    }
}

/// The bus that carries events between processes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Bus {
    /// NATS with JetStream: `nats://user:password@nats:4222`. Within one process none is needed.
    pub(crate) nats_url: Option<Secret<String>>,
    /// A file that holds `nats_url`, for container secrets.
    pub(crate) nats_url_file: Option<PathBuf>,
    /// What the store's streams begin with, so that several stores can share one NATS: a-z, 0-9 and _.
    pub(crate) namespace: String,
    /// How long NATS keeps an event for a consumer that is away.
    pub(crate) max_age_hours: u32,
    /// How many servers of a NATS cluster keep every event.
    pub(crate) replicas: u8,
    /// How long a copy that died keeps what only one may do from the others.
    pub(crate) lease_ms: u32,
}

impl Default for Bus {
    fn default() -> Self {
        let Nats { namespace, max_age_hours, replicas, lease_ms, .. } = Nats::default();
        Self { nats_url: None, nats_url_file: None, namespace, max_age_hours, replicas, lease_ms }
    }
}

impl Bus {
    /// How NATS is used, where there is one.
    pub(crate) fn nats(&self) -> Option<Nats> {
        let nats = self.settings();
        nats.url.is_some().then_some(nats)
    }

    fn settings(&self) -> Nats {
        Nats {
            url: self.nats_url.clone(),
            namespace: self.namespace.clone(),
            max_age_hours: self.max_age_hours,
            replicas: self.replicas,
            lease_ms: self.lease_ms,
            ..Nats::default()
        }
    }

    fn problem(&self) -> Option<String> {
        self.settings()
            .check()
            .err()
            .map(|error| format!("bus.{}", error.replacen("url:", "nats_url:", 1)))
    }
}

impl Config {
    /// Whether a service runs in this process.
    pub(crate) fn runs(&self, service: &str) -> bool {
        self.services.is_empty() || self.services.iter().any(|name| name == service)
    }

    /// Whether other services run in other processes.
    pub(crate) fn is_split(&self) -> bool {
        SERVICES.iter().any(|service| !self.runs(service))
    }

    /// The same settings with all that a process needs which calls nobody: for opening databases only.
    pub(crate) fn with_every_peer(&self) -> Self {
        let mut config = self.clone();
        for service in SERVICES {
            config
                .peers
                .entry(service.to_owned())
                .or_insert_with(|| "http://127.0.0.1:9".to_owned());
        }
        config.mesh.secret.get_or_insert_with(|| Secret::new("-".repeat(SHORTEST_SECRET)));
        config.bus.nats_url.get_or_insert_with(|| Secret::new("nats://127.0.0.1:9".to_owned()));
        config
    }

    /// Reads the secrets that are given as files.
    pub(super) fn read_secret_files(&mut self) -> anyhow::Result<()> {
        for (setting, file, secret) in [
            (
                "store.postgres_url_file",
                &self.store.postgres_url_file,
                &mut self.store.postgres_url,
            ),
            ("mesh.secret_file", &self.mesh.secret_file, &mut self.mesh.secret),
            ("bus.nats_url_file", &self.bus.nats_url_file, &mut self.bus.nats_url),
        ] {
            if let Some(file) = file {
                *secret = Some(Secret::new(read_secret(setting, file)?));
            }
        }
        Ok(())
    }

    /// What is wrong with the settings of several processes, each with the line to add.
    pub(super) fn split_problems(&self) -> Vec<String> {
        let mut wrong = self.peer_problems();
        for name in self.services.iter().filter(|name| !SERVICES.contains(&name.as_str())) {
            wrong.push(format!("there is no service `{name}`; there are {}", SERVICES.join(", ")));
        }
        let secret = self.mesh.secret.as_ref();
        if secret.is_some_and(|secret| secret.expose().len() < SHORTEST_SECRET) {
            wrong.push(format!("mesh.secret: must be {SHORTEST_SECRET} bytes or more"));
        }
        for (name, value) in [
            ("timeout_ms", self.mesh.timeout_ms),
            ("try_timeout_ms", self.mesh.try_timeout_ms),
            ("watch_ms", self.mesh.watch_ms),
        ] {
            if value == 0 {
                wrong.push(format!("mesh.{name}: must be 1 or more"));
            }
        }
        wrong.extend(self.bus.problem());
        if self.is_split() {
            wrong.extend(self.missing());
        }
        wrong
    }

    fn peer_problems(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, url) in &self.peers {
            if !SERVICES.contains(&name.as_str()) {
                wrong.push(format!("peers.{name}: there is no such service"));
            }
            match check_url(url) {
                Err(error) => wrong.push(format!("peers.{name}: {error}")),
                // Each copy would have a database of its own, and the shop would forget half of what it is told.
                Ok(copies)
                    if copies > 1
                        && self.runs(name)
                        && self.store.postgres_url.is_none()
                        && keeps_data(name) =>
                {
                    wrong.push(format!(
                        "peers.{name} has {copies} addresses, but `{name}` keeps its data in SQLite, which one process alone can use; add \
                         store.postgres_url = \"postgres://user:password@host/database\""
                    ));
                }
                // The authority comes to whichever copy it meets, which must know of the order.
                Ok(copies) if copies > 1 && name == "gateway" && self.orders_alone() => {
                    wrong.push(format!(
                        "peers.gateway has {copies} addresses, but each would order a certificate of its own; add gateway.tls.acme.folder = \
                         \"/srv/emart/acme\", a folder they share"
                    ));
                }
                Ok(_) => {}
            }
        }
        wrong
    }

    /// Whether a gateway here orders a certificate that no other copy can see.
    fn orders_alone(&self) -> bool {
        let acme = self.gateway.tls.acme.as_ref();
        self.runs("gateway") && acme.is_some_and(|acme| acme.folder.is_none())
    }

    /// What several processes need and this one has not.
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if self.mesh.secret.is_none() {
            missing.push(
                "several processes sign their calls; add mesh.secret_file = \"FILE\" (`openssl rand -base64 32 > FILE`), the same for all"
                    .to_owned(),
            );
        }
        let here = || SERVICES.iter().filter(|service| self.runs(service));
        if self.bus.nats_url.is_none() && here().any(|service| keeps_data(service)) {
            missing.push(
                "several processes need a bus for their events; add bus.nats_url = \"nats://127.0.0.1:4222\""
                    .to_owned(),
            );
        }
        let mut wanted: BTreeMap<&str, &str> = BTreeMap::new();
        for service in here() {
            for callee in calls_of(service).iter().filter(|callee| !self.runs(callee)) {
                wanted.entry(callee).or_insert(service);
            }
        }
        wanted.retain(|callee, _| !self.peers.contains_key(*callee));
        missing.extend(wanted.into_iter().map(|(callee, caller)| {
            format!("`{caller}` calls `{callee}`, which does not run here; add peers.{callee} = \"{}://{callee}:7000\"", self.mesh_scheme())
        }));
        missing
    }
}

fn calls_of(service: &str) -> &'static [&'static str] {
    CALLS.iter().find(|(caller, _)| *caller == service).map_or(&[], |(_, callees)| callees)
}

/// Whether a service has a database; the others only ask around.
pub(crate) fn keeps_data(service: &str) -> bool {
    !matches!(service, "gateway" | "storefront" | "admin")
}

fn read_secret(setting: &str, file: &Path) -> anyhow::Result<String> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("{setting} {}", file.display()))?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders_alone() -> Config {
        let mut config = Config { services: vec!["orders".to_owned()], ..Config::default() };
        config.mesh.secret = Some(Secret::new("s".repeat(32)));
        config.bus.nats_url = Some(Secret::new("nats://127.0.0.1:4222".to_owned()));
        for callee in calls_of("orders") {
            config.peers.insert((*callee).to_owned(), format!("http://{callee}:7000"));
        }
        config
    }

    #[test]
    fn one_process_needs_none_of_this_and_a_service_alone_all_of_it() {
        assert_eq!(Config::default().split_problems(), Vec::<String>::new());
        assert_eq!(orders_alone().split_problems(), Vec::<String>::new());
        let bare = Config { services: vec!["orders".to_owned()], ..Config::default() };
        let wrong = bare.split_problems().join("\n");
        for line in [
            "add mesh.secret_file = ",
            "add bus.nats_url = ",
            "add peers.cart = \"http://cart:7000\"",
        ] {
            assert!(wrong.contains(line), "{line} is not in\n{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let mut config = orders_alone();
        config.services.push("oders".to_owned());
        config.peers.insert("cart".to_owned(), "cart:7000".to_owned());
        config.peers.insert("crat".to_owned(), "http://cart:7000".to_owned());
        config.mesh.secret = Some(Secret::new("short".to_owned()));
        let wrong = config.split_problems().join("\n");
        for text in ["`oders`", "peers.cart: `cart:7000`", "peers.crat", "mesh.secret: must be 32"]
        {
            assert!(wrong.contains(text), "{text} is not in\n{wrong}");
        }
    }

    #[test]
    fn copies_of_the_gateway_share_what_they_order() {
        let mut config = Config::default();
        config.peers.insert("gateway".to_owned(), "http://a:7000,http://b:7000".to_owned());
        assert_eq!(config.split_problems(), Vec::<String>::new());
        let mut acme = emart_gateway::AcmeConfig::default();
        config.gateway.tls.acme = Some(acme.clone());
        assert!(config.split_problems().join("\n").contains("add gateway.tls.acme.folder = "));
        acme.folder = Some("/srv/emart/acme".into());
        config.gateway.tls.acme = Some(acme);
        assert_eq!(config.split_problems(), Vec::<String>::new());
    }

    #[test]
    fn copies_need_a_database_they_share() {
        let mut config = orders_alone();
        config.peers.insert("orders".to_owned(), "http://a:7000,http://b:7000".to_owned());
        assert!(config.split_problems().join("\n").contains("add store.postgres_url"));
        config.store.postgres_url = Some(Secret::new("postgres://db/emart".to_owned()));
        assert_eq!(config.split_problems(), Vec::<String>::new());
    }
}
