//! TLS as the store speaks it: certificates in files that are read again when they change, and certificates that an
//! authority issues by ACME. One provider of cryptography, aws-lc-rs, and no global one.

#![warn(missing_docs)]

mod acme;
mod pem;
mod validity;
mod watched;

pub use acme::{ACME_TLS, Acme, Patience, Wanted};
pub use pem::{certified, roots};
pub use validity::validity;
pub use watched::Watched;

use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};

/// What encrypts and signs.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}
