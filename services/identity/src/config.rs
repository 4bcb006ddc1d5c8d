//! Settings of `identity`.

mod provider;

use std::collections::BTreeMap;
use std::time::Duration;

pub use self::provider::{Provider, Who};

use serde::{Deserialize, Serialize};

use crate::domain::throttle::Policy;

/// Settings of `identity`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Who issues access tokens: the store's public address.
    #[serde(skip)]
    pub issuer: String,
    /// The shop's name, as apps that make codes show it.
    #[serde(skip)]
    pub shop: String,
    /// Whom access tokens are for.
    pub audience: String,
    /// How long a session or refresh token lives without use.
    pub idle_days: u32,
    /// How long a sign-in lives at most.
    pub absolute_days: u32,
    /// How long an access token lives.
    pub access_token_seconds: u32,
    /// After how long access tokens are signed with a new key.
    pub signing_key_days: u32,
    /// How long the link that confirms an account works.
    pub registration_link_hours: u32,
    /// How long the link that sets a new password works.
    pub reset_link_minutes: u32,
    /// How long the link that asks somebody to work here works.
    pub invitation_link_days: u32,
    /// Whether those who work here need a second factor: without one they may do nothing.
    pub second_factor_for_staff: bool,
    /// Where providers send people back to, with a provider's name in the place of `{name}`.
    #[serde(skip)]
    pub provider_return: String,
    /// OpenID Connect providers with which people sign in, by a name of the store's own.
    pub providers: BTreeMap<String, Provider>,
    /// How passwords are hashed.
    pub hashing: Hashing,
    /// How fast things may be tried again.
    pub throttle: Throttle,
}

/// How passwords are hashed (Argon2id).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hashing {
    /// How many are hashed at once; each keeps one core busy.
    pub at_once: usize,
    /// How many more may wait for their turn before they are refused.
    pub queue: usize,
    /// Memory for each hash. Less than the default makes stolen hashes cheaper to guess.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

/// How fast things may be tried again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Throttle {
    /// Passwords for one e-mail address, registered or not.
    pub sign_in: Policy,
    /// Passwords, for whatever address, from one client.
    pub sign_in_client: Policy,
    /// E-mails (account or password links) to one address, registered or not.
    pub mail: Policy,
    /// E-mails, to whatever address, asked for by one client.
    pub mail_client: Policy,
    /// After how many hours without an attempt the count begins anew.
    pub forget_hours: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            issuer: "http://127.0.0.1:8080".to_owned(),
            shop: "E-Mart".to_owned(),
            audience: "emart".to_owned(),
            idle_days: 14,
            absolute_days: 90,
            access_token_seconds: 600,
            signing_key_days: 90,
            registration_link_hours: 24,
            reset_link_minutes: 60,
            invitation_link_days: 7,
            second_factor_for_staff: false,
            provider_return: "http://127.0.0.1:8080/sign-in/with/{name}/return".to_owned(),
            providers: BTreeMap::new(),
            hashing: Hashing::default(),
            throttle: Throttle::default(),
        }
    }
}

impl Default for Hashing {
    fn default() -> Self {
        Self { at_once: 2, queue: 64, memory_kib: 19_456, passes: 2 }
    }
}

impl Default for Throttle {
    fn default() -> Self {
        let policy = |free, first_wait_seconds, longest_wait_seconds| Policy {
            free,
            first_wait_seconds,
            longest_wait_seconds,
        };
        Self {
            sign_in: policy(5, 1, 900),
            sign_in_client: policy(50, 1, 60),
            mail: policy(3, 60, 3600),
            mail_client: policy(50, 10, 600),
            forget_hours: 24,
        }
    }
}

impl Config {
    /// Returns what is wrong with the settings, all at once.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let hashing = &self.hashing;
        let positive = [
            ("idle_days", self.idle_days),
            ("absolute_days", self.absolute_days),
            ("access_token_seconds", self.access_token_seconds),
            ("signing_key_days", self.signing_key_days),
            ("registration_link_hours", self.registration_link_hours),
            ("reset_link_minutes", self.reset_link_minutes),
            ("invitation_link_days", self.invitation_link_days),
            ("hashing.passes", hashing.passes),
            ("throttle.forget_hours", self.throttle.forget_hours),
        ];
        let mut wrong: Vec<String> = positive
            .iter()
            .filter(|(_, value)| *value == 0)
            .map(|(name, _)| format!("{name}: must be 1 or more"))
            .collect();
        if self.issuer.is_empty() || self.audience.is_empty() {
            wrong.push("issuer, audience: must not be empty".to_owned());
        }
        if hashing.at_once == 0 {
            wrong.push("hashing.at_once: must be 1 or more".to_owned());
        }
        if hashing.memory_kib < 7168 {
            wrong.push("hashing.memory_kib: must be 7168 or more".to_owned());
        }
        wrong.extend(self.providers.iter().flat_map(|(name, provider)| provider.check(name)));
        let throttle = &self.throttle;
        wrong.extend(throttle.sign_in.check("throttle.sign_in"));
        wrong.extend(throttle.sign_in_client.check("throttle.sign_in_client"));
        wrong.extend(throttle.mail.check("throttle.mail"));
        wrong.extend(throttle.mail_client.check("throttle.mail_client"));
        wrong
    }

    pub(crate) fn idle(&self) -> Duration {
        days(self.idle_days)
    }

    pub(crate) fn absolute(&self) -> Duration {
        days(self.absolute_days)
    }

    pub(crate) fn signing_key(&self) -> Duration {
        days(self.signing_key_days)
    }

    /// How long after its last signature a key is still needed: as long as the longest token lives.
    pub(crate) fn key_retires(&self) -> Duration {
        days(self.absolute_days.max(90) + 1)
    }

    pub(crate) fn registration_link(&self) -> Duration {
        Duration::from_secs(u64::from(self.registration_link_hours) * 3600)
    }

    pub(crate) fn reset_link(&self) -> Duration {
        Duration::from_secs(u64::from(self.reset_link_minutes) * 60)
    }

    pub(crate) fn invitation_link(&self) -> Duration {
        days(self.invitation_link_days)
    }

    pub(crate) fn forget(&self) -> Duration {
        Duration::from_secs(u64::from(self.throttle.forget_hours) * 3600)
    }
}

fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 86_400)
}
