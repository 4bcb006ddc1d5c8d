//! Settings of faults on purpose: whether an operator may switch them on, and which are on from the start.

use std::net::IpAddr;

use emart_mesh::Fault;
use http::Uri;
use serde::{Deserialize, Serialize};

use super::Config;
use crate::compose::SERVICES;

/// Faults on purpose.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FaultsConfig {
    /// Whether they may be switched on.
    pub(crate) allowed: Allowed,
    /// Those that are on from the start.
    pub(crate) on: Vec<Fault>,
}

/// Whether faults may be switched on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Allowed {
    /// Where nobody else shops: the public address is a plain one of this machine.
    #[default]
    Auto,
    Always,
    Never,
}

impl Config {
    /// Why faults may not be switched on, if they may not.
    pub(crate) fn faults_are_refused(&self) -> Option<&'static str> {
        match self.faults.allowed {
            Allowed::Always => None,
            Allowed::Never => Some("faults.allowed is \"never\""),
            // Of several processes only one listens there: what the others are part of must be said.
            Allowed::Auto if self.is_split() && self.public_url.is_none() => Some(
                "public_url does not say that this is a store to try things on; faults.allowed = \"always\" does",
            ),
            Allowed::Auto if is_of_this_machine(&self.public_url()) => None,
            Allowed::Auto => Some(
                "others may be shopping here: public_url is not http://localhost or such; faults.allowed = \"always\" \
                 allows it all the same",
            ),
        }
    }

    /// What is wrong with the faults that are on from the start.
    pub(super) fn fault_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let (Some(reason), false) = (self.faults_are_refused(), self.faults.on.is_empty()) {
            problems.push(format!("faults.on: {reason}"));
        }
        for fault in &self.faults.on {
            if !can_fail(&fault.service) {
                problems.push(format!("faults.on: there is no service `{}`", fault.service));
            }
            if let Err(invalid) = fault.check() {
                problems.push(format!("faults.on: {invalid}"));
            }
        }
        problems
    }
}

/// Whether there is such a service and calls of it can fail; nobody calls the gateway.
fn can_fail(service: &str) -> bool {
    SERVICES.contains(&service) && service != "gateway"
}

fn is_of_this_machine(url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else { return false };
    let host = url.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    here && url.scheme_str() == Some("http")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_for_stores_where_nobody_else_shops() {
        let refused = |url: Option<&str>, allowed, services: &[&str]| {
            let config = Config {
                public_url: url.map(str::to_owned),
                faults: FaultsConfig { allowed, on: Vec::new() },
                services: services.iter().map(|name| (*name).to_owned()).collect(),
                ..Config::default()
            };
            config.faults_are_refused().is_some()
        };
        for url in
            [None, Some("http://localhost"), Some("http://[::1]:80"), Some("http://127.0.0.1/")]
        {
            assert!(!refused(url, Allowed::Auto, &[]), "{url:?}");
            assert!(refused(url, Allowed::Never, &[]), "{url:?}");
        }
        for url in ["https://localhost", "http://shop.example", "http://10.0.0.1"] {
            assert!(refused(Some(url), Allowed::Auto, &[]), "{url}");
            assert!(!refused(Some(url), Allowed::Always, &[]), "{url}");
        }
        assert!(refused(None, Allowed::Auto, &["orders"]));
        assert!(!refused(Some("http://localhost"), Allowed::Auto, &["orders"]));
    }

    #[test]
    fn faults_from_the_start_are_held_to_the_same() {
        let fault = |service: &str| {
            let text = format!("{{\"service\": \"{service}\", \"errors_percent\": 101}}");
            serde_json::from_str(&text).unwrap()
        };
        let mut config =
            Config { public_url: Some("https://shop.example".to_owned()), ..Config::default() };
        assert_eq!(config.fault_problems(), Vec::<String>::new());
        config.faults.on = vec![fault("gateway"), fault("cart")];
        let wrong = config.fault_problems().join("\n");
        for text in ["others may be shopping", "`gateway`", "at most 100"] {
            assert!(wrong.contains(text), "{text} is not in\n{wrong}");
        }
    }
}
