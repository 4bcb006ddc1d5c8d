//! Settings of TLS between the processes of a store: which certificate this one shows, and whom it believes.

use std::path::PathBuf;
use std::sync::Arc;

use emart_mesh::is_by_tls;
use emart_tls::Mutual;
use serde::{Deserialize, Serialize};

use super::Config;

/// TLS between processes, where each shows the other a certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MeshTls {
    /// The certificate of this process with those that vouch for it, as PEM. All three files are read again when they change.
    pub(crate) certificate: Option<PathBuf>,
    /// Its private key, as PEM.
    pub(crate) key: Option<PathBuf>,
    /// The roots of the certificates that are believed, as PEM.
    pub(crate) ca: Option<PathBuf>,
    /// The DNS name that the certificates of all processes carry.
    pub(crate) name: String,
}

impl Default for MeshTls {
    fn default() -> Self {
        Self { certificate: None, key: None, ca: None, name: "emart".to_owned() }
    }
}

impl MeshTls {
    /// Whether it is spoken.
    pub(crate) fn is_on(&self) -> bool {
        self.certificate.is_some() && self.key.is_some() && self.ca.is_some()
    }

    /// What this process shows and believes; `None` where TLS is not spoken.
    pub(crate) fn open(&self) -> anyhow::Result<Option<Arc<Mutual>>> {
        let (Some(certificate), Some(key), Some(ca)) = (&self.certificate, &self.key, &self.ca)
        else {
            return Ok(None);
        };
        let mutual = Mutual::open(certificate.clone(), key.clone(), ca.clone(), &self.name)?;
        Ok(Some(Arc::new(mutual)))
    }
}

impl Config {
    /// How the processes of this store are reached.
    pub(crate) fn mesh_scheme(&self) -> &'static str {
        if self.mesh.tls.is_on() { "https" } else { "http" }
    }

    /// What is wrong with TLS between processes, each with the line to add.
    pub(super) fn mesh_tls_problems(&self) -> Vec<String> {
        let tls = &self.mesh.tls;
        let files = [
            ("certificate", &tls.certificate, "cert.pem"),
            ("key", &tls.key, "key.pem"),
            ("ca", &tls.ca, "ca.pem"),
        ];
        let given = files.iter().filter(|(_, file, _)| file.is_some()).count();
        if given != 0 && given != files.len() {
            let missing = files.iter().filter(|(_, file, _)| file.is_none());
            let line = |(name, _, file): &(&str, _, &str)| {
                format!("mesh.tls: a part is missing; add mesh.tls.{name} = \"/etc/emart/{file}\"")
            };
            return missing.map(line).collect();
        }
        let wrong = |(name, url): (&String, &String)| {
            let by_tls = is_by_tls(url);
            if tls.is_on() && by_tls != Some(true) {
                return Some(format!(
                    "peers.{name} is not reached by TLS, but mesh.tls is on; add peers.{name} = \"{}\"",
                    url.replace("http://", "https://")
                ));
            }
            (!tls.is_on() && by_tls != Some(false)).then(|| {
                format!(
                    "peers.{name} is reached by TLS, and there is no certificate to show; add mesh.tls.certificate, mesh.tls.key and mesh.tls.ca"
                )
            })
        };
        // What is no address at all is said elsewhere.
        let addresses = self.peers.iter().filter(|(_, url)| emart_mesh::check_url(url).is_ok());
        addresses.filter_map(wrong).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(tls: MeshTls, url: &str) -> String {
        let mut config = Config::default();
        config.mesh.tls = tls;
        config.peers.insert("cart".to_owned(), url.to_owned());
        config.mesh_tls_problems().join("\n")
    }

    fn on() -> MeshTls {
        let file = |name: &str| Some(PathBuf::from(name));
        MeshTls {
            certificate: file("cert.pem"),
            key: file("key.pem"),
            ca: file("ca.pem"),
            ..MeshTls::default()
        }
    }

    #[test]
    fn it_is_on_as_a_whole_or_not_at_all() {
        assert_eq!(with(MeshTls::default(), "http://cart:7000"), "");
        assert_eq!(with(on(), "https://cart:7000,https://cart-2:7000"), "");
        let part = with(MeshTls { ca: None, ..on() }, "https://cart:7000");
        assert!(part.contains("add mesh.tls.ca = "), "{part}");
        assert!(!part.contains("add mesh.tls.key"), "{part}");
    }

    #[test]
    fn a_peer_that_is_reached_otherwise_is_refused() {
        for url in ["http://cart:7000", "https://cart:7000,http://cart-2:7000"] {
            let wrong = with(on(), url);
            assert!(wrong.contains("add peers.cart = \"https://cart:7000"), "{wrong}");
        }
        let wrong = with(MeshTls::default(), "https://cart:7000");
        assert!(wrong.contains("add mesh.tls.certificate"), "{wrong}");
    }
}
