//! OpenID Connect providers: what is asked of them, and what their answers are worth. Authorisation code with PKCE
//! (RFC 7636); whose answer it is, is checked by their published keys, what it says by `domain::id_token`.

mod ask;
mod documents;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use emart_outside::Outside;
use emart_types::{Clock, Secret};
use http::{Method, header, request};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use self::documents::Kept;
use crate::config::{self, Config};
use crate::domain::id_token::{Claims, Expected, Profile};
use crate::error::Error;
use crate::secrets;
use crate::store::providers::Journey;

/// What an ID token may be signed with. Neither `none` nor what the client's secret signs is among it.
const SIGNED: [Algorithm; 4] =
    [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA, Algorithm::PS256];
/// For all that a provider is asked for one sign-in, so that the browser is told before it gives up.
const PATIENCE: Duration = Duration::from_secs(8);

/// The providers of the settings, by name.
pub(crate) struct Providers(BTreeMap<String, Arc<Provider>>);

/// One provider.
pub(crate) struct Provider {
    name: String,
    pub(crate) config: config::Provider,
    secret: Option<Secret<String>>,
    /// Where it sends people back to.
    redirect_uri: String,
    outside: Outside,
    clock: Clock,
    kept: Mutex<Kept>,
}

/// Why a provider's answer opens nothing.
#[derive(Debug)]
pub(crate) enum Failed {
    /// It does not answer, or not as a provider does.
    Away(String),
    /// It says no, or what came back is not good.
    Refused(String),
}

/// What a browser came back with.
pub(crate) struct Answer<'a> {
    pub(crate) code: &'a str,
    pub(crate) iss: Option<&'a str>,
}

#[derive(Deserialize)]
struct TokenResponse {
    id_token: String,
    #[serde(default)]
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    profile: Profile,
}

impl Providers {
    pub(crate) fn new(config: &Config, clock: &Clock) -> anyhow::Result<Self> {
        let mut providers = BTreeMap::new();
        for (name, provider) in &config.providers {
            let provider = Provider {
                name: name.clone(),
                secret: provider.secret()?,
                redirect_uri: config.provider_return.replace("{name}", name),
                outside: Outside::new(provider.private_addresses),
                clock: clock.clone(),
                kept: Mutex::default(),
                config: provider.clone(),
            };
            providers.insert(name.clone(), Arc::new(provider));
        }
        Ok(Self(providers))
    }

    pub(crate) fn get(&self, name: &str) -> Result<Arc<Provider>, Error> {
        self.0.get(name).cloned().ok_or(Error::NotFound)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Provider> {
        self.0.values().map(AsRef::as_ref)
    }
}

impl Provider {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What people know it by.
    pub(crate) fn label(&self) -> &str {
        if self.config.label.is_empty() { &self.name } else { &self.config.label }
    }

    /// What a failure is to whoever signs in; the reason is for whoever runs the store.
    pub(crate) fn error(&self, failed: Failed) -> Error {
        let provider = self.name();
        match failed {
            Failed::Away(why) => {
                tracing::warn!(provider, why, "a sign-in provider does not answer");
                Error::ProviderAway(self.label().to_owned())
            }
            Failed::Refused(why) => {
                tracing::warn!(provider, why, "a sign-in provider's answer was refused");
                Error::ProviderRefused(self.label().to_owned())
            }
        }
    }

