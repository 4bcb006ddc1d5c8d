//! Access tokens: JWTs signed with Ed25519 keys that this service makes and keeps. The newest that everybody can know by
//! now signs, all verify.

use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use emart_http::Role;
use emart_types::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::config::Config;

/// An Ed25519 private key in PKCS#8 (RFC 8410) is this and its 32 bytes.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A new key is shown to those who verify, and to other copies of this service, for so long before it signs.
const ANNOUNCED: std::time::Duration = std::time::Duration::from_secs(3600);

/// Verified tokens kept, so that a token's signature is checked once and not on each request.
const VERIFIED: usize = 4096;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    /// The person.
    pub(crate) sub: String,
    /// The family of refresh tokens it was issued with: when that is revoked, this is too.
    pub(crate) sid: String,
    pub(crate) jti: String,
    pub(crate) role: Role,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

/// The public half of a signing key (RFC 8037).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PublicKey {
    /// Always `OKP`.
    kty: &'static str,
    /// Always `Ed25519`.
    crv: &'static str,
    /// The key's name, as in a token's header.
    kid: String,
    /// The public key, base64url.
    x: String,
    /// Always `EdDSA`.
    alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    usage: &'static str,
}

/// The keys that verify access tokens (RFC 7517).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PublicKeys {
    keys: Vec<PublicKey>,
}

/// A private key as it is kept.
#[derive(Clone)]
pub(crate) struct KeptKey {
    pub(crate) kid: String,
    pub(crate) pkcs8: Vec<u8>,
    pub(crate) created_at: Timestamp,
}

/// A new private key.
pub(crate) fn generate(created_at: Timestamp) -> anyhow::Result<KeptKey> {
    let mut pkcs8 = PKCS8_HEAD.to_vec();
    pkcs8.extend_from_slice(&rand::random::<[u8; 32]>());
    let public = public_half(&EncodingKey::from_ed_der(&pkcs8))?;
    let kid = URL_SAFE_NO_PAD.encode(&Sha256::digest(&public)[..12]);
    Ok(KeptKey { kid, pkcs8, created_at })
}

fn public_half(key: &EncodingKey) -> anyhow::Result<String> {
    let jwk = Jwk::from_encoding_key(key, Algorithm::EdDSA).context("an Ed25519 key")?;
    match jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => Ok(pair.x),
        _ => anyhow::bail!("a kept signing key is not an Ed25519 key"),
    }
}

/// Signs and verifies access tokens.
pub(crate) struct Keys {
    header: Header,
    signing: EncodingKey,
    verifying: Vec<(String, DecodingKey)>,
    validation: Validation,
    public: PublicKeys,
    verified: Cache<Box<str>, Arc<Claims>>,
}

impl Keys {
    /// From the kept keys, the newest first.
    pub(crate) fn new(config: &Config, kept: &[KeptKey], now: Timestamp) -> anyhow::Result<Self> {
        let known = kept.iter().find(|key| now.since(key.created_at) >= ANNOUNCED);
        let signs = known.or_else(|| kept.last()).context("there is no signing key")?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(signs.kid.clone());
        let (mut verifying, mut keys) = (Vec::new(), Vec::new());
        for key in kept {
            let x = public_half(&EncodingKey::from_ed_der(&key.pkcs8))?;
            verifying.push((key.kid.clone(), DecodingKey::from_ed_components(&x)?));
            let (kid, alg, usage) = (key.kid.clone(), "EdDSA", "sig");
            keys.push(PublicKey { kty: "OKP", crv: "Ed25519", kid, x, alg, usage });
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is held against the service's own clock, in `verify`.
        validation.validate_exp = false;
        Ok(Self {
            header,
            signing: EncodingKey::from_ed_der(&signs.pkcs8),
            verifying,
            validation,
            public: PublicKeys { keys },
            verified: Cache::new(VERIFIED),
        })
    }

    /// Whether these are the same keys, of which the same signs.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let kids =
            |keys: &Self| keys.verifying.iter().map(|(kid, _)| kid.clone()).collect::<Vec<_>>();
        self.header.kid == other.header.kid && kids(self) == kids(other)
    }

    /// The public halves.
    pub(crate) fn public(&self) -> &PublicKeys {
        &self.public
    }

