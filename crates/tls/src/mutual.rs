//! TLS between the store's own processes, where each shows the other a certificate. One is believed that the store's own
//! authority vouches for and that carries the name all services share; who is who beyond that, the calls themselves say.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::SingleCertAndKey;
use tokio_rustls::rustls::{ClientConfig, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use crate::{Watched, certified, provider, roots};

/// How often the files are looked at, while there are connections to make.
const LOOK: Duration = Duration::from_secs(5);

/// What one process shows the others, and whom it believes. The files are read again when they change; connections that
/// are there stay.
#[derive(Debug)]
pub struct Mutual {
    name: ServerName<'static>,
    sides: Watched<Sides>,
    every: Duration,
    looked: Mutex<Instant>,
}

/// As whoever is called, and as whoever calls.
#[derive(Debug)]
struct Sides {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

impl Mutual {
    /// Reads a certificate, its key, and the roots of those that are believed. `name` is the one that all carry.
    pub fn open(
        certificate: PathBuf,
        key: PathBuf,
        ca: PathBuf,
        name: &str,
    ) -> anyhow::Result<Self> {
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| anyhow!("mesh.tls.name: `{name}` is not a name"))?;
        let files = vec![certificate.clone(), key.clone(), ca.clone()];
        let sides = Watched::open(files, move || {
            let shown = certified("mesh.tls", ("certificate", &certificate), ("key", &key))?;
            let shown = Arc::new(SingleCertAndKey::from(shown));
            let roots = Arc::new(roots("mesh.tls.ca", &ca)?);
            // Without a certificate one may ask whether the process lives, and nothing else: that is seen to above TLS.
            let callers =
                WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), provider())
                    .allow_unauthenticated()
                    .build()
                    .context("mesh.tls.ca")?;
            let server = ServerConfig::builder_with_provider(provider())
                .with_safe_default_protocol_versions()?
                .with_client_cert_verifier(callers)
                .with_cert_resolver(Arc::<SingleCertAndKey>::clone(&shown));
            let client = ClientConfig::builder_with_provider(provider())
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots)
                .with_client_cert_resolver(shown);
            Ok(Sides { server: Arc::new(server), client: Arc::new(client) })
        })?;
        Ok(Self { name, sides, every: LOOK, looked: Mutex::new(Instant::now()) })
    }

    /// The same, whose files are looked at so often.
    #[must_use]
    pub fn looking_every(self, every: Duration) -> Self {
        Self { every, ..self }
    }

    /// Greets who calls; says whether it showed a certificate. One that is not good is refused.
    pub async fn accept<S>(&self, stream: S) -> io::Result<(server::TlsStream<S>, bool)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.sides().server));
        let stream = acceptor.accept(stream).await?;
        let Some([shown, ..]) = stream.get_ref().1.peer_certificates() else {
            return Ok((stream, false));
        };
        ParsedCertificate::try_from(shown)
            .and_then(|shown| verify_server_name(&shown, &self.name))
            .map_err(|error| io::Error::new(io::ErrorKind::PermissionDenied, error))?;
        Ok((stream, true))
    }

    /// Greets who is called, and makes sure of it.
    pub async fn connect<S>(&self, stream: S) -> io::Result<client::TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let connector = TlsConnector::from(Arc::clone(&self.sides().client));
        connector.connect(self.name.clone(), stream).await
    }

    fn sides(&self) -> Arc<Sides> {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.elapsed() >= self.every {
            self.sides.look();
            *looked = Instant::now();
        }
        self.sides.current()
    }
}
