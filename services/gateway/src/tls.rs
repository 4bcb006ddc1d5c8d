//! Settings of TLS at the door: a certificate in files, or one that an authority issues by ACME.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Where certificates are ordered unless the settings say otherwise.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// TLS, spoken by the store itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate with those that vouch for it, as PEM. Read again when it changes.
    pub cert_file: Option<PathBuf>,
    /// Its private key, as PEM.
    pub key_file: Option<PathBuf>,
    /// A second, plain address that only sends visitors on to `https`: `0.0.0.0:80`.
    pub redirect_from: Option<SocketAddr>,
    /// A certificate from an authority, instead of files.
    pub acme: Option<AcmeConfig>,
}

/// A certificate that an authority issues, and renews, by ACME (RFC 8555). Having one ordered means agreeing to its terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcmeConfig {
    /// The names that visitors type: `["shop.example", "www.shop.example"]`. Port 443 of each must lead to the store.
    pub domains: Vec<String>,
    /// Whom the authority writes to: `mailto:owner@shop.example`.
    pub contact: Option<String>,
    /// Where the authority describes itself; Let's Encrypt, unless it is another.
    pub directory: String,
    /// The root of an authority of one's own, as PEM.
    pub ca_file: Option<PathBuf>,
    /// Where the account and the certificates are kept; `acme` in the data folder if absent. Copies of the gateway share it.
    pub folder: Option<PathBuf>,
}

impl Default for AcmeConfig {
    fn default() -> Self {
        Self {
            domains: Vec::new(),
            contact: None,
            directory: LETS_ENCRYPT.to_owned(),
            ca_file: None,
            folder: None,
        }
    }
}

impl TlsConfig {
    /// The files, if that is where the certificate is.
    #[must_use]
    pub fn files(&self) -> Option<(&Path, &Path)> {
        Some((self.cert_file.as_deref()?, self.key_file.as_deref()?))
    }

    /// Whether TLS is spoken.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.files().is_some() || self.acme.is_some()
    }

    pub(crate) fn check(&self, wrong: &mut Vec<String>) {
        if self.cert_file.is_some() != self.key_file.is_some() {
            wrong.push("tls: cert_file and key_file go together".to_owned());
        }
        if self.redirect_from.is_some() && self.cert_file.is_none() && self.acme.is_none() {
            wrong.push("tls.redirect_from: there is no TLS to send visitors to".to_owned());
        }
        let Some(acme) = &self.acme else { return };
        if self.cert_file.is_some() || self.key_file.is_some() {
            wrong.push(
                "tls: the certificate comes from files or from [gateway.tls.acme], not from both; remove cert_file and key_file, or that section"
                    .to_owned(),
            );
        }
        acme.check(wrong);
    }
}

impl AcmeConfig {
    fn check(&self, wrong: &mut Vec<String>) {
        if self.domains.is_empty() {
            wrong.push(
                "tls.acme: the certificate is for nobody; add domains = [\"shop.example\"] to [gateway.tls.acme]"
                    .to_owned(),
            );
        }
        for domain in self.domains.iter().filter(|domain| !is_name(domain)) {
            let why = "must be a name such as shop.example, in lower case, without *";
            wrong.push(format!("tls.acme.domains: `{domain}` {why}"));
        }
        if self.contact.as_ref().is_some_and(|contact| !contact.starts_with("mailto:")) {
            wrong.push("tls.acme.contact: must be like mailto:owner@shop.example".to_owned());
        }
        if !self.directory.starts_with("https://") {
            wrong.push(format!("tls.acme.directory: must be like {LETS_ENCRYPT}"));
        }
    }
}

/// Whether this is a name of the DNS that can be proved by TLS-ALPN-01: no address, nothing that stands for many names.
fn is_name(domain: &str) -> bool {
    let is_label = |label: &str| {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (1..=63).contains(&label.len())
            && label.chars().all(good)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_word = domain
        .rsplit('.')
        .next()
        .is_some_and(|last| last.contains(|c: char| c.is_ascii_lowercase()));
    domain.len() <= 253 && domain.split('.').all(is_label) && last_is_word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(acme: AcmeConfig) -> String {
        let mut wrong = Vec::new();
        TlsConfig { acme: Some(acme), ..TlsConfig::default() }.check(&mut wrong);
        wrong.join("\n")
    }

    fn for_domain(domain: &str) -> AcmeConfig {
        AcmeConfig { domains: vec![domain.to_owned()], ..AcmeConfig::default() }
    }

    #[test]
    fn a_certificate_is_ordered_for_names_only() {
        assert_eq!(wrong(for_domain("shop.example")), "");
        assert_eq!(wrong(for_domain("localhost")), "");
        let traversing = ["../../etc/passwd", "a/b", "a\0b"];
        let others =
            ["", "*.shop.example", "Shop.example", "203.0.113.7", "a..b", "-a.example", "a_b.c"];
        for domain in others.into_iter().chain(traversing) {
            assert!(wrong(for_domain(domain)).contains("tls.acme.domains"), "{domain}");
        }
    }

    #[test]
    fn what_cannot_work_is_refused_with_the_line_to_add() {
        assert!(wrong(AcmeConfig::default()).contains("add domains = [\"shop.example\"]"));
        let acme = AcmeConfig {
            contact: Some("owner@shop.example".to_owned()),
            directory: "acme.example".to_owned(),
            ..for_domain("shop.example")
        };
        let said = wrong(acme);
        assert!(said.contains("mailto:") && said.contains("https://"), "{said}");
        let mut both = Vec::new();
        let tls = TlsConfig {
            cert_file: Some("cert.pem".into()),
            key_file: Some("key.pem".into()),
            acme: Some(for_domain("shop.example")),
            ..TlsConfig::default()
        };
        tls.check(&mut both);
        assert!(both.join("\n").contains("not from both"), "{both:?}");
    }
}