    /// The token that says this.
    pub(crate) fn sign(&self, claims: &Claims) -> anyhow::Result<String> {
        jsonwebtoken::encode(&self.header, claims, &self.signing).context("sign an access token")
    }

    /// What a token says, if one of the keys signed it and it has not expired.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<Arc<Claims>> {
        let claims = match self.verified.get(token) {
            Some(claims) => claims,
            None => {
                let claims = Arc::new(self.decode(token)?);
                self.verified.insert(token.into(), Arc::clone(&claims));
                claims
            }
        };
        (claims.exp > now.as_seconds()).then_some(claims)
    }

    fn decode(&self, token: &str) -> Option<Claims> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let (_, key) = self.verifying.iter().find(|(known, _)| *known == kid)?;
        let decoded = jsonwebtoken::decode::<Claims>(token, key, &self.validation);
        decoded.ok().map(|decoded| decoded.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(kept: &[KeptKey]) -> Keys {
        Keys::new(&Config::default(), kept, at(1_000_000)).unwrap()
    }

    fn claims() -> Claims {
        let config = Config::default();
        Claims {
            iss: config.issuer,
            aud: config.audience,
            sub: "usr_1".to_owned(),
            sid: "1".to_owned(),
            jti: "2".to_owned(),
            role: Role::Customer,
            iat: 1000,
            exp: 1600,
        }
    }

    fn made() -> KeptKey {
        generate(at(0)).unwrap()
    }

    #[test]
    fn a_new_key_signs_only_once_everybody_can_know_it() {
        let (old, new) = (made(), generate(at(10_000)).unwrap());
        let (old_id, new_id) = (old.kid.clone(), new.kid.clone());
        let alone = Keys::new(&Config::default(), std::slice::from_ref(&new), at(10_000)).unwrap();
        assert_eq!(alone.header.kid.as_ref(), Some(&new_id));
        let kept = [new, old];
        let signs = |now| Keys::new(&Config::default(), &kept, at(now)).unwrap().header.kid;
        assert_eq!(signs(10_000 + 3599), Some(old_id));
        assert_eq!(signs(10_000 + 3600), Some(new_id));
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_token_is_good_until_it_expires_and_not_a_second_longer() {
        let keys = keys(&[generate(at(0)).unwrap()]);
        let token = keys.sign(&claims()).unwrap();
        assert_eq!(*keys.verify(&token, at(1599)).unwrap(), claims());
        assert_eq!(keys.verify(&token, at(1600)), None);
    }

    #[test]
    fn an_older_key_still_verifies_and_a_strange_one_does_not() {
        let (old, new, strange) = (made(), made(), made());
        let signed_before = keys(std::slice::from_ref(&old)).sign(&claims()).unwrap();
        let foreign = keys(&[strange]).sign(&claims()).unwrap();
        let keys = keys(&[new, old]);
        assert!(keys.verify(&signed_before, at(1000)).is_some());
        assert!(keys.verify(&foreign, at(1000)).is_none());
    }

    #[test]
    fn changed_unsigned_and_misdirected_tokens_are_refused() {
        let keys = keys(&[generate(at(0)).unwrap()]);
        let token = keys.sign(&claims()).unwrap();
        let (head, rest) = token.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let admin = Claims { role: Role::Admin, ..claims() };
        let admin = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&admin).unwrap());
        let none = URL_SAFE_NO_PAD
            .encode(format!(r#"{{"alg":"none","kid":"{}"}}"#, keys.public.keys[0].kid));
        let hs = URL_SAFE_NO_PAD
            .encode(format!(r#"{{"alg":"HS256","kid":"{}"}}"#, keys.public.keys[0].kid));
        let other = keys.sign(&Claims { aud: "another shop".to_owned(), ..claims() }).unwrap();
        let bad = [
            format!("{head}.{admin}.{signature}"),
            format!("{none}.{admin}."),
            format!("{hs}.{body}.{signature}"),
            format!("{head}.{body}."),
            other,
            String::new(),
            "a.b.c".to_owned(),
        ];
        for token in bad {
            assert!(keys.verify(&token, at(1000)).is_none(), "{token}");
        }
    }
}
