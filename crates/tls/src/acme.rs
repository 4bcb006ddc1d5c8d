//! A certificate from an authority that issues them by ACME (RFC 8555): ordered, proved by TLS-ALPN-01 (RFC 8737) on the very
//! port that visitors come to, kept in a folder, and renewed when a third of its life is left. While an order fails, the old
//! certificate goes on being shown.

mod authority;
mod folder;
mod order;
mod proof;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use emart_types::{Clock, Timestamp};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_util::sync::CancellationToken;

use self::authority::Authority;
use self::folder::Folder;
pub use self::proof::ACME_TLS;
use crate::{Watched, provider};

/// What is ordered, and from whom.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The names the certificate is for, in lower case.
    pub domains: Vec<String>,
    /// Whom the authority writes to: `mailto:…`.
    pub contact: Option<String>,
    /// Where the authority describes itself.
    pub directory: String,
    /// Whose word on the authority's own certificate is believed, when it is not one that browsers know.
    pub ca_file: Option<PathBuf>,
    /// Where the account, the certificate and its key are kept. Copies that share it share them.
    pub folder: PathBuf,
}

/// How patiently it goes about it.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The wait after an order that failed; four times as long after each further one.
    pub first: Duration,
    /// The longest wait. Authorities stop listening to those who fail often.
    pub longest: Duration,
    /// How often the folder is looked at: another copy may have renewed what is in it.
    pub look: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let hour = Duration::from_secs(60 * 60);
        Self { first: hour / 60, longest: 6 * hour, look: Duration::from_secs(5) }
    }
}

/// The store's certificate, from an authority.
#[derive(Debug)]
pub struct Acme {
    wanted: Wanted,
    patience: Patience,
    clock: Clock,
    folder: Folder,
    authority: Authority,
    kept: Watched<Option<Kept>>,
}

/// A certificate that was issued before.
#[derive(Debug)]
struct Kept {
    shown: Arc<CertifiedKey>,
    /// When the next one is ordered; long ago, where it is for other names than those wanted.
    renew: Timestamp,
    ends: Timestamp,
}

impl Acme {
    /// Takes up what is kept in the folder. Nothing is ordered before [`Acme::follow`].
    pub fn open(wanted: Wanted, patience: Patience, clock: Clock) -> anyhow::Result<Self> {
        let authority = Authority::new(wanted.ca_file.as_deref())?;
        let folder = Folder::open(&wanted.folder, &wanted.directory)?;
        let (from, domains) = (folder.clone(), wanted.domains.clone());
        let kept = Watched::open(vec![folder.certificate()], move || Ok(from.kept(&domains)))?;
        Ok(Self { wanted, patience, clock, folder, authority, kept })
    }

    /// Where the certificate is kept, after its key.
    #[must_use]
    pub fn certificate_file(wanted: &Wanted) -> PathBuf {
        Folder::of(&wanted.folder, &wanted.directory).certificate()
    }

    /// How visitors are greeted, who may speak these protocols; and the authority, when it comes to see.
    pub fn server_config(self: &Arc<Self>, protocols: &[&[u8]]) -> anyhow::Result<ServerConfig> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self));
        let all = protocols.iter().copied().chain([ACME_TLS]);
        config.alpn_protocols = all.map(<[u8]>::to_vec).collect();
        Ok(config)
    }

    /// Orders when it is time, and takes up what other copies have ordered, until `stop`.
    pub async fn follow(&self, stop: CancellationToken) {
        stop.run_until_cancelled(async {
            let mut wait = self.patience.first;
            loop {
                self.kept.look();
                if self.is_due() {
                    match Box::pin(self.order_alone()).await {
                        Ok(()) => wait = self.patience.first,
                        Err(failed) => {
                            self.say(&failed, wait);
                            tokio::time::sleep(wait).await;
                            wait = (wait * 4).min(self.patience.longest);
                        }
                    }
                }
                tokio::time::sleep(self.patience.look).await;
            }
        })
        .await;
    }

    fn is_due(&self) -> bool {
        let now = self.clock.now();
        self.kept.current().as_ref().as_ref().is_none_or(|kept| kept.renew <= now)
    }

    /// Orders, unless another copy does.
    async fn order_alone(&self) -> Result<(), order::Failed> {
        let Some(_alone) = self.folder.alone()? else { return Ok(()) };
        // The other copy may have come to its end just now.
        self.kept.look();
        if self.is_due() { self.order().await } else { Ok(()) }
    }

    fn say(&self, failed: &order::Failed, wait: Duration) {
        let (error, advice) = (format!("{:#}", failed.error), failed.advice);
        let domains = self.wanted.domains.join(", ");
        let shown = match self.kept.current().as_ref() {
            Some(kept) => format!("the old certificate is shown, which ends on {}", kept.ends),
            None => "there is none to show yet: nobody can come in by https".to_owned(),
        };
        tracing::error!(error, advice, domains, again_in = ?wait, "no certificate was issued; {shown}");
    }
}

impl ResolvesServerCert for Acme {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if proof::is_asked_for(&hello) {
            let domain = hello.server_name()?;
            let wanted = &self.wanted.domains;
            let domain = wanted.iter().find(|wanted| wanted.eq_ignore_ascii_case(domain))?;
            return self.folder.proof(domain).map(Arc::new);
        }
        self.kept.current().as_ref().as_ref().map(|kept| Arc::clone(&kept.shown))
    }
}
