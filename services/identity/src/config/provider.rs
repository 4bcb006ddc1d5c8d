//! Settings of the OpenID Connect providers with which people sign in.

use std::path::PathBuf;

use anyhow::Context as _;
use emart_types::Secret;
use serde::{Deserialize, Serialize};
use url::Url;

/// An OpenID Connect provider: `[identity.providers.<name>]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// Its address, exactly as it calls itself in its tokens.
    pub issuer: String,
    /// As whom the store is registered there.
    pub client_id: String,
    /// The secret it gave the store; public clients have none.
    pub client_secret: Option<Secret<String>>,
    /// A file that holds `client_secret`, for container secrets.
    pub client_secret_file: Option<PathBuf>,
    /// What its button says it is; its name here when empty.
    pub label: String,
    /// What it is asked for; `openid` has to be among it.
    pub scopes: Vec<String>,
    /// Who comes in by it.
    pub who: Who,
    /// Of those who work here only people whose address is in one of these domains; all of them when empty.
    pub staff_domains: Vec<String>,
    /// Whether it may be in a private network, by http and on any port.
    pub private_addresses: bool,
}

/// Who comes in by a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Customers; who is new gets an account.
    #[default]
    Customers,
    /// Those who work here already.
    Staff,
    /// Both.
    Both,
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret: None,
            client_secret_file: None,
            label: String::new(),
            scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
            who: Who::default(),
            staff_domains: Vec::new(),
            private_addresses: false,
        }
    }
}

impl Provider {
    pub(crate) fn customers(&self) -> bool {
        self.who != Who::Staff
    }

    pub(crate) fn staff(&self) -> bool {
        self.who != Who::Customers
    }

    /// Whether someone who works here and has this address may come in by it.
    pub(crate) fn lets_in(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        let named = self.staff_domains.iter().any(|it| it.eq_ignore_ascii_case(domain));
        self.staff() && (self.staff_domains.is_empty() || named)
    }

    /// The secret, from where it is.
    pub(crate) fn secret(&self) -> anyhow::Result<Option<Secret<String>>> {
        let Some(file) = &self.client_secret_file else { return Ok(self.client_secret.clone()) };
        let read = std::fs::read_to_string(file);
        let text = read.with_context(|| format!("client_secret_file {}", file.display()))?;
        Ok(Some(Secret::new(text.trim().to_owned())))
    }

    /// What is wrong with it.
    pub(crate) fn check(&self, name: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut say = |what: &str| wrong.push(format!("providers.{name}: {what}"));
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        if !(1..=40).contains(&name.len()) || !name.bytes().all(plain) {
            say("its name must be 1 to 40 of a-z, 0-9, _ and -");
        }
        match Url::parse(&self.issuer) {
            Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                say("issuer: must have no query");
            }
            Ok(url) if url.scheme() == "https" && url.has_host() => {}
            Ok(url) if url.scheme() == "http" && self.private_addresses => {}
            _ => say("issuer: must be like https://accounts.example"),
        }
        if self.client_id.trim().is_empty() {
            say("client_id: must not be empty");
        }
        if self.client_secret.is_some() && self.client_secret_file.is_some() {
            say("client_secret and client_secret_file: only one of them");
        }
        if !self.scopes.iter().any(|scope| scope == "openid") {
            say("scopes: \"openid\" must be among them");
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Provider {
        let (issuer, client_id) = ("https://id.example".to_owned(), "shop".to_owned());
        Provider { issuer, client_id, ..Provider::default() }
    }

    #[test]
    fn what_cannot_work_is_named() {
        assert_eq!(good().check("company-1"), Vec::<String>::new());
        let secret = Some(Secret::new("x".to_owned()));
        let file = Some(PathBuf::from("secret"));
        for (wrong, says) in [
            (Provider { issuer: "http://id.example".to_owned(), ..good() }, "issuer"),
            (Provider { issuer: "https://id.example?a".to_owned(), ..good() }, "issuer"),
            (Provider { issuer: String::new(), ..good() }, "issuer"),
            (Provider { client_id: " ".to_owned(), ..good() }, "client_id"),
            (Provider { client_secret: secret, client_secret_file: file, ..good() }, "only one"),
            (Provider { scopes: vec!["email".to_owned()], ..good() }, "scopes"),
        ] {
            let found = wrong.check("company");
            assert!(found.len() == 1 && found[0].contains(says), "{found:?}");
        }
        for name in ["", "A", "a/b", "a?b", &"a".repeat(41)] {
            assert_eq!(good().check(name).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_domain_is_the_whole_of_what_follows_the_sign() {
        let domains = vec!["Shop.example".to_owned()];
        let company = Provider { who: Who::Staff, staff_domains: domains, ..good() };
        assert!(company.lets_in("ada@shop.example"));
        for stranger in ["ada@notshop.example", "ada@shop.example.evil.example", "shop.example"] {
            assert!(!company.lets_in(stranger), "{stranger}");
        }
        assert!(!Provider { who: Who::Customers, ..company }.lets_in("ada@shop.example"));
    }
}