    /// Where a browser goes to sign in.
    pub(crate) async fn location(&self, state: &str, journey: &Journey) -> Result<String, Failed> {
        let mut url = in_time(self.discovery()).await?.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &self.config.scopes.join(" "))
            .append_pair("state", state)
            .append_pair("nonce", &journey.nonce)
            // The digest is SHA-256 in base64url: `S256`.
            .append_pair("code_challenge", &secrets::digest(&journey.verifier))
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Who came back, as far as the provider can be believed.
    pub(crate) async fn claims(
        &self,
        answer: &Answer<'_>,
        journey: &Journey,
    ) -> Result<Claims, Failed> {
        if answer.iss.is_some_and(|iss| iss != self.config.issuer) {
            return Err(Failed::Refused("another issuer answered".to_owned()));
        }
        in_time(async {
            let tokens = self.exchange(answer.code, &journey.verifier).await?;
            let mut claims = self.verified(&tokens.id_token).await?;
            let now = self.clock.now().as_seconds();
            let (issuer, client_id) = (&self.config.issuer, &self.config.client_id);
            let expected = Expected { issuer, client_id, nonce: &journey.nonce, now };
            claims.check(&expected).map_err(|why| Failed::Refused(why.to_owned()))?;
            if claims.profile.email.is_none()
                && let Some(access_token) = tokens.access_token
                && let Some(profile) = self.user_info(&access_token, &claims.sub).await?
            {
                claims.profile = profile;
            }
            Ok(claims)
        })
        .await
    }

    /// Gives a code for tokens. It works once there; here as well, for its state is gone.
    async fn exchange(&self, code: &str, verifier: &str) -> Result<TokenResponse, Failed> {
        let discovery = self.discovery().await?;
        let mut request = request::Builder::new()
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let in_header = self.secret.is_some() && discovery.takes_basic();
        if let Some(secret) = self.secret.as_ref().filter(|_| in_header) {
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encoded(&self.config.client_id), encoded(secret.expose()));
            let basic = format!("Basic {}", STANDARD.encode(pair));
            request = request.header(header::AUTHORIZATION, basic);
        }
        let body = self.token_request(code, verifier, in_header);
        ask::json(&self.outside, &discovery.token_endpoint, request, body).await
    }

    fn token_request(&self, code: &str, verifier: &str, secret_in_header: bool) -> Bytes {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("code_verifier", verifier);
        if !secret_in_header {
            form.append_pair("client_id", &self.config.client_id);
            if let Some(secret) = &self.secret {
                form.append_pair("client_secret", secret.expose());
            }
        }
        form.finish().into()
    }

    /// What an ID token says, if the provider signed it.
    async fn verified(&self, id_token: &str) -> Result<Claims, Failed> {
        let refused = |error: jsonwebtoken::errors::Error| Failed::Refused(error.to_string());
        let header = decode_header(id_token).map_err(refused)?;
        if header.crit.is_some() {
            return Err(Failed::Refused("its header asks for what is not known here".to_owned()));
        }
        if !SIGNED.contains(&header.alg) {
            return Err(Failed::Refused(format!("it is signed with {:?}", header.alg)));
        }
        let key = self.key(&header).await?;
        let key = DecodingKey::from_jwk(&key).map_err(refused)?;
        let mut validation = Validation::new(header.alg);
        // All that it says is held against the service's own clock, and more than is checked there.
        validation.required_spec_claims.clear();
        (validation.validate_exp, validation.validate_aud) = (false, false);
        decode(id_token, &key, &validation).map(|token| token.claims).map_err(refused)
    }

    /// Who somebody is, where the ID token does not say it.
    async fn user_info(&self, access_token: &str, sub: &str) -> Result<Option<Profile>, Failed> {
        let discovery = self.discovery().await?;
        let Some(url) = &discovery.userinfo_endpoint else { return Ok(None) };
        let bearer = format!("Bearer {access_token}");
        let request = request::Builder::new().header(header::AUTHORIZATION, bearer);
        let info: UserInfo = ask::json(&self.outside, url, request, Bytes::new()).await?;
        if info.sub != sub {
            return Err(Failed::Refused("userinfo is somebody else's".to_owned()));
        }
        Ok(Some(info.profile))
    }

    /// Refuses an address that others on the way could read or change.
    fn safe(&self, url: &Url) -> bool {
        url.scheme() == "https" || self.config.private_addresses
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let done = tokio::time::timeout(PATIENCE, work).await;
    done.unwrap_or_else(|_| Err(Failed::Away("no answer in time".to_owned())))
}
