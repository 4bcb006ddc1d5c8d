//! Certificates, keys and roots, out of PEM.

use std::path::Path;

use anyhow::{Context as _, ensure};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::sign::CertifiedKey;

use crate::provider;

/// A certificate, with those that vouch for it, and its key. `setting` is what names both files in the settings.
pub fn certified(
    setting: &str,
    (cert_name, cert_file): (&str, &Path),
    (key_name, key_file): (&str, &Path),
) -> anyhow::Result<CertifiedKey> {
    let certs = certificates(cert_file)
        .with_context(|| format!("{setting}.{cert_name} {}", cert_file.display()))?;
    let key = PrivateKeyDer::from_pem_file(key_file)
        .with_context(|| format!("{setting}.{key_name} {}", key_file.display()))?;
    CertifiedKey::from_der(certs, key, &provider())
        .with_context(|| format!("{setting}: the certificate and its key"))
}

/// Those whose word on others is believed. `setting` is what names the file in the settings.
pub fn roots(setting: &str, file: &Path) -> anyhow::Result<RootCertStore> {
    let named = || format!("{setting} {}", file.display());
    let mut roots = RootCertStore::empty();
    for cert in certificates(file).with_context(named)? {
        roots.add(cert).with_context(named)?;
    }
    Ok(roots)
}

fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let certs = CertificateDer::pem_file_iter(file)?.collect::<Result<Vec<_>, _>>()?;
    ensure!(!certs.is_empty(), "there is no certificate in it");
    Ok(certs)
}
