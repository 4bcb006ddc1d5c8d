//! A provider of OpenID Connect of a test's own: it listens on a socket, signs with keys of its own, and lies on request.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use emart_http::Json;
use emart_types::Clock;
use http::{HeaderMap, StatusCode, header};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;
use url::form_urlencoded::parse;

/// As whom the store is registered.
const CLIENT: &str = "shop";
/// With a character that has to be encoded on its way.
const SECRET: &str = "s3cret/ü:";

/// A provider. It ends with the test.
#[derive(Debug, Clone)]
pub struct TestProvider {
    addr: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    clock: Clock,
    issuer: String,
    key: Key,
    grants: HashMap<String, Grant>,
    /// What `userinfo` answers.
    user_info: Value,
    away: bool,
    times_asked_for_keys: u32,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// How the next tokens are signed.
struct Key {
    name: String,
    signed: Option<(Algorithm, EncodingKey)>,
    published: Value,
}

/// What a code is good for, once.
struct Grant {
    challenge: String,
    redirect_uri: String,
    claims: Value,
}

/// What a browser comes back with.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The path and query it opens.
    pub path: String,
    /// The state it was sent with.
    pub state: String,
    /// The code it got.
    pub code: String,
}

impl TestProvider {
    /// Starts one that signs with Ed25519.
    ///
    /// # Panics
    ///
    /// When it cannot listen.
    pub async fn start(clock: &Clock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it listens");
        let inner = Inner {
            clock: clock.clone(),
            issuer: format!("http://{addr}"),
            key: key(Algorithm::EdDSA, "one"),
            grants: HashMap::new(),
            user_info: Value::Null,
            away: false,
            times_asked_for_keys: 0,
        };
        let inner = Arc::new(Mutex::new(inner));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(Arc::clone(&inner));
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { addr, inner }
    }

    /// Its address.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// As whom the store is registered.
    pub fn client(&self) -> (&'static str, &'static str) {
        (CLIENT, SECRET)
    }

    /// Answers nothing but 503 from now on, or does again.
    pub fn away(&self, away: bool) {
        lock(&self.inner).away = away;
    }

    /// Signs with another key from now on, and publishes that alone.
    pub fn sign_with(&self, algorithm: Algorithm, name: &str) {
        lock(&self.inner).key = key(algorithm, name);
    }

    /// Signs nothing any more.
    pub fn sign_nothing(&self) {
        lock(&self.inner).key.signed = None;
    }

    /// Signs with a key that it does not publish, under the name of the one it does.
    pub fn sign_with_a_strange_key(&self) {
        let mut inner = lock(&self.inner);
        let name = inner.key.name.clone();
        inner.key.signed = key(Algorithm::EdDSA, &name).signed;
    }

    /// What `userinfo` answers from now on.
    pub fn tell(&self, user_info: Value) {
        lock(&self.inner).user_info = user_info;
    }

    /// How often its keys were asked for.
    pub fn times_asked_for_keys(&self) -> u32 {
        lock(&self.inner).times_asked_for_keys
    }

    /// Somebody signs in there who was sent to this location. `claims` are what the ID token will say beside, or instead
    /// of, what it should; `null` leaves something out.
    ///
    /// # Panics
    ///
    /// When the store asks for something else than a code, with PKCE.
    pub fn sign_in(&self, location: &str, claims: &Value) -> Returned {
        let url = Url::parse(location).expect("a location");
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!((asked["client_id"].as_str(), url.path()), (CLIENT, "/authorize"));
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let mut inner = lock(&self.inner);
        let now = inner.clock.now().as_seconds();
        let mut says = json!({
            "iss": inner.issuer, "aud": CLIENT, "sub": "42", "nonce": asked["nonce"],
            "iat": now, "exp": now + 300,
        });
        let said = says.as_object_mut().expect("an object");
        for (name, value) in claims.as_object().expect("an object") {
            match value {
                Value::Null => said.remove(name),
                value => said.insert(name.clone(), value.clone()),
            };
        }
        let code = format!("code-{}", rand::random::<u64>());
        let redirect_uri = asked["redirect_uri"].clone();
        let challenge = asked["code_challenge"].clone();
        let path = Url::parse(&redirect_uri).expect("an address").path().to_owned();
        let state = asked["state"].clone();
        let path = format!("{path}?state={state}&code={code}");
        inner.grants.insert(code.clone(), Grant { challenge, redirect_uri, claims: says });
        Returned { path, state, code }
    }
}

fn lock(inner: &Mutex<Inner>) -> std::sync::MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(algorithm: Algorithm, name: &str) -> Key {
    let signs = match algorithm {
        Algorithm::ES256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
            let der = pair.to_pkcs8v1().expect("a key");
            EncodingKey::from_ec_der(der.as_ref())
        }
        Algorithm::RS256 | Algorithm::PS256 => {
            let pair = rsa::KeyPair::generate(KeySize::Rsa2048).expect("a key");
            let der: Pkcs8V1Der<'_> = pair.as_der().expect("a key");
            // As DER the key would have to be PKCS#1, which is made by nobody here.
            let text = STANDARD.encode(der.as_ref());
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
            EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key")
        }
        _ => {
            let pair = Ed25519KeyPair::generate().expect("a key");
            EncodingKey::from_ed_der(pair.to_pkcs8v1().expect("a key").as_ref())
        }
    };
    let mut jwk = Jwk::from_encoding_key(&signs, algorithm).expect("a public key");
    jwk.common.key_id = Some(name.to_owned());
    let published = serde_json::to_value(jwk).expect("JSON");
    Key { name: name.to_owned(), signed: Some((algorithm, signs)), published }
}

type Shared = State<Arc<Mutex<Inner>>>;

async fn discovery(State(inner): Shared) -> Response {
    let inner = lock(&inner);
    if inner.away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let issuer = &inner.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
    }))
    .into_response()
}

async fn keys(State(inner): Shared) -> Response {
    let mut inner = lock(&inner);
    inner.times_asked_for_keys += 1;
    // Beside a key of a kind that nobody knows.
    Json(json!({ "keys": [{ "kty": "AKP", "kid": "new" }, inner.key.published] })).into_response()
}

async fn token(State(inner): Shared, headers: HeaderMap, body: String) -> Response {
    let form: HashMap<String, String> = parse(body.as_bytes()).into_owned().collect();
    let refuse =
        |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let mut inner = lock(&inner);
    if inner.away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let encoded: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{encoded}")));
    if headers.get(header::AUTHORIZATION).is_none_or(|sent| sent != basic.as_str()) {
        return refuse("invalid_client");
    }
    let Some(grant) = inner.grants.remove(&form["code"]) else { return refuse("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    if grant.challenge != challenge || grant.redirect_uri != form["redirect_uri"] {
        return refuse("invalid_grant");
    }
    let id_token = inner.key.token(&grant.claims);
    Json(json!({ "id_token": id_token, "access_token": "access", "token_type": "Bearer" }))
        .into_response()
}

async fn user_info(State(inner): Shared, headers: HeaderMap) -> Response {
    if headers.get(header::AUTHORIZATION).is_none_or(|sent| sent != "Bearer access") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(lock(&inner).user_info.clone()).into_response()
}

impl Key {
    fn token(&self, claims: &Value) -> String {
        if let Some((algorithm, key)) = &self.signed {
            let mut header = Header::new(*algorithm);
            header.kid = Some(self.name.clone());
            return jsonwebtoken::encode(&header, claims, key).expect("a token");
        }
        let head = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "kid": self.name }).to_string());
        format!("{head}.{}.", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }
}
