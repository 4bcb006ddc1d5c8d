//! The proof that a name is ours (RFC 8737): a certificate that nobody vouches for, with the authority's own riddle solved
//! in it, shown to whoever asks for the protocol `acme-tls/1`.

use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use tokio_rustls::rustls::server::ClientHello;

/// The protocol by which an authority asks.
pub const ACME_TLS: &[u8] = b"acme-tls/1";

/// Whether a client is an authority that wants to see the proof: it asks for nothing else.
pub(super) fn is_asked_for(hello: &ClientHello<'_>) -> bool {
    hello.alpn().is_some_and(|protocols| protocols.eq([ACME_TLS]))
}

/// The proof's key and certificate, as PEM.
pub(super) fn of(domain: &str, digest: &[u8]) -> Result<String, rcgen::Error> {
    let mut params = CertificateParams::new([domain.to_owned()])?;
    params.distinguished_name = DistinguishedName::new();
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    Ok(key.serialize_pem() + &params.self_signed(&key)?.pem())
}
