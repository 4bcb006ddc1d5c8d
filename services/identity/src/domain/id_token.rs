//! What an OpenID Connect provider says of somebody, and whether it says so to this store, now, and in answer to this
//! very question (OpenID Connect Core 1.0, 3.1.3.7). That it is the provider who says it is checked before.

use serde::Deserialize;

/// How far the provider's clock may be off, in seconds.
const SKEW: i64 = 60;
/// How old an ID token may be: it comes straight from the provider, for a code that lives for minutes.
const OLDEST: i64 = 600;
/// The longest subject (OpenID Connect Core 1.0, 2).
const SUBJECT: usize = 255;

/// What an ID token says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    nonce: Option<String>,
    /// How they proved themselves there (RFC 8176).
    #[serde(default)]
    amr: Vec<String>,
    #[serde(flatten)]
    pub(crate) profile: Profile,
}

/// Who somebody is, as an ID token or the provider's `userinfo` says.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Profile {
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    email_verified: Option<Truth>,
    #[serde(default)]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Some providers write booleans as text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Truth {
    Bool(bool),
    Text(String),
}

/// What an ID token has to say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    /// In seconds.
    pub(crate) now: i64,
}

impl Claims {
    /// Refuses what was said by another, to another, at another time or to another question; says which.
    pub(crate) fn check(&self, expected: &Expected<'_>) -> Result<(), &'static str> {
        let Expected { issuer, client_id, nonce, now } = *expected;
        if self.iss != issuer {
            return Err("iss is another issuer");
        }
        let (for_us, others) = match &self.aud {
            Audience::One(one) => (one == client_id, false),
            Audience::Many(many) => (many.iter().any(|one| one == client_id), many.len() > 1),
        };
        if !for_us {
            return Err("aud is another client");
        }
        match self.azp.as_deref() {
            Some(azp) if azp != client_id => return Err("azp is another client"),
            None if others => return Err("aud is several clients, and azp is missing"),
            _ => {}
        }
        if self.exp <= now.saturating_sub(SKEW) {
            return Err("exp is over");
        }
        if self.iat > now.saturating_add(SKEW) || self.nbf.is_some_and(|nbf| nbf > now + SKEW) {
            return Err("iat or nbf is still to come");
        }
        if self.iat < now.saturating_sub(OLDEST + SKEW) {
            return Err("iat is long ago");
        }
        if self.nonce.as_deref() != Some(nonce) {
            return Err("nonce is that of another sign-in");
        }
        if self.sub.is_empty() || self.sub.len() > SUBJECT || self.sub.contains('\0') {
            return Err("sub is no subject");
        }
        Ok(())
    }

    /// Whether they gave more than one factor there.
    pub(crate) fn second_factor_met(&self) -> bool {
        self.amr.iter().any(|method| method == "mfa")
    }
}

impl Profile {
    /// Whether the provider vouches for the address.
    pub(crate) fn is_verified(&self) -> bool {
        match &self.email_verified {
            Some(Truth::Bool(verified)) => *verified,
            Some(Truth::Text(text)) => text == "true",
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn said(change: &Value) -> Result<(), &'static str> {
        let mut claims = json!({
            "iss": "https://id.example", "sub": "42", "aud": "shop", "exp": NOW + 300, "iat": NOW,
            "nonce": "n", "email": "ada@example.com", "email_verified": true,
        });
        for (key, value) in change.as_object().unwrap() {
            claims[key] = value.clone();
        }
        let claims: Claims = serde_json::from_value(claims).unwrap();
        let (issuer, client_id) = ("https://id.example", "shop");
        claims.check(&Expected { issuer, client_id, nonce: "n", now: NOW })
    }

    #[test]
    fn what_was_said_to_us_just_now_is_taken() {
        for good in [
            json!({}),
            json!({"aud": ["shop"]}),
            json!({"aud": ["shop", "other"], "azp": "shop"}),
            json!({"azp": "shop", "nbf": NOW}),
            json!({"exp": NOW - 59}),
        ] {
            assert_eq!(said(&good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_was_said_by_or_to_another_or_at_another_time_is_refused() {
        for bad in [
            json!({"iss": "https://id.example/"}),
            json!({"aud": "other"}),
            json!({"aud": []}),
            json!({"aud": ["shop", "other"]}),
            json!({"aud": ["shop", "other"], "azp": "other"}),
            json!({"azp": "other"}),
            json!({"exp": NOW - 60}),
            json!({"exp": i64::MIN}),
            json!({"iat": NOW + 61}),
            json!({"iat": i64::MAX}),
            json!({"iat": NOW - 661}),
            json!({"nbf": NOW + 61}),
            json!({"nonce": "m"}),
            json!({"nonce": null}),
            json!({"sub": ""}),
            json!({"sub": "4".repeat(256)}),
        ] {
            assert!(said(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_verified_only_where_the_provider_says_so() {
        for (said, is) in [
            (json!({"email_verified": true}), true),
            (json!({"email_verified": "true"}), true),
            (json!({"email_verified": false}), false),
            (json!({"email_verified": "yes"}), false),
            (json!({}), false),
        ] {
            let profile: Profile = serde_json::from_value(said.clone()).unwrap();
            assert_eq!(profile.is_verified(), is, "{said}");
        }
    }
}
