//! Access tokens that somebody made up: out of thin air, out of a real one, with a key of their own.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use emart_tests::Store;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

/// An Ed25519 private key in PKCS#8 (RFC 8410) is this and its 32 bytes.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What a forger has to work with.
pub(crate) struct Forger {
    real: String,
    kid: String,
    claims: Value,
    /// The public half of the store's key, base64url.
    public: String,
    /// The store's own key, which no forger has: for tokens that are wrong in one thing only.
    private: EncodingKey,
}

impl Forger {
    pub(crate) async fn with(store: &Store, real: &str) -> anyhow::Result<Self> {
        let keys = store.client().await?.get("/api/v1/identity/.well-known/jwks.json").await?;
        let public = keys.json()["keys"][0]["x"].as_str().context("a public key")?.to_owned();
        let mut parts = real.split('.');
        let kid = read(parts.next())?["kid"].as_str().context("a key's name")?.to_owned();
        let claims = read(parts.next())?;
        let private = EncodingKey::from_ed_der(&private_key(store)?);
        Ok(Self { real: real.to_owned(), kid, claims, public, private })
    }

    /// The real token, signed once more: it has to open what the real one opens, or the others prove nothing.
    pub(crate) fn good(&self) -> String {
        self.signed(Algorithm::EdDSA, &self.private, &self.claims)
    }

    /// Tokens that open nothing, and what each of them is.
    pub(crate) fn bad(&self) -> Vec<(&'static str, String)> {
        let parts: Vec<&str> = self.real.split('.').collect();
        let (head, body, signature) = (parts[0], parts[1], parts[2]);
        let none = part(&json!({"alg": "none", "typ": "JWT", "kid": self.kid}));
        let later = part(&self.with_claim("exp", &json!(4_000_000_000_i64)));
        let own = EncodingKey::from_ed_der(&[&PKCS8_HEAD[..], &[7; 32]].concat());
        let secret = EncodingKey::from_secret(self.public.as_bytes());
        let stores_own = |claims: &Value| self.signed(Algorithm::EdDSA, &self.private, claims);
        vec![
            ("nothing", String::new()),
            ("a word", "garbage".to_owned()),
            ("dots", "a.b.c".to_owned()),
            ("very long", "x".repeat(8000)),
            ("with another body", format!("{head}.{later}.{signature}")),
            ("with another head", format!("{none}.{body}.{signature}")),
            ("of no algorithm", format!("{none}.{body}.")),
            ("without a signature", format!("{head}.{body}.")),
            ("cut off", self.real[..self.real.len() - 4].to_owned()),
            ("signed with a stranger's key", self.signed(Algorithm::EdDSA, &own, &self.claims)),
            ("signed with the public key", self.signed(Algorithm::HS256, &secret, &self.claims)),
            ("expired", stores_own(&self.with_claim("exp", &json!(1_700_000_000)))),
            ("for another shop", stores_own(&self.with_claim("aud", &json!("another shop")))),
            ("of another shop", stores_own(&self.with_claim("iss", &json!("https://a.example")))),
            ("of a sign-in there was not", stores_own(&self.with_claim("sid", &json!("none")))),
        ]
    }

    fn with_claim(&self, name: &str, value: &Value) -> Value {
        let mut claims = self.claims.clone();
        claims[name] = value.clone();
        claims
    }

    fn signed(&self, algorithm: Algorithm, key: &EncodingKey, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(algorithm) };
        encode(&header, claims, key).unwrap()
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn read(part: Option<&str>) -> anyhow::Result<Value> {
    let json = URL_SAFE_NO_PAD.decode(part.context("a part of a token")?)?;
    Ok(serde_json::from_slice(&json)?)
}

fn private_key(store: &Store) -> anyhow::Result<Vec<u8>> {
    let path = store.data().join("identity.db");
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let sql = "SELECT pkcs8 FROM signing_keys ORDER BY generation DESC LIMIT 1";
    Ok(db.query_row(sql, [], |row| row.get(0))?)
}
