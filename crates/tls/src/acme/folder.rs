//! What is kept between two starts, for the owner's eyes only: the account at the authority, the certificate with its key,
//! and, while a name is being proved, the proof. One folder for each authority, so that a trial's certificate is never
//! taken for a real one.

use std::fs::{DirBuilder, File, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::sign::CertifiedKey;

use super::Kept;
use crate::{provider, validity};

const ACCOUNT: &str = "account.json";
const CERTIFICATE: &str = "certificate.pem";
const LOCK: &str = "lock";

/// One authority's folder.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes it where it is missing.
    pub(super) fn open(parent: &Path, directory: &str) -> anyhow::Result<Self> {
        let folder = Self::of(parent, directory);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder.0);
        made.with_context(|| format!("cannot make {}", folder.0.display()))?;
        Ok(folder)
    }

    /// The folder of an authority, whose name is made of its address.
    pub(super) fn of(parent: &Path, directory: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let address = directory.trim_start_matches("https://");
        Self(parent.join(address.chars().map(plain).collect::<String>()))
    }

    pub(super) fn certificate(&self) -> PathBuf {
        self.0.join(CERTIFICATE)
    }

    /// The certificate that was issued before. One that cannot be read is ordered anew.
    pub(super) fn kept(&self, domains: &[String]) -> Option<Kept> {
        let file = self.certificate();
        if !file.exists() {
            return None;
        }
        let kept = read_kept(&file, domains).inspect_err(|error| {
            let error = format!("{error:#}");
            tracing::warn!(error, file = %file.display(), "the kept certificate is of no use; a new one is ordered");
        });
        kept.ok()
    }

    pub(super) fn keep(&self, key_and_chain: &str) -> anyhow::Result<()> {
        self.write(CERTIFICATE, key_and_chain.as_bytes())
    }

    /// The account, as it was written; `None` before there is one.
    pub(super) fn account(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let file = self.0.join(ACCOUNT);
        match std::fs::read(&file) {
            Ok(account) => Ok(Some(account)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| file.display().to_string()),
        }
    }

    pub(super) fn keep_account(&self, account: &[u8]) -> anyhow::Result<()> {
        self.write(ACCOUNT, account)
    }

    pub(super) fn forget_account(&self) {
        let _ = std::fs::remove_file(self.0.join(ACCOUNT));
    }

    /// The proof that is being asked for, whichever copy solved the riddle.
    pub(super) fn proof(&self, domain: &str) -> Option<CertifiedKey> {
        certified(&std::fs::read(self.0.join(proof_of(domain))).ok()?).ok()
    }

    pub(super) fn show_proof(&self, domain: &str, pem: &str) -> anyhow::Result<()> {
        self.write(&proof_of(domain), pem.as_bytes())
    }

    pub(super) fn hide_proof(&self, domain: &str) {
        let _ = std::fs::remove_file(self.0.join(proof_of(domain)));
    }

    /// One orders at a time, of all that share the folder; `None` while it is another.
    pub(super) fn alone(&self) -> anyhow::Result<Option<File>> {
        let path = self.0.join(LOCK);
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    /// Whole or not at all, readable by its owner only.
    fn write(&self, name: &str, contents: &[u8]) -> anyhow::Result<()> {
        let path = self.0.join(name);
        let named = || format!("cannot write {}", path.display());
        let mut file = tempfile::NamedTempFile::new_in(&self.0).with_context(named)?;
        file.write_all(contents).and_then(|()| file.as_file().sync_all()).with_context(named)?;
        file.persist(&path).with_context(named)?;
        Ok(())
    }
}

/// Names are made of letters, digits, dots and hyphens: the settings take no others.
fn proof_of(domain: &str) -> String {
    format!("proof-{domain}.pem")
}

/// Whether the two belong together is not asked: who asks would have to understand a proof, which nobody else need do.
fn certified(pem: &[u8]) -> anyhow::Result<CertifiedKey> {
    let key = PrivateKeyDer::from_pem_slice(pem).context("its key")?;
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()?;
    ensure!(!chain.is_empty(), "there is no certificate in it");
    Ok(CertifiedKey::new(chain, provider().key_provider.load_private_key(key)?))
}

fn read_kept(file: &Path, domains: &[String]) -> anyhow::Result<Kept> {
    let shown = certified(&std::fs::read(file)?)?;
    shown.keys_match()?;
    let first = shown.end_entity_cert()?;
    let (begins, ends) = validity(first).context("its dates cannot be read")?;
    let renew = if is_for(first, domains)? { ends.minus(ends.since(begins) / 3) } else { begins };
    Ok(Kept { shown: shown.into(), renew, ends })
}

fn is_for(cert: &CertificateDer<'_>, domains: &[String]) -> anyhow::Result<bool> {
    let cert = ParsedCertificate::try_from(cert)?;
    let is_named = |domain: &String| {
        let name = ServerName::try_from(domain.as_str());
        name.is_ok_and(|name| verify_server_name(&cert, &name).is_ok())
    };
    Ok(domains.iter().all(is_named))
}
