//! Tokens that open one thing to whoever holds them: HMAC-SHA256 over the thing's id, so that none needs a row.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Makes and checks tokens with a service's own secret.
#[derive(Clone)]
pub struct Seal(Hmac<Sha256>);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(***)")
    }
}

impl Seal {
    /// With this secret, of any length; 32 random bytes do.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"))
    }

    /// The token of an id.
    #[must_use]
    pub fn token(&self, id: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(id.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Whether `token` is that of the id; takes the same time whatever it is.
    #[must_use]
    pub fn opens(&self, id: &str, token: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        let mut mac = self.0.clone();
        mac.update(id.as_bytes());
        mac.verify_slice(&bytes).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_its_own_thing_and_no_other() {
        let seal = Seal::new(b"secret");
        let token = seal.token("crt_1");
        assert!(seal.opens("crt_1", &token));
        assert!(!seal.opens("crt_2", &token));
        assert!(!Seal::new(b"another").opens("crt_1", &token));
        assert!(!seal.opens("crt_1", "") && !seal.opens("crt_1", "é"));
    }
}
