//! Secrets that are handed out once and kept only as digests: session, refresh and link tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

/// A new secret: 256 random bits, base64url.
pub(crate) fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What stands where a password's hash would: no password opens it, and it is as good a version as a hash is.
pub(crate) fn no_password() -> String {
    format!("none:{}", new_token())
}

/// A new recovery code: 80 random bits in base32, in groups to be typed.
pub(crate) fn new_recovery_code() -> String {
    let code = BASE32_NOPAD.encode(&rand::random::<[u8; 10]>()).to_ascii_lowercase();
    let groups: Vec<String> = code
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    groups.join("-")
}

/// The form a secret is kept in: its SHA-256, base64url. Being random itself, it needs no salt and no stretching.
pub(crate) fn digest(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}
