//! The store's side of TLS: with a certificate in files, with one that an authority issues by ACME, or, between its own
//! processes, with certificates on both sides.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use emart_gateway::TlsConfig;
use emart_tls::{ACME_TLS, Acme, Mutual, Patience, Wanted, Watched, certified, provider};
use emart_types::Clock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::sign::SingleCertAndKey;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

const HTTP_2: &[u8] = b"h2";
const SPOKEN: [&[u8]; 2] = [HTTP_2, b"http/1.1"];

/// The store's side of TLS.
pub(super) enum Tls {
    /// By files, read again when they change.
    Files(Watched<ServerConfig>),
    /// By an authority; and how it greets with whatever certificate there is.
    Acme(Arc<Acme>, Arc<ServerConfig>),
    /// For the store's own processes, who show one as well.
    Mutual(Arc<Mutual>),
}

/// A client that was greeted.
pub(super) struct Greeted<S> {
    pub(super) stream: TlsStream<S>,
    /// It wants to speak HTTP/2.
    pub(super) http_2: bool,
    /// It has shown a certificate that is good.
    pub(super) certified: bool,
}

impl Tls {
    /// Reads the certificate; `None` when the settings name none. What ACME keeps is in `data`, unless they say otherwise.
    pub(super) fn open(config: &TlsConfig, data: &Path) -> anyhow::Result<Option<Self>> {
        if let Some((cert_file, key_file)) = config.files() {
            let files = [cert_file, key_file].map(Path::to_owned);
            let watched = Watched::open(files.to_vec(), move || read(&files))?;
            return Ok(Some(Self::Files(watched)));
        }
        let Some(wanted) = wanted(config, data) else { return Ok(None) };
        let acme = Arc::new(Acme::open(wanted, Patience::default(), Clock::system())?);
        let greeting = acme.server_config(&SPOKEN)?;
        Ok(Some(Self::Acme(acme, Arc::new(greeting))))
    }

    /// Greets a client.
    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<Greeted<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let greeting = match self {
            Self::Files(files) => files.current(),
            Self::Acme(_, greeting) => Arc::clone(greeting),
            Self::Mutual(mutual) => {
                let (stream, certified) = mutual.accept(stream).await?;
                return Ok(Greeted { stream, http_2: false, certified });
            }
        };
        let stream = TlsAcceptor::from(greeting).accept(stream).await?;
        match stream.get_ref().1.alpn_protocol() {
            // The authority has seen what it came to see; nothing is spoken there (RFC 8737, section 3).
            Some(ACME_TLS) => Err(io::ErrorKind::ConnectionAborted.into()),
            protocol => {
                let http_2 = protocol == Some(HTTP_2);
                Ok(Greeted { stream, http_2, certified: false })
            }
        }
    }

    /// Keeps the certificate good, until `stop`; files are looked at so often.
    pub(super) async fn follow(&self, every: Duration, stop: CancellationToken) {
        match self {
            Self::Files(files) => files.follow(every, stop).await,
            Self::Acme(acme, _) => acme.follow(stop).await,
            // It looks at its files as connections come.
            Self::Mutual(_) => {}
        }
    }
}

/// What is ordered by ACME, where something is.
pub(crate) fn wanted(config: &TlsConfig, data: &Path) -> Option<Wanted> {
    let acme = config.acme.as_ref()?;
    Some(Wanted {
        domains: acme.domains.clone(),
        contact: acme.contact.clone(),
        directory: acme.directory.clone(),
        ca_file: acme.ca_file.clone(),
        folder: acme.folder.clone().unwrap_or_else(|| data.join("acme")),
    })
}

fn read([cert_file, key_file]: &[std::path::PathBuf; 2]) -> anyhow::Result<ServerConfig> {
    let key = certified("gateway.tls", ("cert_file", cert_file), ("key_file", key_file))?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    config.alpn_protocols = SPOKEN.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}
