//! Service tokens: with each call across the network a service says who it is, in a JSON Web Token (RFC 7519) of a
//! minute's life, signed (HS256) with the secret that all services of a store share. Whoever cannot sign is nobody: a
//! service believes nothing such a request says of its caller.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use emart_types::{Clock, Secret};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// The header that carries the token.
pub const SERVICE_TOKEN_HEADER: &str = "emart-service-token";

/// The shortest secret, in bytes: as long as what HS256 makes of it (RFC 7518, section 3.2).
pub const SHORTEST_SECRET: usize = 32;

/// How long a token is good for, in seconds; a token is used for half of it.
const LIFE: i64 = 60;
/// How far two machines' clocks may be apart, in seconds.
const LEEWAY: i64 = 30;
/// Tokens that were found good and are remembered; each caller has one at a time.
const REMEMBERED: usize = 256;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    /// The calling service.
    iss: String,
    /// The service that is called.
    aud: String,
    /// Seconds since 1970.
    iat: i64,
    exp: i64,
}

/// Signs and checks them.
pub struct ServiceTokens {
    sign: EncodingKey,
    check: DecodingKey,
    validation: Validation,
    clock: Clock,
    /// By callee.
    signed: Mutex<HashMap<String, (String, i64)>>,
    /// By token: who it is from, for whom, until when.
    good: Mutex<HashMap<String, Claims>>,
}

impl std::fmt::Debug for ServiceTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceTokens(***)")
    }
}

impl ServiceTokens {
    /// With the secret all services share; `None` when it is shorter than [`SHORTEST_SECRET`].
    #[must_use]
    pub fn new(secret: &Secret<String>, clock: Clock) -> Option<Self> {
        let secret = secret.expose().as_bytes();
        if secret.len() < SHORTEST_SECRET {
            return None;
        }
        let mut validation = Validation::new(Algorithm::HS256);
        // The clock is ours to ask, and each callee knows its own name.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        Some(Self {
            sign: EncodingKey::from_secret(secret),
            check: DecodingKey::from_secret(secret),
            validation,
            clock,
            signed: Mutex::default(),
            good: Mutex::default(),
        })
    }

    /// A token for a call of `callee` by `caller`.
    pub fn token(&self, caller: &str, callee: &str) -> Result<String, String> {
        let now = self.now();
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until)) = signed.get(callee)
            && now < *until
        {
            return Ok(token.clone());
        }
        let (iss, aud) = (caller.to_owned(), callee.to_owned());
        let claims = Claims { iss, aud, iat: now, exp: now + LIFE };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.sign)
            .map_err(|error| format!("a service token could not be signed: {error}"))?;
        signed.insert(callee.to_owned(), (token.clone(), now + LIFE / 2));
        Ok(token)
    }

    /// Who signed this token for a call of one of these services; `None` when it is no good.
    pub(crate) fn caller(&self, token: &str, is_here: impl Fn(&str) -> bool) -> Option<String> {
        let now = self.now();
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        let claims = match good.get(token) {
            Some(claims) => claims.clone(),
            None => {
                let claims = jsonwebtoken::decode::<Claims>(token, &self.check, &self.validation)
                    .ok()?
                    .claims;
                if good.len() >= REMEMBERED {
                    good.clear();
                }
                good.insert(token.to_owned(), claims.clone());
                claims
            }
        };
        let in_time = now <= claims.exp + LEEWAY && claims.iat <= now + LEEWAY;
        let short_lived = claims.exp - claims.iat <= LIFE;
        (in_time && short_lived && is_here(&claims.aud)).then_some(claims.iss)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millis() / 1000
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn tokens(secret: &str, clock: &Clock) -> ServiceTokens {
        ServiceTokens::new(&Secret::new(secret.repeat(32)), clock.clone()).unwrap()
    }

    fn noon() -> Clock {
        Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_token_says_who_calls_and_whom() {
        let tokens = tokens("s", &noon());
        let token = tokens.token("orders", "cart").unwrap();
        assert_eq!(tokens.caller(&token, |name| name == "cart").as_deref(), Some("orders"));
        assert_eq!(tokens.caller(&token, |name| name == "catalog"), None);
    }

    #[test]
    fn a_token_of_another_store_or_another_kind_is_no_good() {
        let (ours, theirs) = (tokens("s", &noon()), tokens("t", &noon()));
        let token = theirs.token("orders", "cart").unwrap();
        assert_eq!(ours.caller(&token, |_| true), None);
        let unsigned =
            "eyJhbGciOiJub25lIn0.eyJpc3MiOiJvcmRlcnMiLCJhdWQiOiJjYXJ0IiwiaWF0IjowLCJleHAiOjB9.";
        for token in ["", "a.b.c", unsigned] {
            assert_eq!(ours.caller(token, |_| true), None, "{token}");
        }
    }

    #[test]
    fn a_token_ends_and_is_renewed_before() {
        let clock = noon();
        let tokens = tokens("s", &clock);
        let first = tokens.token("orders", "cart").unwrap();
        assert_eq!(tokens.token("orders", "cart").unwrap(), first);
        clock.advance(Duration::from_secs(45));
        let second = tokens.token("orders", "cart").unwrap();
        assert_ne!(second, first);
        assert!(tokens.caller(&first, |_| true).is_some());
        clock.advance(Duration::from_secs(46));
        assert_eq!(tokens.caller(&first, |_| true), None);
        assert!(tokens.caller(&second, |_| true).is_some());
    }

    #[test]
    fn a_secret_that_is_too_short_is_refused() {
        assert!(ServiceTokens::new(&Secret::new("short".to_owned()), noon()).is_none());
    }
}
