//! TLS by files of a certificate and its key, read again when they change: a renewed certificate needs no restart.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use arc_swap::ArcSwap;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

const HTTP_2: &[u8] = b"h2";

/// The store's side of TLS.
pub(super) struct Tls {
    cert_file: PathBuf,
    key_file: PathBuf,
    current: ArcSwap<ServerConfig>,
}

/// When each file was last changed.
type Stamp = [Option<SystemTime>; 2];

impl Tls {
    /// Reads the files.
    pub(super) fn open(cert_file: &Path, key_file: &Path) -> anyhow::Result<Self> {
        let config = read(cert_file, key_file)?;
        let (cert_file, key_file) = (cert_file.to_owned(), key_file.to_owned());
        Ok(Self { cert_file, key_file, current: ArcSwap::from_pointee(config) })
    }

    /// Greets a client; says whether it wants HTTP/2.
    pub(super) async fn accept<S>(&self, stream: S) -> std::io::Result<(TlsStream<S>, bool)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = TlsAcceptor::from(self.current.load_full()).accept(stream).await?;
        let http_2 = stream.get_ref().1.alpn_protocol() == Some(HTTP_2);
        Ok((stream, http_2))
    }

    /// Reads the files again whenever they change, until `stop`.
    pub(super) async fn follow(&self, every: Duration, stop: CancellationToken) {
        let mut known = self.stamp();
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            let stamp = self.stamp();
            if stamp == known {
                continue;
            }
            known = stamp;
            match read(&self.cert_file, &self.key_file) {
                Ok(config) => {
                    self.current.store(Arc::new(config));
                    tracing::info!(cert_file = %self.cert_file.display(), "the certificate was read again");
                }
                // One file was written and the other not yet, perhaps: the next change is looked at again.
                Err(error) => {
                    tracing::error!(
                        error = format!("{error:#}"),
                        "the old certificate stays in use"
                    );
                }
            }
        }
    }

    fn stamp(&self) -> Stamp {
        [&self.cert_file, &self.key_file]
            .map(|file| std::fs::metadata(file).and_then(|file| file.modified()).ok())
    }
}

fn read(cert_file: &Path, key_file: &Path) -> anyhow::Result<ServerConfig> {
    let certs = CertificateDer::pem_file_iter(cert_file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("gateway.tls.cert_file {}", cert_file.display()))?;
    anyhow::ensure!(!certs.is_empty(), "there is no certificate in {}", cert_file.display());
    let key = PrivateKeyDer::from_pem_file(key_file)
        .with_context(|| format!("gateway.tls.key_file {}", key_file.display()))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certs, key)
        .context("gateway.tls: the certificate and its key")?;
    config.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
