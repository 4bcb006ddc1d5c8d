//! What a provider publishes: where it is asked (OpenID Connect Discovery 1.0) and the keys that sign (RFC 7517). Both are
//! kept for an hour; a key that is not among them is looked for at once, so that keys may be exchanged at any time.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use emart_types::Timestamp;
use http::request;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, Header};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::Url;

use super::{Failed, Provider, ask};

const FRESH: Duration = Duration::from_secs(3600);
/// A token with an unknown key makes nobody ask for keys more often than this.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// What is kept of what a provider publishes, and since when.
#[derive(Default)]
pub(super) struct Kept {
    discovery: Option<(Timestamp, Arc<Discovery>)>,
    keys: Option<(Timestamp, Arc<[Jwk]>)>,
}

/// Where a provider is asked.
#[derive(Debug, Deserialize)]
pub(super) struct Discovery {
    issuer: String,
    #[serde(deserialize_with = "address")]
    pub(super) authorization_endpoint: Url,
    #[serde(deserialize_with = "address")]
    pub(super) token_endpoint: Url,
    #[serde(default, deserialize_with = "some_address")]
    pub(super) userinfo_endpoint: Option<Url>,
    #[serde(deserialize_with = "address")]
    jwks_uri: Url,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    Url::parse(&String::deserialize(from)?).map_err(D::Error::custom)
}

fn some_address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    address(from).map(Some)
}

impl Discovery {
    /// Whether the client's secret goes into the header; that is what is meant where nothing is said.
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|it| it == "client_secret_basic"))
    }
}

impl Provider {
    /// Where the provider is asked.
    pub(super) async fn discovery(&self) -> Result<Arc<Discovery>, Failed> {
        let now = self.clock.now();
        let kept = self.kept(|kept| kept.discovery.clone());
        if let Some((at, discovery)) = kept
            && now.since(at) < FRESH
        {
            return Ok(discovery);
        }
        let issuer = &self.config.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let discovery: Discovery = self.published(&url).await?;
        if discovery.issuer != *issuer {
            return Err(Failed::Away(format!("it calls itself {}", discovery.issuer)));
        }
        let Discovery { authorization_endpoint, token_endpoint, jwks_uri, .. } = &discovery;
        let all = [authorization_endpoint, token_endpoint, jwks_uri];
        if !all.into_iter().chain(&discovery.userinfo_endpoint).all(|url| self.safe(url)) {
            return Err(Failed::Away("it is to be asked without TLS".to_owned()));
        }
        let discovery = Arc::new(discovery);
        self.kept(|kept| kept.discovery = Some((now, Arc::clone(&discovery))));
        Ok(discovery)
    }

    /// The key that signed what has this header.
    pub(super) async fn key(&self, header: &Header) -> Result<Jwk, Failed> {
        let now = self.clock.now();
        let mut keys = self.kept(|kept| kept.keys.clone());
        if let Some((at, known)) = &keys {
            let age = now.since(*at);
            let found = find(known, header).cloned();
            match found {
                Some(key) if age < FRESH => return Ok(key),
                None if age < ASK_AGAIN_AFTER => {}
                _ => keys = None,
            }
        }
        let keys = match keys {
            Some((_, keys)) => keys,
            None => self.fetch_keys(now).await?,
        };
        let key = find(&keys, header).cloned();
        key.ok_or_else(|| Failed::Refused("it is signed with an unknown key".to_owned()))
    }

    async fn fetch_keys(&self, now: Timestamp) -> Result<Arc<[Jwk]>, Failed> {
        let discovery = self.discovery().await?;
        let set: KeySet = self.published(discovery.jwks_uri.as_str()).await?;
        // Keys of kinds that are not known here stand beside those that are.
        let keys: Arc<[Jwk]> =
            set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        self.kept(|kept| kept.keys = Some((now, Arc::clone(&keys))));
        Ok(keys)
    }

    /// A document that anyone may read.
    async fn published<T: DeserializeOwned>(&self, url: &str) -> Result<T, Failed> {
        let url = Url::parse(url).map_err(|error| Failed::Away(error.to_string()))?;
        let asked = ask::json(&self.outside, &url, request::Builder::new(), Bytes::new()).await;
        asked.map_err(|failed| match failed {
            Failed::Away(why) | Failed::Refused(why) => Failed::Away(why),
        })
    }

    fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The key of this name; without a name the only one that fits.
fn find<'a>(keys: &'a [Jwk], header: &Header) -> Option<&'a Jwk> {
    let mut fitting = keys.iter().filter(|key| fits(key, header.alg));
    match &header.kid {
        Some(kid) => fitting.find(|key| key.common.key_id.as_ref() == Some(kid)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
}

/// Whether a key is one for signatures of this kind.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => {
            matches!(algorithm, Algorithm::RS256 | Algorithm::PS256)
        }
        AlgorithmParameters::EllipticCurve(curve) => {
            algorithm == Algorithm::ES256 && curve.curve == EllipticCurve::P256
        }
        AlgorithmParameters::OctetKeyPair(pair) => {
            algorithm == Algorithm::EdDSA && pair.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    let meant = key.common.key_algorithm.is_none_or(|meant| meant == algorithm.into());
    kind && meant && !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption))
}
