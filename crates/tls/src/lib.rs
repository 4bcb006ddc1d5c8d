//! TLS as the store speaks it: certificates in files that are read again when they change, certificates that an
//! authority issues by ACME, and certificates that the store's own processes show each other. One provider of cryptography, aws-lc-rs, and no global one.

#![warn(missing_docs)]

mod acme;
mod connector;
mod mutual;
mod pem;
mod validity;
mod watched;

pub use acme::{ACME_TLS, Acme, Patience, Wanted};
pub use connector::Connector;
pub use mutual::Mutual;
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
