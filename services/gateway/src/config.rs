//! Settings of the gateway.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cache::CacheConfig;
use crate::client_dir;
use crate::cors::CorsConfig;
use crate::limits::LimitsConfig;
use crate::network::Network;
use crate::routes::{self, Target};
use crate::shed::SheddingConfig;
use crate::tls::TlsConfig;

/// Settings of the gateway.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The shop's name, on the gateway's own pages.
    #[serde(skip)]
    pub shop_name: String,
    /// The address shoppers type; with `https://`, cookies are `__Host-` ones and browsers are told to stay on TLS.
    #[serde(skip)]
    pub public_url: String,
    /// Reverse proxies in front of the store, whose `X-Forwarded-For` is believed: `["127.0.0.1", "10.0.0.0/8"]`.
    pub trusted_proxies: Vec<Network>,
    /// Who may read `/metrics`. Nobody, unless said otherwise; never a request that came through a proxy.
    pub metrics_from: Vec<Network>,
    /// How long a request may take, in seconds.
    pub request_timeout_seconds: u32,
    /// How long nothing may be said on a WebSocket before it is closed, in seconds.
    pub websocket_idle_seconds: u32,
    /// Requests answered at once; further ones are told to come back.
    pub requests_at_once: u32,
    /// The largest body, in KiB.
    pub body_limit_kib: u32,
    /// The largest picture that staff may upload, in MiB.
    pub media_limit_mib: u32,
    /// The largest file that staff may import, in MiB.
    pub import_limit_mib: u32,
    /// Whether each request is logged.
    pub access_log: bool,
    /// Whether the trusted proxies say in the PROXY protocol, before each connection, whose it is.
    pub proxy_protocol: bool,
    /// How long an answer may take, in seconds, by what its path begins with (`/api/v1/catalog`; `/` for the pages).
    pub timeouts: BTreeMap<String, u32>,
    /// Whose scripts may read what is open to other sites.
    pub cors: CorsConfig,
    /// A folder with another client (a single-page app's build) for `/`; the shop's own pages move to `/store`. Read
    /// at the start and when the settings are read again.
    pub client_dir: Option<PathBuf>,
    /// The `Content-Security-Policy` of that client, if the usual one is too narrow or too wide.
    pub client_policy: Option<String>,
    /// TLS, if the store speaks it itself.
    pub tls: TlsConfig,
    /// What is kept of the services' answers.
    pub cache: CacheConfig,
    /// How often somebody may ask.
    pub limits: LimitsConfig,
    /// How much a service is trusted with.
    pub shedding: SheddingConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            shop_name: "E-Mart".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            trusted_proxies: Vec::new(),
            metrics_from: Vec::new(),
            request_timeout_seconds: 30,
            websocket_idle_seconds: 300,
            requests_at_once: 4096,
            body_limit_kib: 1024,
            media_limit_mib: 32,
            import_limit_mib: 64,
            access_log: false,
            proxy_protocol: false,
            timeouts: BTreeMap::new(),
            cors: CorsConfig::default(),
            client_dir: None,
            client_policy: None,
            tls: TlsConfig::default(),
            cache: CacheConfig::default(),
            limits: LimitsConfig::default(),
            shedding: SheddingConfig::default(),
        }
    }
}

impl Config {
    /// Returns what is wrong with the settings, all at once.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let positive = [
            ("request_timeout_seconds", self.request_timeout_seconds),
            ("websocket_idle_seconds", self.websocket_idle_seconds),
            ("requests_at_once", self.requests_at_once),
            ("body_limit_kib", self.body_limit_kib),
        ];
        let mut wrong: Vec<String> = positive
            .iter()
            .filter(|(_, value)| *value == 0)
            .map(|(name, _)| format!("{name}: must be 1 or more"))
            .collect();
        let url = self.public_url.parse::<http::Uri>().ok();
        let scheme = url.as_ref().and_then(http::Uri::scheme_str);
        if !matches!(scheme, Some("http" | "https")) {
            wrong.push("public_url: must be like https://shop.example".to_owned());
        }
        if self.proxy_protocol && self.trusted_proxies.is_empty() {
            wrong.push("proxy_protocol: trusted_proxies must name the proxies".to_owned());
        }
        for (path, seconds) in &self.timeouts {
            if !routes::is_known(path) {
                wrong.push(format!("timeouts: no route is called {path}"));
            } else if *seconds == 0 {
                wrong.push(format!("timeouts.{path}: must be 1 or more"));
            }
        }
        self.cors.check(&mut wrong);
        self.tls.check(&mut wrong);
        self.cache.check(&mut wrong);
        self.limits.check(&mut wrong);
        wrong
    }

    /// Where the shop's own pages are, below the public address: nothing, or `/store` while another client has the root.
    #[must_use]
    pub const fn shop_path(&self) -> &'static str {
        if self.client_dir.is_some() { client_dir::SHOP } else { "" }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The public address as browsers write it in `Origin`.
    pub(crate) fn origin(&self) -> String {
        let end = self.public_url.match_indices('/').nth(2).map(|(at, _)| at);
        let origin = &self.public_url[..end.unwrap_or(self.public_url.len())];
        let default_port = if self.is_https() { ":443" } else { ":80" };
        origin.strip_suffix(default_port).unwrap_or(origin).to_ascii_lowercase()
    }

    /// How long a request may take.
    pub(crate) fn timeout(&self, target: Target) -> Duration {
        let all = self.request_timeout_seconds;
        let seconds = match target {
            Target::Service(route) => match self.timeouts.get(routes::name(route)) {
                Some(seconds) => *seconds,
                None => route.seconds.map_or(all, |seconds| seconds.min(all)),
            },
            _ => all,
        };
        Duration::from_secs(seconds.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_what_a_browser_sends() {
        for (url, origin) in [
            ("https://Shop.example/", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ] {
            let config = Config { public_url: url.to_owned(), ..Config::default() };
            assert_eq!(config.origin(), origin);
            assert_eq!(config.check(), Vec::<String>::new());
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let config =
            Config { public_url: "shop".to_owned(), body_limit_kib: 0, ..Config::default() };
        assert_eq!(config.check().len(), 2);
    }
}
